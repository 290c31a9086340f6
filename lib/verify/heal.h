/* verify/heal.h - the second oracle: what the slim image's run looked for in vain and the original has, and how it
 * comes into the keep set. */
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

/* Finds the paths of the original that the slim run looked for in vain. It would also have looked for those that the
 * original's run found in a directory that the slim run listed. In path order; they live as long as the case. */
void verify_heal_lookups_find(const struct verify_heal_case *c, struct verify_heal_lookups *out);
void verify_heal_lookups_done(struct verify_heal_lookups *l);
#define CLEANUP_HEAL_LOOKUPS CLEANUP(verify_heal_lookups_done)

/* Whether the user said that it is to be left out; k may be NULL. */
bool verify_heal_is_left_out(const struct keep_set *k, uint32_t node);

/* Keep what they lead to, of a directory that was to be listed its files too. From the second round on one lookup in
 * vain stands for more to come: the files beside it of the same kind are kept too, within bounds, for each round costs
 * a start of the container. Closures are the caller's. Returns how many nodes are new; the report says which and why.
 */
uint32_t verify_heal_keep_lookups(struct keep_set *k, const struct verify_heal_lookups *l, unsigned round,
				  struct verify_verdict *out);

/* When the images differ and no lookup tells why: some programs look into a list of a directory instead of asking for
 * the file. What directories that the trace lists lack in the slim image, if it goes by a name that is in said (what
 * the program printed and answered; a module that it did not find, say); else the files there of the same kind as kept
 * ones, or all where none is kept. Within bounds. As verify_heal_keep_lookups otherwise. */
uint32_t verify_heal_keep_listed(struct keep_set *k, const struct verify_heal_case *c, const struct buf *said,
				 unsigned round, struct verify_verdict *out);
