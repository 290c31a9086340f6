<?php
declare(strict_types=1);

namespace GuestBook\Export;

final class Atom
{
    public static function send(array $entries): void
    {
        $document = new \DOMDocument('1.0', 'UTF-8');
        $feed = $document->appendChild($document->createElementNS('http://www.w3.org/2005/Atom', 'feed'));
        foreach ($entries as $entry) {
            $node = $feed->appendChild($document->createElement('entry'));
            $node->appendChild($document->createElement('title'))->textContent = $entry['name'];
            $node->appendChild($document->createElement('summary'))->textContent = $entry['text'];
        }
        header('Content-Type: application/atom+xml');
        echo $document->saveXML();
    }
}
