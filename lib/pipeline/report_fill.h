/* pipeline/report_fill.h - the report, made at the end from what the stages left behind. Only the times of the stages
 * (stages.h) are put into it before. */
#pragma once

#include "pipeline/decision.h"
#include "pipeline/original.h"
#include "pipeline/unpacked.h"
#include "report/report.h"

/* An image's sizes, digest and files. index: NULL = files are not counted. */
void report_fill_image(const struct transport_image *image, const struct rootfs_layers *layers,
		       const struct rootfs_index *index, struct report_image *out);

struct report_sources {
	const struct session *session;   /* as far as it came */
	struct original *original;       /* its runs and notes move to the report */
	struct verdict *verdict;         /* moves to the report; NULL = nothing is to be verified */
	struct report_image *result;     /* moves to the report; NULL = there is none */
	const struct decision *decision; /* NULL = nothing was decided */
	bool paths;                      /* also why each path is kept or not, which takes memory for each */
};
void report_fill(const struct report_sources *from, struct report *out);
