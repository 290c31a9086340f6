/* sensor/ebpf/ebpf_load.h - the eBPF programs and maps in the kernel: loaded, attached, their settings written. Private
 * to lib/sensor/. */
#pragma once

#include <bpf/libbpf.h>

#include "base/err.h"
#include "base/strset.h"

#define EBPF_PROGRAMS 8

struct ebpf_loaded {
	struct bpf_object *object;
	struct bpf_program *programs[EBPF_PROGRAMS];
	struct bpf_link *links[EBPF_PROGRAMS];
	size_t count;
	int ring, threads, living, counters, members, used, runs; /* fds of maps */
};

/* device: of the root file system, as the kernel writes it; 0 = none. adopt: inode of a pid namespace whose running
 * threads are followed, too; 0 = none. refused: names of calls that the filter refuses. ERR_UNSUPPORTED if this
 * kernel or user can't load the programs. */
int ebpf_load(struct ebpf_loaded *l, uint32_t device, uint32_t adopt, const struct strset *refused,
	      struct err *err) MUST_CHECK;
/* Returns how often a program did not run because it was running already: these records are lost. */
uint64_t ebpf_load_missed(const struct ebpf_loaded *l);
void ebpf_unload(struct ebpf_loaded *l);
