#include "pipeline/build/tell.h"

#include <string.h>

#include "keep/left_out.h"
#include "pipeline/report_fill.h"

void pipeline_build_fill_report(struct pipeline_build_state *b, const struct pipeline_selection *selection)
{
	const struct pipeline_report_sources from = {
	    .session = &b->session,
	    .original = &b->original,
	    .verdict = &b->verdict,
	    .result = &b->slim.figures,
	    .selection = selection,
	    .ordered = !b->n_stored,
	    .paths = b->options->reasons || b->options->attach_report,
	};
	if (b->selection.keep.index) /* else nothing was selected; healing is done by now */
		keep_left_out_tell(&b->selection.keep, &b->original.notes);
	pipeline_report_fill(&from, b->report);
	for (size_t i = 0; i < b->n_stored; i++)
		report_trace_file_add(b->report, b->stored[i].path, b->stored[i].paths, b->stored[i].same_image);
	b->filled = true;
}

void pipeline_build_report_source(struct report *r)
{
	memset(r->shares.bytes, 0, sizeof(r->shares.bytes));
	r->result.compressed_bytes = r->source.compressed_bytes;
	r->result.size_bytes = r->source.size_bytes;
	r->result.layers = r->source.layers;
}
