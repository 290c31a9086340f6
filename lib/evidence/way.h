/* evidence/way.h - the way that a path takes through an image: the place where it leads, the symlinks that it
 * crosses, the directories that it leaves again, and whether it enters the mount points of a run.
 * Not thread-safe. */
#pragma once

#include "image/index.h"

/* The topmost points of all mounts that a run gets (runtime/bundle.h), and the nodes of an image that they are. */
#define EVIDENCE_MOUNTS 6
extern const char *const evidence_mount_points[EVIDENCE_MOUNTS];
struct evidence_mounts {
	uint32_t nodes[EVIDENCE_MOUNTS]; /* IMAGE_NONE: the image has no such path */
};
void evidence_mounts_find(const struct image_index *x, struct evidence_mounts *out);

/* What a way passes. If a path leads nowhere, its existing part counts. */
enum evidence_pass {
	EVIDENCE_VIRTUAL = 1 << 0, /* /proc, /sys or /dev, by a node or by the path's name: not the image's to answer */
	EVIDENCE_MOUNTED = 1 << 1, /* a node at which a run mounts something: those three, /etc/hosts and its like */
	EVIDENCE_CLOSED = 1 << 2,  /* a directory that not everybody may search */
};

struct evidence_way {
	uint32_t node;    /* what the path leads to; IMAGE_NONE = nothing is there */
	uint32_t last;    /* the last node visited: node, or how far the path leads; IMAGE_NONE = the path is empty or
			   * too long */
	uint32_t first;   /* index of its first turn in the steps; its links follow its turns */
	uint32_t n_turns; /* directories that ".." or an absolute symlink leaves, in order */
	uint8_t n_links;  /* symlinks crossed, in order */
	uint8_t passes;   /* of enum evidence_pass; 0 without mounts */
};

/* The turns and links of any number of ways. All zero is empty. */
struct evidence_steps {
	uint32_t *items;
	size_t count, cap;
};
void evidence_steps_done(struct evidence_steps *s);
#define CLEANUP_EVIDENCE_STEPS CLEANUP(evidence_steps_done)

/* Resolves the path (follow: also a symlink in its last component) and appends its steps. mounts: of the same image;
 * NULL = passes does not matter. */
void evidence_way_find(const struct image_index *x, const struct evidence_mounts *mounts, const char *path, bool follow,
		       struct evidence_steps *steps, struct evidence_way *out);
