<?php
// A guest book: entries in SQLite, pages of templates, classes that are loaded when a request needs them.
declare(strict_types=1);

spl_autoload_register(function (string $class): void {
    $file = __DIR__ . '/../src/' . str_replace('\\', '/', substr($class, strlen('GuestBook\\'))) . '.php';
    if (is_file($file)) {
        require $file;
    }
});

session_start();
$book = new GuestBook\Book('/srv/data/book.db');
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);

function page(string $template, array $values = [], int $status = 200): void
{
    http_response_code($status);
    extract($values);
    require __DIR__ . "/../pages/$template.php";
}

if ($path === '/' && $_SERVER['REQUEST_METHOD'] === 'POST') {
    $book->add($_POST['name'] ?? 'somebody', $_POST['text'] ?? '');
    $_SESSION['name'] = $_POST['name'] ?? 'somebody';
    header('Location: /', true, 303);
} elseif ($path === '/') {
    page('book', ['entries' => $book->entries(), 'name' => $_SESSION['name'] ?? null]);
} elseif ($path === '/date') {
    $locale = $_GET['locale'] ?? 'en_US';
    $format = new IntlDateFormatter($locale, IntlDateFormatter::FULL, IntlDateFormatter::SHORT, $_GET['zone'] ?? 'UTC');
    page('date', ['date' => $format->format(1719835200)]);
} elseif (preg_match('~^/export/([a-z]+)$~', $path, $match) && class_exists('GuestBook\\Export\\' . ucfirst($match[1]))) {
    $class = 'GuestBook\\Export\\' . ucfirst($match[1]);
    $class::send($book->entries());
} else {
    page('missing', ['path' => $path], 404);
}
