/* keep/set.h - which nodes of the image stay, each with its reason.
 * Every way in adds the parents and the symlinks crossed. A closure adds what kept files need; closures run until
 * nothing is new. Not thread-safe. */
#pragma once

#include "base/idmap.h"
#include "base/strset.h"
#include "evidence/evidence.h"
#include "keep/reason.h"
#include "oci/image_config.h"

/* How much, beyond what was seen to be used. Each holds what the one before does. */
enum keep_level {
	KEEP_EXACT,   /* what was touched, and what the kernel needs to reach it */
	KEEP_CLOSURE, /* what can be reached from that without running it: closures, rules */
	KEEP_SAFE,    /* the application whole */
	KEEP_MOST,    /* all but documentation, caches and what builds software */
};

/* At most so much stays for one reason. */
struct keep_limit {
	uint64_t bytes;   /* of regular files */
	uint32_t entries; /* 0 = only bytes are counted */
};

/* Directories and files that a limit left out. */
struct keep_left_out_item {
	uint32_t node;
	struct keep_limit limit;
	struct keep_reason why; /* it would have been kept for */
};
struct keep_left_out {
	struct keep_left_out_item *items;
	size_t count, cap;
	struct idmap nodes; /* that are in items */
};

struct keep_mentions;

struct keep_set {
	const struct image_index *index;       /* borrowed */
	const struct oci_image_config *config; /* borrowed; what closures ask of the environment */
	enum keep_level level;
	struct strset notes;
	struct keep_left_out left_out;
	struct keep_trees *trees;       /* borrowed; that grow by what kept files name; NULL = none do */
	bool *excluded;                 /* by node id: never kept, unless as a parent; NULL = none */
	struct keep_mentions *mentions; /* borrowed: what is named, but not kept; NULL = nobody asks */
	bool tells;                     /* it keeps nothing more: a request to keep a node only mentions it */
	struct keep_reason *reasons;    /* by node id; the first reason that came */
	uint32_t *queue;                /* kept nodes in order of arrival: the closures' work list */
	uint32_t n_kept;
};

void keep_set_init(struct keep_set *k, const struct image_index *index, const struct oci_image_config *config,
		   enum keep_level level);
void keep_set_done(struct keep_set *k);
#define CLEANUP_KEEP_SET CLEANUP(keep_set_done)
static inline bool keep_has(const struct keep_set *k, uint32_t node)
{
	return k->reasons[node].kind != KEEP_NONE;
}
/* The id of a note, for a reason. */
uint32_t keep_note(struct keep_set *k, const char *text);
/* Whether the note of a KEEP_RULE stands for a program's own tree (keep/trees): "own-tree" and the like. */
bool keep_note_is_tree(const char *note);
/* Keep one node and its parents. */
void keep_node(struct keep_set *k, uint32_t node, struct keep_reason why);
/* Notes that the file why.by names the node, which alone is not a reason to keep it. */
void keep_mention(struct keep_set *k, uint32_t node, struct keep_reason why);
/* The same of a directory with what is in it. */
void keep_mention_whole(struct keep_set *k, uint32_t dir, struct keep_reason why);
/* Remembers that the directory or file was not kept (whole), as it did not fit; the first call for a node counts.
 * left_out.h reports what is truly missing in the end. Levels that ask for nothing or have no limits remember
 * nothing. */
void keep_leave_out(struct keep_set *k, uint32_t node, struct keep_limit limit, struct keep_reason why);
/* Resolves path, and keeps the node and the symlinks and directories on the way. If the path does not exist, keeps
 * the part of the way that does (a program created or looked for something below it). Returns the node or IMAGE_NONE.
 */
uint32_t keep_path(struct keep_set *k, const char *path, bool follow, struct keep_reason why);

/* Keep what a way of the image leads to and what it crosses; as keep_path, which finds the way first. steps: those that
 * the way was found with. */
void keep_way(struct keep_set *k, const struct evidence_way *way, const struct evidence_steps *steps,
	      struct keep_reason why);

/* Keep what every path of the trace leads to, as the run took it: named, followed or both. */
void keep_trace(struct keep_set *k, const struct evidence *e);
void keep_config(struct keep_set *k, const struct oci_image_config *config);
