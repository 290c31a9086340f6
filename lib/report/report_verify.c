#include "report/report_verify.h"

#include <stdlib.h>

#include "base/mem.h"

void report_verify_difference(struct report_verify *v, const char *where, const char *what, const char *expected,
			      const char *got)
{
	v->differences = mem_realloc(v->differences, v->n_differences + 1, sizeof(*v->differences));
	v->differences[v->n_differences++] =
	    (struct report_difference){mem_strdup(where), what, mem_strdup(expected), mem_strdup(got)};
}

void report_verify_lookup(struct report_verify *v, const char *path, const char *program)
{
	v->lookups = mem_realloc(v->lookups, v->n_lookups + 1, sizeof(*v->lookups));
	v->lookups[v->n_lookups++] = (struct report_lookup){mem_strdup(path), mem_strdup(program)};
}

void report_verify_healed(struct report_verify *v, const char *path, const char *why, unsigned round)
{
	v->healed = mem_realloc(v->healed, v->n_healed + 1, sizeof(*v->healed));
	v->healed[v->n_healed++] = (struct report_healed){mem_strdup(path), mem_strdup(why), round};
}

void report_verify_forget(struct report_verify *v)
{
	for (size_t i = 0; i < v->n_differences; i++) {
		free(v->differences[i].where);
		free(v->differences[i].expected);
		free(v->differences[i].got);
	}
	for (size_t i = 0; i < v->n_lookups; i++) {
		free(v->lookups[i].path);
		free(v->lookups[i].program);
	}
	free(steal_ptr(&v->differences));
	free(steal_ptr(&v->lookups));
	v->n_differences = v->n_lookups = v->equal_steps = v->equal_runs = 0;
	strlist_done(&v->left_out);
	strlist_done(&v->variable);
}

void report_verify_done(struct report_verify *v)
{
	report_verify_forget(v);
	for (size_t i = 0; i < v->n_healed; i++) {
		free(v->healed[i].path);
		free(v->healed[i].why);
	}
	free(v->healed);
	buf_done(&v->log);
	*v = (struct report_verify){0};
}
