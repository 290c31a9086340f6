/* ci/output/findings.h - what a build found that somebody should look at, as a list: the error, gates, differences,
 * requests and runs that failed, unproven files, what changed since the lock file, notes. */
#pragma once

#include "ci/output/build.h"

enum ci_level { CI_LEVEL_ERROR, CI_LEVEL_WARNING, CI_LEVEL_NOTE };

struct ci_finding {
	enum ci_level level;
	char *id;      /* its kind, in kebab-case: of an error or note as docs/messages.md has it */
	char *subject; /* what it is about: the same in the next build if it is the same finding */
	char *text;    /* a sentence; may hold any bytes */
	char *path;    /* of a file in the image; NULL = none */
};

struct ci_findings {
	struct ci_finding *items; /* errors first, then warnings, then notes */
	size_t count, cap;
};

/* At most 1000; of one kind 200. */
void ci_findings_make(const struct ci_build *b, struct ci_findings *out);
void ci_findings_done(struct ci_findings *f);
#define CLEANUP_CI_FINDINGS CLEANUP(ci_findings_done)
size_t ci_findings_count(const struct ci_findings *f, enum ci_level level);
/* 64 hexadecimal digits that are the same for the same finding of the next build: of its kind and subject. */
void ci_finding_fingerprint(const struct ci_finding *f, char out[SHA256_HEX_SIZE]);
