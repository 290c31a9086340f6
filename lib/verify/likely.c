#include "verify/likely.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "verify/said.h"

/* In the order in which they are told. */
enum likeliness { NAMED_WHOLE, NAMED, PLAIN, CACHE };

static bool is_cache_name(const char *name, size_t len)
{
	static const char *const whole[] = {"cache", ".cache", "caches", "__pycache__", "tmp"}, *const ends[] = {
												    ".pyc", ".cache"};
	for (size_t i = 0; i < sizeof(whole) / sizeof(*whole); i++)
		if (strlen(whole[i]) == len && strncasecmp(name, whole[i], len) == 0)
			return true;
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (len > strlen(ends[i]) && strncmp(name + len - strlen(ends[i]), ends[i], strlen(ends[i])) == 0)
			return true;
	return false;
}

static bool is_cache(const char *path)
{
	for (size_t len; *path; path += len) {
		path += *path == '/';
		len = strcspn(path, "/");
		if (is_cache_name(path, len))
			return true;
	}
	return false;
}

static enum likeliness likeliness(const char *path, const struct buf *said)
{
	const char *slash = strrchr(path, '/');
	size_t len = strlen(path);
	if (said->len && len > 1 && memmem(said->data, said->len, path, len))
		return NAMED_WHOLE;
	if (is_cache(path))
		return CACHE;
	return verify_said_names(said, slash ? slash + 1 : path) ? NAMED : PLAIN;
}

struct ranked {
	struct verify_heal_lookup lookup;
	enum likeliness rank;
	size_t place;
};

static int by_rank(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

void verify_likely_sort(struct verify_heal_lookups *l, const struct buf *said)
{
	if (l->count < 2)
		return;
	CLEANUP_FREE struct ranked *all = mem_calloc(l->count, sizeof(*all));
	for (size_t i = 0; i < l->count; i++)
		all[i] = (struct ranked){l->items[i], likeliness(l->items[i].path, said), i};
	qsort(all, l->count, sizeof(*all), by_rank);
	for (size_t i = 0; i < l->count; i++)
		l->items[i] = all[i].lookup;
}
