/* evidence/evidence.h - resolves every path of a trace against an image, once: where it leads with and without
 * following a symlink at its end. Other modules read here what a run found, which witness saw it and what must be kept.
 * Lifetime: _init, any number of questions, _done. Borrows index and trace. Until _done the trace's entries may change,
 * its paths must not. Readable by several threads. All zero may be given to _done. */
#pragma once

#include "evidence/way.h"
#include "trace/trace.h"

struct evidence {
	const struct image_index *index;
	const struct trace *trace;
	struct evidence_mounts mounts;
	struct evidence_way *ways;
	uint32_t *first; /* by path id, and one behind the last: its ways begin there */
	struct evidence_steps steps;
};

/* ERR_LIMIT: the paths take more than LIMIT_EVIDENCE_STEPS steps in all. *e may be given to _done then, too. */
int evidence_init(struct evidence *e, const struct image_index *index, const struct trace *trace,
		  struct err *err) MUST_CHECK;
void evidence_done(struct evidence *e);
#define CLEANUP_EVIDENCE CLEANUP(evidence_done)

/* The way of a path of the trace. follow: a symlink in the last component is followed, too. */
static inline const struct evidence_way *evidence_way(const struct evidence *e, size_t path, bool follow)
{
	return &e->ways[follow ? e->first[path + 1] - 1 : e->first[path]];
}

/* Whether the run followed (named) the last component of the path. An entry with neither mark counts as followed. */
static inline bool evidence_follows(const struct trace_entry *e)
{
	return (e->kinds & TRACE_FOLLOW) || !(e->kinds & TRACE_NOFOLLOW);
}
static inline bool evidence_names(const struct trace_entry *e)
{
	return e->kinds & TRACE_NOFOLLOW;
}
