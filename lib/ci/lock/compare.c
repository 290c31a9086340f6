#include "ci/lock/compare.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ci/lock/comparison.h"
#include "ci/lock/token.h"

static void begin(struct ci_lock_comparison *c)
{
	struct ci_lock_table *const tables[CI_LOCK_KINDS] = {
	    [CI_LOCK_CONFIG] = &c->config,  [CI_LOCK_DIRECTORY] = &c->entries, [CI_LOCK_FILE] = &c->entries,
	    [CI_LOCK_FILES] = &c->sums,     [CI_LOCK_LINK] = &c->entries,      [CI_LOCK_PACKAGE] = &c->packages,
	    [CI_LOCK_SPECIAL] = &c->entries};
	for (size_t i = 0; i < c->old->count; i++)
		ci_lock_table_add(tables[c->old->items[i].kind], c->old, &c->old->items[i]);
	c->members = mem_calloc(c->old->count, sizeof(*c->members));
	c->fresh = mem_calloc(c->now->packages.count, sizeof(*c->fresh));
}

static void end(struct ci_lock_comparison *c)
{
	for (size_t i = 0; i < c->old->count; i++)
		free(c->members[i].items);
	for (size_t i = 0; i < c->now->packages.count; i++)
		free(c->fresh[i].items);
	free(c->members);
	free(c->fresh);
	ci_lock_table_done(&c->config);
	ci_lock_table_done(&c->entries);
	ci_lock_table_done(&c->sums);
	ci_lock_table_done(&c->packages);
	ci_lock_changes_done(&c->changes);
}

/* ---- entries ---- */

/* The sum of the nearest directory that has one, or NULL. */
static const struct ci_lock_item *nearest_sum(const struct ci_lock_comparison *c, const struct ci_lock_entry *e)
{
	size_t n = ci_lock_directory(e->path, e->directory, UINT32_MAX);
	for (;;) {
		const struct ci_lock_item *sum = ci_lock_table_find(&c->sums, e->path, n);
		if (sum || n == 1)
			return sum;
		while (n > 1 && e->path[n - 1] != '/')
			n--;
		n -= n > 1;
	}
}

/* The first difference of two lines of a file or directory, if it is the mode or the owner; NULL = it is another. */
static char *how_they_differ(const struct ci_lock_item *old, const struct ci_lock_entry *e)
{
	static const char *const names[] = {"mode", "owner"};
	const size_t begin = (size_t)(old->facts - old->line);
	const char *a = old->facts, *b, *was, *is;
	size_t n_was, n_is;
	if ((old->kind != CI_LOCK_FILE && old->kind != CI_LOCK_DIRECTORY) || strncmp(old->line, e->line, begin) != 0)
		return NULL;
	b = e->line + begin;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!ci_lock_token_next(&a, &was, &n_was) || !ci_lock_token_next(&b, &is, &n_is))
			return NULL;
		if (n_was != n_is || memcmp(was, is, n_is) != 0)
			return mem_printf("%s %.*s -> %.*s", names[i], (int)n_was, was, (int)n_is, is);
	}
	return NULL;
}

/* Compares the entries that have a line each in the lock file, and assigns the others to their sums. */
static void sort_entry(struct ci_lock_comparison *c, struct ci_lock_entry *e)
{
	const size_t n = strlen(e->path);
	const struct ci_lock_item *item = ci_lock_table_find(&c->entries, e->path, n), *sum = NULL;
	if (item)
		ci_lock_members_add(&c->members[item - c->old->items], e);
	if (item && strcmp(item->line, e->line) != 0)
		ci_lock_changes_add(&c->changes, CI_LOCK_CHANGED, e->path, how_they_differ(item, e));
	if (e->package != CI_LOCK_NO_PACKAGE) {
		const struct strset_item *key = &c->now->packages.items[e->package];
		sum = ci_lock_table_find(&c->packages, key->s, key->len);
		ci_lock_members_add(sum ? &c->members[sum - c->old->items] : &c->fresh[e->package], e);
	} else if (!item && (sum = nearest_sum(c, e)) != NULL) {
		ci_lock_members_add(&c->members[sum - c->old->items], e);
	} else if (!item) {
		ci_lock_changes_add(&c->changes, CI_LOCK_NEW, e->path, e->directory ? mem_strdup("a directory") : NULL);
	}
}

