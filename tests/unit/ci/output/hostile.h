/* tests/unit/ci/output/hostile.h - a build whose strings from outside hold what each format could break at. */
#pragma once

#include "ci/output/build.h"
#include "report/sample.h"

#define HOSTILE                                                                                                        \
	"]]>--><x a='\"'>&amp;\n::error::y\r\n##vso[task.setvariable variable=PATH]z;slim_end\n| `` | [a](b) @all #1 " \
	"\x1b[31m %0A%25 ${IFS} \\ \xff\xe2\x80\xae\xef\xbb\xbf\xef\xbf\xbe"

static inline void hostile_report(struct report *r)
{
	r->source = (struct report_image){.reference = mem_strdup("oci:/a" HOSTILE),
					  .size_bytes = 2000000,
					  .compressed_bytes = 900000,
					  .layers = 2,
					  .files = 30};
	r->result = (struct report_image){.reference = mem_strdup("oci:/b" HOSTILE),
					  .size_bytes = 500000,
					  .compressed_bytes = 200000,
					  .layers = 1,
					  .files = 3};
	strcpy(r->result.digest, "sha256:00");
	sample_destination(r);
	r->destinations[0].pinned = (free(r->destinations[0].pinned), mem_strdup(HOSTILE));
	struct run_result *run = run_results_add(&r->runs);
	*run =
	    (struct run_result){.command = mem_strdup(HOSTILE), .status = 1, .ms = 10, .failure = mem_strdup(HOSTILE)};
	sample_step(run, EXERCISE_HTTP, "GET /" HOSTILE, 80, 500, HOSTILE);
	sample_step(run, EXERCISE_HTTP, "GET /" HOSTILE, 80, 500, HOSTILE); /* again */
	sample_step(run, EXERCISE_EXEC, HOSTILE, 0, 0, NULL);
	report_stage_add(r, "unpack", 1234);
	r->verify.done = true;
	verify_difference_add(&r->verify, "GET /" HOSTILE, "answer", HOSTILE, "");
	verify_lookup_add(&r->verify, "/usr/lib/" HOSTILE, HOSTILE);
	report_gates_add(&r->gates, "must-drop", HOSTILE, mem_strdup(HOSTILE), false);
	report_gates_add(&r->gates, "max-size", "60MB", mem_strdup("0.5 MB"), true);
	notes_add(&r->notes, "test-note", "a note: %s", HOSTILE);
	err_set(&r->error, ERR_GATE, "gate-failed", "%s", HOSTILE);
}
