/* ci/output/findings.h - lists the findings of a build: the error, failed gates, differences, failed requests and runs,
 * unproven files, changes since the lock file, notes. */
#pragma once

#include "ci/output/build.h"

enum ci_level { CI_LEVEL_ERROR, CI_LEVEL_WARNING, CI_LEVEL_NOTE };

struct ci_finding {
	enum ci_level level;
	char *id;      /* its kind, in kebab-case: the code of an error or note (docs/messages.md) */
	char *subject; /* stays the same in the next build if the finding does */
	char *text;    /* a sentence; may hold any bytes */
	char *path;    /* a file in the image; NULL = none */
};

struct ci_findings {
	struct ci_finding *items; /* errors first, then warnings, then notes */
	size_t count, cap;
};

/* At most 1000 findings, and 200 of one kind. */
void ci_findings_make(const struct ci_build *b, struct ci_findings *out);
void ci_findings_done(struct ci_findings *f);
#define CLEANUP_CI_FINDINGS CLEANUP(ci_findings_done)
size_t ci_findings_count(const struct ci_findings *f, enum ci_level level);
/* 64 hexadecimal digits from the kind and the subject, so that the same finding has the same in the next build. */
void ci_finding_fingerprint(const struct ci_finding *f, char out[SHA256_HEX_SIZE]);
