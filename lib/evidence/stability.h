/* evidence/stability.h - which regular files of an image all variants of the exercises (exercise/variant.h) used, and
 * which only some did. A file with several names is the first of them. */
#pragma once

#include "evidence/evidence.h"

struct evidence_stability {
	unsigned variants;      /* that were run; 0 = not known */
	uint64_t files;         /* that any of them used */
	uint64_t files_in_some; /* of these, but not all of them */
	uint32_t *seen;         /* by node, bits: the variants that used the file, if not all did; else 0 */
};

/* The entries of the trace of e were marked (trace_mark_variant) with variants below `variants`, 32 at most. *out: give
 * it to _done. */
void evidence_stability_find(const struct evidence *e, unsigned variants, struct evidence_stability *out);
void evidence_stability_done(struct evidence_stability *s);
