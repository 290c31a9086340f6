<!doctype html>
<title>Missing</title>
<p><?= htmlspecialchars($path) ?> is not in the book.</p>
