<?php
namespace Export;

class Names
{
	const TYPE = 'text/plain; charset=utf-8';

	public static function write(array $guests): string
	{
		$names = array_map(fn($guest) => mb_strtoupper($guest['name']), $guests);
		\Collator::create('sv_SE')->sort($names);
		return implode("\n", $names);
	}
}
