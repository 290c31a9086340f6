<!doctype html>
<title>Date</title>
<p><?= htmlspecialchars($date) ?></p>
