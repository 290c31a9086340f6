/* sensor/ebpf/record_facts.h - answers the questions of call_facts.h from a record of the kernel's side, and from what
 * earlier records reported of symlinks and mounts. It never asks the thread, which may be gone. Private to
 * lib/sensor/. */
#pragma once

#include "sensor/call_facts.h"
#include "sensor/ebpf/bpf/record.h"
#include "sensor/ebpf/symlinks.h"
#include "sensor/mounts.h"

/* What the records told so far. */
struct ebpf_record_world {
	int rootfs;      /* fd of the container's root file system, live; -1 = none */
	uint32_t device; /* of it, as the kernel writes it */
	struct ebpf_symlinks symlinks;
	struct sensor_mounts mounts;
	struct strset renamed; /* the new names of what was renamed */
};
void ebpf_record_world_done(struct ebpf_record_world *w);

struct ebpf_record_facts {
	struct sensor_call_facts facts;
	const struct record *record, *before; /* before: of the entry of the same call, or NULL */
	size_t size, before_size;
	struct ebpf_record_world *world;
	uint64_t *lost; /* grows when something that the kernel's side must have told is not there */
};

/* A record of the ring buffer, as long as that is there. */
struct ebpf_record_facts ebpf_record_facts(const struct record *r, size_t size, struct ebpf_record_world *world,
					   uint64_t *lost);

/* An item as a path: its length, or -1 when it is not there or names nothing. */
ssize_t ebpf_record_path(const struct record *r, size_t size, enum record_item_kind kind, char buf[PATH_MAX]);
