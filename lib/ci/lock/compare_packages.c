#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "ci/lock/comparison.h"
#include "ci/lock/token.h"

#define NAMED 3 /* files of a package */

/* A package that only the lock file or only the result has. */
struct side {
	const char *key; /* its four words */
	size_t n, files;
};

/* Packages of one manager and name. */
struct name {
	struct side *sides[2]; /* in the lock file, in the result */
	size_t counts[2], caps[2];
};

struct names {
	struct strset keys; /* "dpkg libssl3" */
	struct name *items;
	size_t cap;
};

/* Word i of a key, counted from 0. */
static const char *word_of(const char *key, size_t i, size_t *n)
{
	const char *word = key;
	for (size_t k = 0; k <= i; k++)
		if (!ci_lock_token_next(&key, &word, n))
			*n = 0;
	return word;
}

static void add_side(struct names *names, int which, const char *key, size_t n, size_t files)
{
	size_t n_name;
	const char *name = word_of(key, 1, &n_name);
	bool added;
	const size_t id = strset_add_len(&names->keys, key, (size_t)(name + n_name - key), &added);
	if (added) {
		names->items = mem_grow(names->items, id, &names->cap, sizeof(*names->items));
		names->items[id] = (struct name){0};
	}
	struct name *to = &names->items[id];
	to->sides[which] = mem_grow(to->sides[which], to->counts[which], &to->caps[which], sizeof(struct side));
	to->sides[which][to->counts[which]++] = (struct side){key, n, files};
}

static void names_done(struct names *names)
{
	for (size_t i = 0; i < names->keys.count; i++) {
		free(names->items[i].sides[0]);
		free(names->items[i].sides[1]);
	}
	free(names->items);
	strset_done(&names->keys);
}

static void show_word(struct buf *out, const char *key, size_t i)
{
	size_t n;
	const char *word = word_of(key, i, &n);
	ci_lock_token_show(out, word, n);
}

static void show_package(struct buf *out, const char *key)
{
	show_word(out, key, 1);
	buf_char(out, ' ');
	show_word(out, key, 2);
}

static bool same_word(const char *a, const char *b, size_t i)
{
	size_t n, m;
	const char *x = word_of(a, i, &n), *y = word_of(b, i, &m);
	return n == m && memcmp(x, y, n) == 0;
}

/* "libssl3 3.0.11-1 -> 3.0.13-1" */
static void tell_upgrade(const struct side *was, const struct side *is, struct strlist *out)
{
	CLEANUP_BUF struct buf line = {0};
	const size_t differs = same_word(was->key, is->key, 2) ? 3 : 2; /* the architecture alone */
	show_package(&line, was->key);
	if (differs == 3) {
		buf_char(&line, ' ');
		show_word(&line, was->key, 3);
	}
	buf_str(&line, " -> ");
	show_word(&line, is->key, differs);
	if (was->files != is->files)
		buf_printf(&line, ", %zu file%s, %zu before", is->files, is->files == 1 ? "" : "s", was->files);
	strlist_take(out, buf_steal(&line));
}

static void tell_names(const struct names *names, struct strlist *out)
{
	static const enum ci_lock_change changes[] = {CI_LOCK_DROPPED, CI_LOCK_NEW};
	CLEANUP_FREE size_t *order = strset_sorted(&names->keys);
	for (size_t i = 0; i < names->keys.count; i++) {
		const struct name *name = &names->items[order[i]];
		if (name->counts[0] == 1 && name->counts[1] == 1) {
			tell_upgrade(name->sides[0], name->sides[1], out);
			continue;
		}
		for (size_t which = 0; which < 2; which++)
			for (size_t k = 0; k < name->counts[which]; k++) {
				CLEANUP_BUF struct buf line = {0};
				show_package(&line, name->sides[which][k].key);
				buf_printf(&line, " %s", ci_lock_change_names[changes[which]]);
				strlist_take(out, buf_steal(&line));
			}
	}
}

/* "libc6 2.36-9: 1 file new, 2 changed: /a, /b, /c" */
static void tell_same_version(struct ci_lock_comparison *c, const struct ci_lock_item *old,
			      const struct ci_lock_members *now)
{
	struct ci_lock_changes changes = {0};
	CLEANUP_BUF struct buf line = {0};
	size_t counts[CI_LOCK_CHANGES], told = 0;
	if (ci_lock_members_equal(old, now))
		return;
	ci_lock_marks_compare(old, now, &changes, counts);
	show_package(&line, old->key);
	for (size_t i = 0; i < CI_LOCK_CHANGES; i++) {
		if (!counts[i])
			continue;
		buf_printf(&line, "%s%zu ", told ? ", " : ": ", counts[i]);
		buf_printf(&line, "%s%s", told ? "" : counts[i] == 1 ? "file " : "files ", ci_lock_change_names[i]);
		told++;
	}
	if (!told)
		buf_str(&line, ": other files than before");
	for (size_t i = 0; i < changes.count && i < NAMED; i++) {
		buf_str(&line, i ? ", " : ": ");
		ci_lock_token_show(&line, changes.items[i].path, strlen(changes.items[i].path));
	}
	if (changes.count > NAMED)
		buf_printf(&line, " and %zu more", changes.count - NAMED);
	strlist_take(c->out, buf_steal(&line));
	ci_lock_changes_done(&changes);
}

void ci_lock_compare_packages(struct ci_lock_comparison *c)
{
	struct names names = {0};
	for (size_t i = 0; i < c->old->count; i++) {
		const struct ci_lock_item *item = &c->old->items[i];
		if (item->kind == CI_LOCK_PACKAGE && !c->members[i].count)
			add_side(&names, 0, item->key, item->n_key, item->count);
	}
	for (size_t i = 0; i < c->now->packages.count; i++) {
		const struct strset_item *key = &c->now->packages.items[i];
		if (c->fresh[i].count)
			add_side(&names, 1, key->s, key->len, c->fresh[i].count);
	}
	tell_names(&names, c->out);
	names_done(&names);
	for (size_t i = 0; i < c->old->count; i++)
		if (c->old->items[i].kind == CI_LOCK_PACKAGE && c->members[i].count)
			tell_same_version(c, &c->old->items[i], &c->members[i]);
}
