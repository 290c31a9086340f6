<?php
declare(strict_types=1);

namespace GuestBook;

final class Book
{
    private \PDO $database;

    public function __construct(string $file)
    {
        $this->database = new \PDO("sqlite:$file");
        $this->database->exec('create table if not exists entries (name text not null, text text not null)');
    }

    public function add(string $name, string $text): void
    {
        $this->database->prepare('insert into entries values (?, ?)')->execute([$name, $text]);
    }

    public function entries(): array
    {
        return $this->database->query('select name, text from entries')->fetchAll(\PDO::FETCH_ASSOC);
    }
}
