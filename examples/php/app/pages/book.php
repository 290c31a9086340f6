<!doctype html>
<title>Guest book</title>
<?php if ($name !== null) : ?><p>Welcome back, <?= htmlspecialchars($name) ?>.</p><?php endif ?>
<?php foreach ($entries as $entry) : ?>
<p><b><?= htmlspecialchars($entry['name']) ?></b>: <?= htmlspecialchars($entry['text']) ?></p>
<?php endforeach ?>
<form method="post"><input name="name"><input name="text"><button>Sign</button></form>
<a href="/date">date</a> <a href="/export/json">as JSON</a>
