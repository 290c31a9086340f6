<?php
namespace Export;

class Json
{
	const TYPE = 'application/json';

	public static function write(array $guests): string
	{
		return json_encode($guests);
	}
}
