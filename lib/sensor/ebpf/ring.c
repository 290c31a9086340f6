#include "sensor/ebpf/ring.h"

#include <errno.h>
#include <linux/bpf.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sensor/ebpf/bpf/record.h"

/* The page of the consumer's position is followed by that of the producer's, and this by the data. */
static int map_pages(struct ebpf_ring *ring, int map, size_t page, struct err *err)
{
	void *p = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, map, 0);
	if (p == MAP_FAILED)
		return err_sys(err, errno, "ebpf-start", "map the ring buffer's position");
	ring->consumer = p;
	p = mmap(NULL, page + ring->bytes + RECORD_MOST, PROT_READ, MAP_SHARED, map, (off_t)page);
	if (p == MAP_FAILED)
		return err_sys(err, errno, "ebpf-start", "map the ring buffer");
	ring->producer = p;
	ring->data = (uint8_t *)p + page;
	/* a child needs none of it */
	(void)madvise(ring->producer, page + ring->bytes + RECORD_MOST, MADV_DONTFORK);
	return 0;
}

int ebpf_ring_open(struct ebpf_ring *ring, int map, size_t bytes, struct err *err)
{
	struct epoll_event event = {.events = EPOLLIN};
	*ring = (struct ebpf_ring){.wakes = epoll_create1(EPOLL_CLOEXEC), .bytes = bytes};
	int r = ring->wakes < 0 ? err_sys(err, errno, "ebpf-start", "cannot create an epoll")
				: map_pages(ring, map, (size_t)sysconf(_SC_PAGESIZE), err);
	/* polled itself, the map would be readable with each record, even with one that wakes nobody */
	if (r == 0 && epoll_ctl(ring->wakes, EPOLL_CTL_ADD, map, &event) < 0)
		r = err_sys(err, errno, "ebpf-start", "cannot watch the ring buffer");
	if (r < 0)
		ebpf_ring_close(ring);
	return r;
}

void ebpf_ring_consume(struct ebpf_ring *ring, void (*take)(void *ctx, const void *data, size_t size), void *ctx)
{
	uint64_t at = __atomic_load_n(ring->consumer, __ATOMIC_ACQUIRE);
	while (at < __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE)) {
		uint8_t *record = ring->data + (at & (ring->bytes - 1));
		const uint32_t head = __atomic_load_n((uint32_t *)(void *)record, __ATOMIC_ACQUIRE);
		const uint32_t size = head & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
		if (head & BPF_RINGBUF_BUSY_BIT)
			return;
		if (!(head & BPF_RINGBUF_DISCARD_BIT))
			take(ctx, record + BPF_RINGBUF_HDR_SZ, size);
		at += (size + BPF_RINGBUF_HDR_SZ + 7) & ~UINT64_C(7);
		__atomic_store_n(ring->consumer, at, __ATOMIC_RELEASE);
	}
}

void ebpf_ring_close(struct ebpf_ring *ring)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	if (!ring->bytes)
		return;
	if (ring->producer)
		munmap(ring->producer, page + ring->bytes + RECORD_MOST);
	if (ring->consumer)
		munmap(ring->consumer, page);
	if (ring->wakes >= 0)
		close(ring->wakes);
	*ring = (struct ebpf_ring){0};
}
