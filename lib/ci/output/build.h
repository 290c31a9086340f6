/* ci/output/build.h - what every output of a CI system is made from, and the few figures that pipelines pass on. */
#pragma once

#include "report/report.h"

struct ci_build {
	const struct report *report;
	const struct err *error; /* why the build failed; NULL or ERR_NONE = it did not */
	const char *version;     /* of slim */
};

/* One word on how the build ended: "passed", "kept-original" (a gate failed, and the original was published as the user
 * asked), "gate-failed", "not-proven", "stopped" or "failed". */
const char *ci_build_status(const struct ci_build *b);
/* Whether there is a result to compare with the source, published or not. */
bool ci_build_has_result(const struct ci_build *b);
/* The change of a size in percent, "-91.5 %"; "" if before is not known. Returns out. */
const char *ci_build_change(uint64_t before, uint64_t after, char out[32]);

/* What a pipeline passes on to its next step. A value that is not known is "". */
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
/* May hold any bytes. free(). */
char *ci_build_figure(const struct ci_build *b, enum ci_figure which);
