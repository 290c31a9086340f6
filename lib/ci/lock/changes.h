/* ci/lock/changes.h - what became of files, told in lines for a person: a file each, or "4 files new under
 * /app/templates". Lifetime: all zero, any number of _add, _tell, _done. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/strlist.h"

enum ci_lock_change { CI_LOCK_NEW, CI_LOCK_CHANGED, CI_LOCK_DROPPED };
#define CI_LOCK_CHANGES (CI_LOCK_DROPPED + 1)
extern const char *const ci_lock_change_names[CI_LOCK_CHANGES];

struct ci_lock_changes {
	struct ci_lock_changed {
		enum ci_lock_change change;
		char *path; /* a word (token.h) */
		char *how;  /* "mode 0644 -> 0755"; NULL = nothing more is known */
	} * items;
	size_t count, cap;
};

/* Owns how from now on. */
void ci_lock_changes_add(struct ci_lock_changes *c, enum ci_lock_change change, const char *path, char *how);
/* Appends the lines, what is new first. Escaped for a terminal. Sorts the changes. */
void ci_lock_changes_tell(struct ci_lock_changes *c, struct strlist *out);
void ci_lock_changes_done(struct ci_lock_changes *c);

/* The length of the path of the directory that an entry lies in (itself: of the entry, which is one), at most `depth`
 * components of it; 1 for "/". */
size_t ci_lock_directory(const char *path, bool itself, unsigned depth);
