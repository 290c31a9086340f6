/* cmd/explore/marks.h - the paths that a user marks, and the policy file (slim-policy(5)) that they make. All zero: no
 * path is marked. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/strset.h"

enum explore_mark { EXPLORE_UNMARKED, EXPLORE_INCLUDE, EXPLORE_EXCLUDE };
#define EXPLORE_MARKS (EXPLORE_EXCLUDE + 1)

struct explore_marks {
	struct strset paths;
	uint8_t *marks; /* by id of paths: enum explore_mark */
	size_t cap;
	size_t counts[EXPLORE_MARKS]; /* by mark; that of EXPLORE_UNMARKED has no meaning */
	bool changed;                 /* since they were last written */
};

void explore_marks_set(struct explore_marks *m, const char *path, enum explore_mark mark);
enum explore_mark explore_marks_get(const struct explore_marks *m, const char *path);
/* The mark that counts for a path without a mark: of the directories above it, an exclude, else an include. */
enum explore_mark explore_marks_above(const struct explore_marks *m, const char *path);
size_t explore_marks_count(const struct explore_marks *m); /* of both kinds */
/* A pattern that matches the path as it stands. The characters *, ?, { and bytes that JSON cannot hold become "?",
 * which stands for any byte. escaped: the path is from a report, where \xNN may stand for a byte. Then \xNN becomes
 * "*". */
void explore_marks_pattern(const char *path, bool escaped, struct buf *out);
/* Appends the policy file: the marked paths, sorted. */
void explore_marks_policy(const struct explore_marks *m, bool escaped, struct buf *out);
void explore_marks_done(struct explore_marks *m);
