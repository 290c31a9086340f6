/* verify/heal.h - the second test of a slim image: finds the files that its run looked for and that only the original
 * has, and adds them to the keep set. */
#pragma once

#include "evidence/presence.h"
#include "keep/set.h"
#include "verify/verdict.h"

/* What a run of the slim image did, and what the original's run did; resolved against both images. */
struct verify_heal_case {
	const struct evidence *recorded; /* the original's run, in the original; its trace has `found` filled in */
	struct evidence original, slim;  /* the slim image's run, in the original and in the slim image */
};
/* Borrows all. On failure *c may be given to _done, too. */
int verify_heal_case_init(struct verify_heal_case *c, const struct evidence *recorded, const struct image_index *slim,
			  const struct trace *trace, struct err *err) MUST_CHECK;
void verify_heal_case_done(struct verify_heal_case *c);
#define CLEANUP_HEAL_CASE CLEANUP(verify_heal_case_done)

/* Failed lookups of one slim image. Sockets do not count: no image can hold one. */
struct verify_heal_lookup {
	const char *path;               /* borrowed from the trace */
	const char *program;            /* that looked, or NULL */
	uint32_t node;                  /* of the original: what it would have led to */
	const struct evidence_way *way; /* to it; borrowed from the case, as its steps */
	const struct evidence_steps *steps;
	bool listed; /* as a directory: what is in it was wanted */
};

struct verify_heal_lookups {
	struct verify_heal_lookup *items;
	size_t count, cap;
};

/* Finds the paths that the slim run looked for and that only the original has. Includes the paths that the original's
 * run found in a directory that the slim run only listed: there it could not see them. In path order; they live as long
 * as the case. */
void verify_heal_lookups_find(const struct verify_heal_case *c, struct verify_heal_lookups *out);
void verify_heal_lookups_done(struct verify_heal_lookups *l);
#define CLEANUP_HEAL_LOOKUPS CLEANUP(verify_heal_lookups_done)

/* Whether the user excluded the node. k may be NULL. */
bool verify_heal_is_left_out(const struct keep_set *k, uint32_t node);

/* Keeps the nodes that the lookups lead to, and the files of a directory that was listed. From the second round on it
 * also keeps the files of the same kind beside each node, within bounds. The reason: a failed lookup is seldom the
 * last, and each round starts the container again. The caller adds the closures. Returns how many nodes are new; the
 * report says which and why. */
uint32_t verify_heal_keep_lookups(struct keep_set *k, const struct verify_heal_lookups *l, unsigned round,
				  struct verify_verdict *out);

/* Call it if the images differ and no lookup tells why: some programs list a directory instead of asking for a file.
 * Looks at the entries that listed directories lack in the slim image. Keeps those whose name occurs in said, which is
 * all that the program printed and answered, such as the name of a module that it did not find. If no name occurs,
 * keeps the files of the same kind as kept ones, or all files of a directory of which nothing is kept. Within bounds;
 * otherwise as verify_heal_keep_lookups. */
uint32_t verify_heal_keep_listed(struct keep_set *k, const struct verify_heal_case *c, const struct buf *said,
				 unsigned round, struct verify_verdict *out);
