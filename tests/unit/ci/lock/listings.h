/* tests/unit/ci/lock/listings.h - what results hold, from short texts. */
#pragma once

#include "unit.h"

#include "base/mem.h"
#include "ci/lock/lock.h"

#define TEST_DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde"

static inline void listing_add(struct ci_lock_listing *l, char *word)
{
	char *path = strchr(word, '/'), *mark = path + strcspn(path, "=>"), facts[128];
	uint32_t package = CI_LOCK_NO_PACKAGE;
	if (path != word) {
		char *version = strchr(word, '@');
		path[-1] = *version = '\0';
		package = ci_lock_listing_package(l, "dpkg", word, version + 1, "amd64");
	}
	const char kind = *mark;
	const bool executable = kind && strchr(mark, '+');
	*mark = '\0';
	struct ci_lock_entry *e;
	if (kind == '=') {
		snprintf(facts, sizeof(facts), "%s 0:0 10 " TEST_DIGEST "%c", executable ? "0755" : "0644", mark[1]);
		e = ci_lock_listing_add(l, "file", path, facts);
		e->bytes = 10;
	} else if (kind == '>') {
		e = ci_lock_listing_add(l, "link", path, mark + 1);
	} else {
		path[strlen(path) - 1] = '\0';
		e = ci_lock_listing_add(l, "directory", path, "0700 0:0");
		e->directory = true;
	}
	e->package = package;
}

/* Words: "/path=c", a file whose content is c, "/path=c+", one that is executable, "/path>target", "/directory/";
 * before it may stand its package, "libssl3@3.0:". */
static inline void listing_fill(struct ci_lock_listing *l, const char *words)
{
	CLEANUP_FREE char *copy = mem_strdup(words);
	char *save;
	for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
		listing_add(l, word);
}

/* The lock file of a listing, read back. */
static inline void listing_lock(const struct ci_lock_listing *l, struct ci_lock *out)
{
	CLEANUP_BUF struct buf text = {0};
	struct err e = {0};
	ci_lock_write(l, &text);
	if (ci_lock_parse(text.data, text.len, out, &e) < 0)
		fail_msg("%s", e.msg);
}
