/* keep/keep.h - which nodes of the image stay, each with the reason.
 * Every way in adds the parents and the symlinks crossed. A closure adds what kept files need; closures
 * run until nothing is new. Not thread-safe. */
#pragma once

#include "oci/image_config.h"
#include "rootfs/index.h"
#include "trace/trace.h"

enum keep_reason_kind {
	KEEP_NONE,        /* not kept */
	KEEP_TRACE,       /* a run named it; by = path id of the trace */
	KEEP_PARENT,      /* by = the node below it */
	KEEP_SYMLINK,     /* crossed on the way; by = the node that the way led to, whose reason says who took it */
	KEEP_INTERPRETER, /* of the script or ELF program `by` */
	KEEP_LIBRARY,     /* DT_NEEDED of the ELF file `by` */
	KEEP_CONFIG, /* the image config names it: command, health check, working directory, home, volumes with content
		      */
	KEEP_ENGINE, /* engines need it to start any container: passwd and group, mount points */
};

struct keep_reason {
	uint8_t kind; /* enum keep_reason_kind */
	uint32_t by;  /* node id or trace path id, as the kind says; ROOTFS_NONE = nothing */
};

struct keep_set {
	const struct rootfs_index *index; /* borrowed */
	struct keep_reason *reasons;      /* by node id; the first reason that came */
	uint32_t *queue;                  /* kept nodes in order of arrival: the closures' work list */
	uint32_t n_kept;
};

void keep_set_init(struct keep_set *k, const struct rootfs_index *index);
void keep_set_done(struct keep_set *k);
#define CLEANUP_KEEP_SET CLEANUP(keep_set_done)
static inline bool keep_has(const struct keep_set *k, uint32_t node)
{
	return k->reasons[node].kind != KEEP_NONE;
}
/* Keep one node and its parents. */
void keep_node(struct keep_set *k, uint32_t node, enum keep_reason_kind kind, uint32_t by);
/* Resolve and keep what the path leads to and what it crosses; when nothing is there, the part of the way
 * that exists (a program created or looked for something below it). Returns the node or ROOTFS_NONE. */
uint32_t keep_path(struct keep_set *k, const char *path, bool follow, enum keep_reason_kind kind, uint32_t by);

void keep_trace(struct keep_set *k, const struct trace *t);
void keep_config(struct keep_set *k, const struct oci_image_config *config);
int keep_closures(struct keep_set *k, struct err *err) MUST_CHECK;
