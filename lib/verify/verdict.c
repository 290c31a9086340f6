#include "verify/verdict.h"

#include <stdlib.h>

#include "base/mem.h"

void verify_difference_add(struct verify_verdict *v, const char *where, const char *what, const char *expected,
			   const char *got)
{
	v->differences = mem_realloc(v->differences, v->n_differences + 1, sizeof(*v->differences));
	v->differences[v->n_differences++] =
	    (struct verify_verdict_difference){mem_strdup(where), what, mem_strdup(expected), mem_strdup(got)};
}

void verify_lookup_add(struct verify_verdict *v, const char *path, const char *program)
{
	v->lookups = mem_realloc(v->lookups, v->n_lookups + 1, sizeof(*v->lookups));
	v->lookups[v->n_lookups++] = (struct verify_verdict_lookup){mem_strdup(path), mem_strdup(program)};
}

void verify_healed_add(struct verify_verdict *v, const char *path, const char *why, unsigned round)
{
	v->healed = mem_realloc(v->healed, v->n_healed + 1, sizeof(*v->healed));
	v->healed[v->n_healed++] = (struct verify_verdict_healed){mem_strdup(path), mem_strdup(why), round};
}

void verify_verdict_forget(struct verify_verdict *v)
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
	strlist_done(&v->incomparable);
}

void verify_verdict_done(struct verify_verdict *v)
{
	verify_verdict_forget(v);
	for (size_t i = 0; i < v->n_healed; i++) {
		free(v->healed[i].path);
		free(v->healed[i].why);
	}
	free(v->healed);
	buf_done(&v->log);
	*v = (struct verify_verdict){0};
}
