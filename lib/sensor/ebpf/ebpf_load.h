/* sensor/ebpf/ebpf_load.h - the eBPF programs and maps in the kernel. Loading them costs most, in the verifier and in
 * reading the kernel's BTF; they are then used for one recording after the other.
 * Lifetime: ebpf_load; for each recording ebpf_attach, ebpf_detach, ebpf_empty; ebpf_unload. Private to lib/sensor/. */
#pragma once

#include <bpf/libbpf.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/strset.h"
#include "sensor/ebpf/kill_guard.h"

#define EBPF_PROGRAMS 8

struct ebpf_loaded {
	struct bpf_object *object;
	int ring, threads, living, counters, members, used, runs; /* fds of maps */
	/* while they are attached: */
	struct bpf_program *programs[EBPF_PROGRAMS];
	struct bpf_link *links[EBPF_PROGRAMS];
	uint64_t missed_before[EBPF_PROGRAMS];
	size_t count;
	struct ebpf_kill_guard guard; /* holds the links, too; of the caller's, ended by ebpf_detach */
};

/* Attached to nothing. ERR_UNSUPPORTED if this kernel or user can't load the programs. */
int ebpf_load(struct ebpf_loaded **out, struct err *err) MUST_CHECK;
/* Writes the settings and attaches the programs; the maps must be empty. device: of the root file system, as the kernel
 * writes it; 0 = none. adopt: inode of a pid namespace whose running threads are followed, too; 0 = none. refused:
 * names of calls that the filter refuses. */
int ebpf_attach(struct ebpf_loaded *l, uint32_t device, uint32_t adopt, const struct strset *refused,
		struct err *err) MUST_CHECK;
/* Returns how often a program did not run because it was running already: these records are lost. */
uint64_t ebpf_missed(const struct ebpf_loaded *l);
void ebpf_detach(struct ebpf_loaded *l);
/* Removes all that a recording left in the maps. Call it once no thread is followed any more and the ring buffer is
 * read to its end. Returns 0, or a negative errno: then they can't be used again. */
int ebpf_empty(struct ebpf_loaded *l) MUST_CHECK;
void ebpf_unload(struct ebpf_loaded *l); /* NULL too */
static inline void ebpf_unloadp(struct ebpf_loaded **l)
{
	ebpf_unload(*l);
}
#define CLEANUP_EBPF_LOADED CLEANUP(ebpf_unloadp)