static void compare_sum(struct ci_lock_comparison *c, const struct ci_lock_item *old)
{
	const struct ci_lock_members *now = &c->members[old - c->old->items];
	size_t counts[CI_LOCK_CHANGES];
	if (ci_lock_members_equal(old, now))
		return;
	ci_lock_marks_compare(old, now, &c->changes, counts);
	CLEANUP_BUF struct buf line = {0};
	if (counts[CI_LOCK_DROPPED])
		buf_printf(&line, "%zu file%s dropped under ", counts[CI_LOCK_DROPPED],
			   counts[CI_LOCK_DROPPED] == 1 ? "" : "s");
	else if (!counts[CI_LOCK_NEW] && !counts[CI_LOCK_CHANGED])
		buf_str(&line, "files changed under ");
	if (!line.len)
		return;
	ci_lock_token_show(&line, old->key, old->n_key);
	strlist_take(c->out, buf_steal(&line));
}

/* Adds the directories of an entry: a directory that holds entries has no line of its own. */
static void compare_entries(struct ci_lock_comparison *c)
{
	CLEANUP_STRSET struct strset directories = {0};
	for (size_t i = 0; i < c->now->count; i++) {
		const char *path = c->now->entries[i].path;
		bool added = true; /* if false, the directories above are known already */
		for (size_t n = strlen(path); n > 1 && added; n--)
			if (path[n - 1] == '/')
				strset_add_len(&directories, path, n - 1, &added);
	}
	for (size_t i = 0; i < c->old->count; i++) {
		const struct ci_lock_item *item = &c->old->items[i];
		if (item->kind == CI_LOCK_FILES)
			compare_sum(c, item);
		if (item->kind == CI_LOCK_FILES || item->kind == CI_LOCK_PACKAGE || item->kind == CI_LOCK_CONFIG ||
		    c->members[i].count)
			continue;
		CLEANUP_BUF struct buf path = {0};
		buf_append(&path, item->key, item->n_key);
		if (strset_find_len(&directories, path.data, path.len) == STRSET_NONE)
			ci_lock_changes_add(&c->changes, CI_LOCK_DROPPED, path.data, NULL);
		else if (item->kind != CI_LOCK_DIRECTORY)
			ci_lock_changes_add(&c->changes, CI_LOCK_CHANGED, path.data, mem_strdup("now a directory"));
	}
}

/* ---- configuration ---- */

static void tell_config(struct ci_lock_comparison *c, const char *name, size_t n, enum ci_lock_change change)
{
	CLEANUP_BUF struct buf line = {0};
	buf_str(&line, "configuration: ");
	ci_lock_token_show(&line, name, n);
	buf_printf(&line, " %s", ci_lock_change_names[change]);
	strlist_take(c->out, buf_steal(&line));
}

static void compare_config(struct ci_lock_comparison *c)
{
	struct ci_lock now = {0};
	struct ci_lock_table table = {0};
	for (size_t i = 0; i < c->now->config.count; i++)
		(void)!ci_lock_add(&now, c->now->config.items[i].s, c->now->config.items[i].len, NULL);
	for (size_t i = 0; i < now.count; i++) {
		const struct ci_lock_item *item = &now.items[i];
		const struct ci_lock_item *was = ci_lock_table_find(&c->config, item->key, item->n_key);
		ci_lock_table_add(&table, &now, item);
		if (!was || strcmp(was->line, item->line) != 0)
			tell_config(c, item->key, item->n_key, was ? CI_LOCK_CHANGED : CI_LOCK_NEW);
	}
	for (size_t i = 0; i < c->old->count; i++) {
		const struct ci_lock_item *item = &c->old->items[i];
		if (item->kind == CI_LOCK_CONFIG && !ci_lock_table_find(&table, item->key, item->n_key))
			tell_config(c, item->key, item->n_key, CI_LOCK_DROPPED);
	}
	ci_lock_table_done(&table);
	ci_lock_done(&now);
}

void ci_lock_compare(const struct ci_lock *old, const struct ci_lock_listing *now, struct strlist *lines)
{
	struct ci_lock_comparison c = {.old = old, .now = now, .out = lines};
	begin(&c);
	for (size_t i = 0; i < now->count; i++)
		sort_entry(&c, &now->entries[i]);
	ci_lock_compare_packages(&c);
	compare_entries(&c);
	ci_lock_changes_tell(&c.changes, lines);
	compare_config(&c);
	end(&c);
}
