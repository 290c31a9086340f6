<?php
// A book for guests, in MariaDB. The class of an export is loaded when the export is asked for.
spl_autoload_register(fn($class) => @include __DIR__ . '/src/' . strtr($class, '\\', '/') . '.php');
mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
try {
	$book = new mysqli('db', 'guests', getenv('DB_PASSWORD'), 'guests');
	$book->set_charset('utf8mb4');
	if ($path === '/' && $_SERVER['REQUEST_METHOD'] === 'POST') {
		$book->execute_query('INSERT INTO guest (name, text) VALUES (?, ?)', [$_POST['name'], $_POST['text']]);
		header('Location: /', true, 303);
		exit;
	}
	$guests = $book->query('SELECT id, name, text FROM guest ORDER BY id')->fetch_all(MYSQLI_ASSOC);
} catch (mysqli_sql_exception $e) {
	http_response_code(503);
	exit('The database does not answer.');
}
if ($path === '/') {
	header('Content-Type: text/html; charset=utf-8');
	echo '<h1>', count($guests), ' guests</h1>';
	foreach ($guests as $guest)
		echo '<p>', htmlspecialchars($guest['name']), ': ', htmlspecialchars($guest['text']);
	echo '<p><a href="/export/json">all</a>, <a href="/about.html">about</a>';
} elseif (preg_match('#^/export/([a-z]+)$#', $path, $match) && class_exists('Export\\' . ucfirst($match[1]))) {
	$class = 'Export\\' . ucfirst($match[1]);
	header('Content-Type: ' . $class::TYPE);
	echo $class::write($guests);
} else {
	http_response_code(404);
	echo 'no such page';
}
