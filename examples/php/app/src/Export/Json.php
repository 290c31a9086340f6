<?php
declare(strict_types=1);

namespace GuestBook\Export;

final class Json
{
    public static function send(array $entries): void
    {
        header('Content-Type: application/json');
        echo json_encode($entries, JSON_UNESCAPED_UNICODE);
    }
}
