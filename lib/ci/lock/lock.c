#include "ci/lock/lock.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "ci/lock/token.h"
#include "text/quantity.h"

const char *const ci_lock_kind_names[CI_LOCK_KINDS] = {
    [CI_LOCK_CONFIG] = "config",  [CI_LOCK_DIRECTORY] = "directory", [CI_LOCK_FILE] = "file",
    [CI_LOCK_FILES] = "files",    [CI_LOCK_LINK] = "link",           [CI_LOCK_PACKAGE] = "package",
    [CI_LOCK_SPECIAL] = "special"};

/* The number of words in a key, and the least number of words after it. */
static const struct {
	uint8_t key, facts;
} shapes[CI_LOCK_KINDS] = {
    [CI_LOCK_CONFIG] = {1, 1}, [CI_LOCK_DIRECTORY] = {1, 2}, [CI_LOCK_FILE] = {1, 4},   [CI_LOCK_FILES] = {1, 4},
    [CI_LOCK_LINK] = {1, 1},   [CI_LOCK_PACKAGE] = {4, 4},   [CI_LOCK_SPECIAL] = {1, 3}};

static int malformed(struct err *err, const char *what)
{
	return err_set(err, ERR_CORRUPT, "lock-malformed", "%s", what);
}

static int read_kind(const char *word, size_t n, uint8_t *out, struct err *err)
{
	for (uint8_t i = 0; i < CI_LOCK_KINDS; i++)
		if (strlen(ci_lock_kind_names[i]) == n && memcmp(ci_lock_kind_names[i], word, n) == 0) {
			*out = i;
			return 0;
		}
	return err_set(err, ERR_UNSUPPORTED, "lock-line-unknown",
		       "this version of slim does not know lines that begin with \"%.*s\"", (int)(n < 40 ? n : 40),
		       word);
}

/* count, bytes, digest and marks. */
static int read_sum(struct ci_lock_item *item, struct err *err)
{
	const char *rest = item->facts, *words[4];
	size_t n[4];
	for (size_t i = 0; i < 4; i++)
		if (!ci_lock_token_next(&rest, &words[i], &n[i]))
			return malformed(err, "a sum has a count, bytes, a digest and marks");
	if (!quantity_count(words[0], n[0], &item->count) || !quantity_count(words[1], n[1], &item->bytes) ||
	    !item->count)
		return malformed(err, "the count or the bytes of a sum are not a number");
	if (n[2] != SHA256_HEX_SIZE - 1 || n[3] != item->count * CI_LOCK_MARK)
		return malformed(err, "the digest or the marks of a sum have the wrong length");
	item->digest = words[2];
	item->marks = words[3];
	return 0;
}

/* Checks the words of the key, and that enough words follow. */
static int read_words(struct ci_lock_item *item, const char *rest, struct err *err)
{
	const char *word;
	size_t n;
	item->key = rest;
	for (size_t i = 0; i < shapes[item->kind].key; i++) {
		CLEANUP_BUF struct buf text = {0};
		if (!ci_lock_token_next(&rest, &word, &n) || n > 3 * LIMIT_PATH || !ci_lock_token_text(word, n, &text))
			return malformed(err, "a name or path is missing or not written as it should be");
		item->n_key = (size_t)(word + n - item->key);
	}
	const bool path = item->kind != CI_LOCK_CONFIG && item->kind != CI_LOCK_PACKAGE;
	if (path && item->key[0] != '/')
		return malformed(err, "a path is not absolute");
	item->facts = rest;
	for (size_t i = 0; i < shapes[item->kind].facts; i++)
		if (!ci_lock_token_next(&rest, &word, &n))
			return malformed(err, "the line ends too early");
	return 0;
}

int ci_lock_add(struct ci_lock *l, const char *line, size_t n, struct err *err)
{
	CLEANUP_FREE char *copy = mem_strndup(line, n);
	struct ci_lock_item item = {.line = copy};
	const char *rest = copy, *word;
	size_t len;
	for (size_t i = 0; i < n; i++)
		if (line[i] < 0x20 || line[i] > 0x7e)
			return malformed(err, "the line has a byte that is not printable ASCII");
	if (!ci_lock_token_next(&rest, &word, &len))
		return malformed(err, "the line begins with a space");
	int r = read_kind(word, len, &item.kind, err);
	if (r < 0 || (r = read_words(&item, rest, err)) < 0)
		return r;
	if ((item.kind == CI_LOCK_FILES || item.kind == CI_LOCK_PACKAGE) && (r = read_sum(&item, err)) < 0)
		return r;
	l->items = mem_grow(l->items, l->count, &l->cap, sizeof(*l->items));
	l->items[l->count++] = item;
	copy = NULL;
	return 0;
}

void ci_lock_done(struct ci_lock *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->items[i].line);
	free(l->items);
	*l = (struct ci_lock){0};
}
