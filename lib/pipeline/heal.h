/* pipeline/heal.h - the second oracle: what the slim image's run looked for in vain and the original has, and how it
 * comes into the keep set. */
#pragma once

#include "keep/keep.h"
#include "pipeline/found.h"
#include "verify/verdict.h"

/* Lookups of one trial. Sockets do not count: no image can hold one. */
struct heal_lookup {
	const char *path;    /* borrowed from the trace */
	const char *program; /* that looked, or NULL */
	uint32_t node;       /* of the original: what it would have led to */
	bool follow;
	bool listed; /* as a directory: what is in it was wanted */
};

struct heal_lookups {
	struct heal_lookup *items;
	size_t count, cap;
};

/* One image and what its run did; borrowed. */
struct heal_image {
	const struct rootfs_index *index;
	const struct trace *trace; /* of the original with `found` filled in */
};

/* What the slim run looked for in vain. And what it would have looked for, had it been in a directory that it listed:
 * what the original's run found there. In path order. */
void heal_lookups_find(const struct heal_image *original, const struct heal_image *slim, struct heal_lookups *out);
void heal_lookups_done(struct heal_lookups *l);
#define CLEANUP_HEAL_LOOKUPS CLEANUP(heal_lookups_done)

/* Whether the user said that it is to be left out; k may be NULL. */
bool heal_is_left_out(const struct keep_set *k, uint32_t node);

/* Keep what they lead to, of a directory that was to be listed its files too. From the second round on one lookup in
 * vain stands for more to come: the files beside it of the same kind are kept too, within bounds, for each round costs
 * a start of the container. Closures are the caller's. Returns how many nodes are new; the report says which and why.
 */
uint32_t heal_lookups_keep(struct keep_set *k, const struct heal_lookups *l, unsigned round, struct verdict *out);

/* When the images differ and no lookup tells why: some programs look into a list of a directory instead of asking for
 * the file. What directories that the trace lists lack in the slim image, if it goes by a name that is in said (what
 * the program printed and answered; a module that it did not find, say); else the files there of the same kind as kept
 * ones, or all where none is kept. Within bounds. As heal_lookups_keep otherwise. */
uint32_t heal_listed_keep(struct keep_set *k, const struct rootfs_index *slim, const struct trace *trace,
			  const struct buf *said, unsigned round, struct verdict *out);
