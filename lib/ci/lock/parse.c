#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/strset.h"
#include "ci/lock/lock.h"
#include "text/quantity.h"

struct reading {
	struct ci_lock lock;
	struct strset keys; /* kind and key of each line, to refuse duplicates */
	bool sizes[2];      /* whether size_bytes and compressed_bytes were read */
};

static int read_size(struct reading *r, size_t which, const char *text, size_t n, struct err *err)
{
	uint64_t value;
	if (!quantity_count(text, n, &value))
		return err_set(err, ERR_CORRUPT, "lock-malformed", "a size is not a number");
	if (r->sizes[which])
		return err_set(err, ERR_CORRUPT, "lock-malformed", "a size is there twice");
	r->sizes[which] = true;
	*(which ? &r->lock.compressed_bytes : &r->lock.size_bytes) = value;
	return 0;
}

static bool begins(const char *line, size_t n, const char *with)
{
	return n >= strlen(with) && memcmp(line, with, strlen(with)) == 0;
}

static int read_item(struct reading *r, const char *line, size_t n, struct err *err)
{
	struct ci_lock *l = &r->lock;
	bool added;
	if (l->count >= LIMIT_LOCK_ITEMS)
		return err_set(err, ERR_LIMIT, "lock-too-large", "more than %d lines", LIMIT_LOCK_ITEMS);
	int e = ci_lock_add(l, line, n, err);
	if (e < 0)
		return e;
	const struct ci_lock_item *item = &l->items[l->count - 1];
	strset_add_len(&r->keys, item->line, (size_t)(item->key - item->line) + item->n_key, &added);
	return added ? 0 : err_set(err, ERR_CORRUPT, "lock-malformed", "the same entry is there twice");
}

static int read_line(struct reading *r, size_t number, const char *line, size_t n, struct err *err)
{
	static const char size[] = "size_bytes ", compressed[] = "compressed_bytes ";
	if (number == 1)
		return n == strlen(CI_LOCK_SCHEMA) && begins(line, n, CI_LOCK_SCHEMA)
			   ? 0
			   : err_set(err, ERR_UNSUPPORTED, "lock-schema-unknown",
				     "this is not a lock file of the form " CI_LOCK_SCHEMA);
	if (begins(line, n, "<<<<<<<") || begins(line, n, "=======") || begins(line, n, ">>>>>>>"))
		return err_set(err, ERR_CORRUPT, "lock-conflict",
			       "git left a merge conflict: --update-lock writes the file anew");
	if (begins(line, n, size))
		return read_size(r, 0, line + strlen(size), n - strlen(size), err);
	if (begins(line, n, compressed))
		return read_size(r, 1, line + strlen(compressed), n - strlen(compressed), err);
	return read_item(r, line, n, err);
}

static int read_all(struct reading *r, const char *data, size_t n, struct err *err)
{
	const char *at = data, *end = data + n;
	size_t number = 1;
	if (n > LIMIT_LOCK)
		return err_set(err, ERR_LIMIT, "lock-too-large", "larger than %u bytes", LIMIT_LOCK);
	do {
		const char *newline = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
		size_t len = (size_t)((newline ? newline : end) - at);
		if (len && at[len - 1] == '\r')
			len--;
		int e = len || number == 1 ? read_line(r, number, at, len, err) : 0;
		if (e < 0)
			return err_wrap(err, "line %zu", number);
		number++;
		at = newline ? newline + 1 : end;
	} while (at < end);
	return 0;
}

int ci_lock_parse(const char *data, size_t n, struct ci_lock *out, struct err *err)
{
	struct reading r = {0};
	int e = read_all(&r, data, n, err);
	if (e == 0) {
		*out = r.lock;
		r.lock = (struct ci_lock){0};
	}
	ci_lock_done(&r.lock);
	strset_done(&r.keys);
	return e;
}
