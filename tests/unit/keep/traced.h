/* tests/unit/keep/traced.h - an image's keep set after runs that did one thing to some paths, with what is asked of it:
 * the evidence and the packages. */
#pragma once

#include "unit.h"

#include "keep/kept.h"
#include "packages/packages.h"

struct traced {
	struct keep_set k;
	struct trace t;
	struct evidence e;
	struct packages p;
};

/* kinds: of the trace (TRACE_OPEN); paths: n. The packages are those of the image's databases. */
static inline void traced_init(struct traced *r, const struct test_image *m, enum keep_level level, uint32_t kinds,
			       const char *const *paths, size_t n)
{
	*r = (struct traced){0};
	for (size_t i = 0; i < n; i++)
		trace_add(&r->t, paths[i], strlen(paths[i]), kinds | TRACE_FOLLOW, UINT32_MAX, TRACE_BY_PTRACE);
	keep_set_init(&r->k, m->index, NULL, level);
	assert_int_equal(evidence_init(&r->e, m->index, &r->t, NULL), 0);
	keep_trace(&r->k, &r->e);
	assert_int_equal(packages_read(m->index, &r->p, NULL), 0);
}

static inline void traced_done(struct traced *r)
{
	evidence_done(&r->e);
	packages_done(&r->p);
	keep_set_done(&r->k);
	trace_done(&r->t);
}
#define CLEANUP_TRACED CLEANUP(traced_done)
