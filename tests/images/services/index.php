<?php
if ($_SERVER["PATH_INFO"] ?? "" === "/missing") {
	http_response_code(404);
}
header("X-Method: " . $_SERVER["REQUEST_METHOD"]);
echo "query=", $_SERVER["QUERY_STRING"], " body=", file_get_contents("php://input"), "\n";
