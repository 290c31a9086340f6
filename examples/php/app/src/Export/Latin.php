<?php
declare(strict_types=1);

namespace GuestBook\Export;

final class Latin
{
    public static function send(array $entries): void
    {
        $to = \Transliterator::create('Any-Latin; Latin-ASCII');
        header('Content-Type: text/plain');
        foreach ($entries as $entry) {
            echo mb_strtoupper($to->transliterate($entry['name'])), ': ', $to->transliterate($entry['text']), "\n";
        }
    }
}
