/* ci/output/build.h - the input of every output for CI systems: a build, a verification or a recording. And the few
 * figures of it that a pipeline passes on. */
#pragma once

#include "report/report.h"

enum ci_verb {
	CI_BUILD,
	CI_VERIFY, /* the result is the slim image that was compared with the source */
	CI_RECORD, /* has no result */
};

struct ci_build {
	const struct report *report;
	const struct err *error; /* why it failed; NULL or ERR_NONE = it did not */
	const char *version;     /* of slim */
	enum ci_verb verb;
};

/* One word on how it ended: "passed", "kept-original" (a gate failed, and slim published the original as the user
 * asked), "gate-failed", "not-proven", "stopped" or "failed". */
const char *ci_build_status(const struct ci_build *b);
/* True if the result can be compared with the source, published or not. */
bool ci_build_has_result(const struct ci_build *b);
/* The change of a size in percent, "-91.5 %"; "" if before is not known. Returns out. */
const char *ci_build_change(uint64_t before, uint64_t after, char out[32]);

/* The values that a pipeline passes on to its next step. An unknown value is "". */
enum ci_figure {
	CI_FIGURE_IMAGE,         /* the result's name as other tools take it, without a transport */
	CI_FIGURE_DIGEST,        /* what the name stands for there */
	CI_FIGURE_PINNED,        /* the image by its digest */
	CI_FIGURE_SIZE,          /* bytes, unpacked */
	CI_FIGURE_ORIGINAL_SIZE, /* bytes, unpacked */
	CI_FIGURE_REDUCTION,     /* percent of the original size, "91.5" */
	CI_FIGURE_STATUS,
	CI_FIGURES,
};
extern const char *const ci_figure_names[CI_FIGURES]; /* "image", "original_size", ... */
/* True if the verb has this figure. A recording has neither a result nor its sizes. */
bool ci_verb_has_figure(enum ci_verb verb, enum ci_figure which);
/* May hold any bytes. free(). */
char *ci_build_figure(const struct ci_build *b, enum ci_figure which);
