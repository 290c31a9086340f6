#include "report/report.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

void report_note(struct report *r, const char *fmt, ...)
{
	char *note = NULL;
	va_list ap;
	va_start(ap, fmt);
	int n = vasprintf(&note, fmt, ap);
	va_end(ap);
	if (n < 0)
		return; /* only a wrong format gets here */
	r->notes = mem_realloc(r->notes, r->n_notes + 1, sizeof(*r->notes));
	r->notes[r->n_notes++] = note;
}

void report_stage_add(struct report *r, const char *name, uint64_t ms)
{
	for (size_t i = 0; i < r->n_stages; i++)
		if (strcmp(r->stages[i].name, name) == 0) {
			r->stages[i].ms += ms;
			return;
		}
	assert(r->n_stages < sizeof(r->stages) / sizeof(*r->stages));
	r->stages[r->n_stages++] = (struct report_stage){name, ms};
}

void report_done(struct report *r)
{
	for (size_t i = 0; i < r->n_runs; i++) {
		free(r->runs[i].command);
		exercise_log_done(&r->runs[i].steps);
	}
	for (size_t i = 0; i < r->n_notes; i++)
		free(r->notes[i]);
	free(r->runs);
	free(r->notes);
	free(r->source.reference);
	free(r->result.reference);
	*r = (struct report){0};
}
