/* sensor/facts_record.h - the facts of a record of the kernel's side, and what the records before it told of symlinks
 * and mounts. Nothing is asked of the thread, which may be gone. Private to lib/sensor/. */
#pragma once

#include "sensor/bpf/record.h"
#include "sensor/facts.h"
#include "sensor/links.h"
#include "sensor/mounts.h"

/* What the records told so far. */
struct record_world {
	int rootfs;      /* fd of the container's root file system, live; -1 = none */
	uint32_t device; /* of it, as the kernel writes it */
	struct links links;
	struct mounts mounts;
	struct strset renamed; /* the new names of what was renamed */
};
void record_world_done(struct record_world *w);

struct facts_record {
	struct facts facts;
	const struct record *record, *before; /* before: of the entry of the same call, or NULL */
	size_t size, before_size;
	struct record_world *world;
	uint64_t *lost; /* grows when something that the kernel's side must have told is not there */
};

/* A record of the ring buffer, as long as that is there. */
struct facts_record facts_record(const struct record *r, size_t size, struct record_world *world, uint64_t *lost);

/* An item as a path: its length, or -1 when it is not there or names nothing. */
ssize_t record_place(const struct record *r, size_t size, enum record_item_kind kind, char buf[PATH_MAX]);
