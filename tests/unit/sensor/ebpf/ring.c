/* The kernel's side of a ring buffer, played in memory. */
#include "unit.h"

#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sensor/ebpf/bpf/record.h"
#include "sensor/ebpf/ring.h"

#define BYTES ((size_t)4096)

struct played {
	struct ebpf_ring ring;
	uint64_t consumer, producer;
	char taken[256]; /* "SIZE:FIRST WORD " of each record */
};

static void play(struct played *p, uint64_t from)
{
	*p = (struct played){.consumer = from, .producer = from};
	p->ring = (struct ebpf_ring){
	    .consumer = &p->consumer, .producer = &p->producer, .data = mem_alloc(BYTES + RECORD_MOST), .bytes = BYTES};
}

/* The second mapping shows the first bytes again. */
static void put_byte(struct played *p, uint64_t at, uint8_t byte)
{
	for (size_t i = at % BYTES; i < BYTES + RECORD_MOST; i += BYTES)
		p->ring.data[i] = byte;
}

/* Returns where its head is. */
static uint64_t put(struct played *p, const char *word, uint32_t size, uint32_t flags)
{
	const uint64_t at = p->producer;
	const uint32_t head = size | flags;
	for (size_t i = 0; i < sizeof(head); i++)
		put_byte(p, at + i, (uint8_t)(head >> 8 * i));
	for (size_t i = 0; i < size; i++)
		put_byte(p, at + BPF_RINGBUF_HDR_SZ + i, i < strlen(word) ? (uint8_t)word[i] : 0);
	p->producer += (BPF_RINGBUF_HDR_SZ + (uint64_t)size + 7) / 8 * 8;
	return at;
}

static void take(void *ctx, const void *data, size_t size)
{
	struct played *p = ctx;
	const size_t n = strlen(p->taken);
	snprintf(p->taken + n, sizeof(p->taken) - n, "%zu:%s ", size, (const char *)data);
}

static void takes_records_in_order_but_no_discarded_ones(void **state)
{
	struct played p;
	play(&p, 0);
	ebpf_ring_consume(&p.ring, take, &p);
	assert_string_equal(p.taken, "");
	put(&p, "one", 9, 0);
	put(&p, "two", 40, BPF_RINGBUF_DISCARD_BIT);
	put(&p, "three", 16, 0);
	ebpf_ring_consume(&p.ring, take, &p);
	assert_string_equal(p.taken, "9:one 16:three ");
	assert_int_equal(p.consumer, p.producer);
	ebpf_ring_consume(&p.ring, take, &p);
	assert_string_equal(p.taken, "9:one 16:three ");
	free(p.ring.data);
}

static void waits_for_a_record_that_is_being_written(void **state)
{
	struct played p;
	play(&p, 0);
	put(&p, "one", 8, 0);
	const uint64_t busy = put(&p, "two", 8, BPF_RINGBUF_BUSY_BIT);
	put(&p, "three", 8, 0);
	ebpf_ring_consume(&p.ring, take, &p);
	assert_string_equal(p.taken, "8:one ");
	assert_int_equal(p.consumer, busy);
	put_byte(&p, busy + 3, 0);
	ebpf_ring_consume(&p.ring, take, &p);
	assert_string_equal(p.taken, "8:one 8:two 8:three ");
	free(p.ring.data);
}

static void reads_on_behind_the_end(void **state)
{
	struct played p;
	for (uint64_t before = 8; before <= 48; before += 8) {
		play(&p, 7 * BYTES - before);
		put(&p, "a word that is long enough", 27, 0);
		put(&p, "next", 5, 0);
		ebpf_ring_consume(&p.ring, take, &p);
		assert_string_equal(p.taken, "27:a word that is long enough 5:next ");
		assert_int_equal(p.consumer, p.producer);
		free(p.ring.data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(takes_records_in_order_but_no_discarded_ones),
	    cmocka_unit_test(waits_for_a_record_that_is_being_written),
	    cmocka_unit_test(reads_on_behind_the_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
