<?php
namespace Export;

class Feed
{
	const TYPE = 'application/xml';

	public static function write(array $guests): string
	{
		$feed = new \DOMDocument();
		$root = $feed->appendChild($feed->createElement('guests'));
		foreach ($guests as $guest)
			$root->appendChild($feed->createElement('guest'))->appendChild($feed->createTextNode($guest['text']));
		return $feed->saveXML();
	}
}
