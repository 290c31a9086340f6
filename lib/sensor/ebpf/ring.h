/* sensor/ebpf/ring.h - reads the kernel's ring buffer of records. Spec: Documentation/bpf/ringbuf.rst of Linux.
 * libbpf maps the buffer twice, one behind the other, and both count as memory of this process. Here only as much of
 * the second one is mapped as the longest record needs that begins at the end of the buffer. Private to lib/sensor/.
 * Lifetime: _open, any number of _consume by one thread at a time, _close. All zero: it is closed. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ebpf_ring {
	int wakes;                     /* for poll: readable once the kernel's side wakes the reader */
	uint64_t *consumer, *producer; /* positions; each only grows */
	uint8_t *data;                 /* `bytes` of them, and RECORD_MOST that are the first ones again */
	size_t bytes;                  /* a power of two */
};

/* map: of a BPF_MAP_TYPE_RINGBUF with so many bytes; borrowed. */
int ebpf_ring_open(struct ebpf_ring *ring, int map, size_t bytes, struct err *err) MUST_CHECK;
/* Calls take for each record that is complete, in order, until one is not. data is valid during the call. */
void ebpf_ring_consume(struct ebpf_ring *ring, void (*take)(void *ctx, const void *data, size_t size), void *ctx);
void ebpf_ring_close(struct ebpf_ring *ring);
