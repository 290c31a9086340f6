/* pipeline/report_fill.h - fills the report at the end, from the results of the stages. Only the stages' times
 * (stages.h) are in it before. */
#pragma once

#include "pipeline/original.h"
#include "pipeline/selection.h"
#include "pipeline/unpacked.h"
#include "report/report.h"

/* An image's sizes, digest and files. index: NULL = files are not counted. */
void pipeline_report_fill_image(const struct transport_image *image, const struct image_layers *layers,
				const struct image_index *index, struct report_image *out);

struct pipeline_report_sources {
	const struct pipeline_session *session;     /* as far as it came */
	struct pipeline_original *original;         /* its runs and notes move to the report */
	struct verify_verdict *verdict;             /* moves to the report; NULL = nothing is to be verified */
	struct report_image *result;                /* moves to the report; NULL = there is none */
	const struct pipeline_selection *selection; /* NULL = nothing was decided */
	bool ordered; /* the trace's paths are in the order of their use: none was stored */
	bool paths;   /* also why each path is kept or not, which takes memory for each */
};
/* keep: what the files were found in. */
void pipeline_report_fill_unproven(const struct keep_set *keep, const struct keep_unproven *found,
				   struct report_unproven *out);
void pipeline_report_fill(const struct pipeline_report_sources *from, struct report *out);
