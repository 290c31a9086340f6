/* sensor/ebpf/bpf/seen.h - each thing is told once. */
#pragma once

#include "item.h"

struct hashing {
	__u32 owner, size;
	__u64 a, b;
};

static long hash_step(__u32 i, struct hashing *h)
{
	struct scratch *s = scratch_of(h->owner);
	if (!s)
		return 1;
	__u64 word = *(__u64 *)(s->data + ((sizeof(struct record_item) + i * 8) & DATA_MASK));
	__u32 left = h->size - i * 8;
	if (left < 8)
		word &= (1ull << (left & 7) * 8) - 1;
	h->a = mix(h->a, word);
	h->b = mix(h->b + 0x2545f4914f6cdd1dull, word);
	return 0;
}

/* Whether the string or bytes of the first item, with these marks, is new. */
GLOBAL int is_new(__u32 owner, __u32 size, __u64 what, __u64 where)
{
	struct scratch *s = scratch_of(owner);
	__u8 one = 1;
	if (!s)
		return 0;
	struct seen_key *key = &s->key;
	const char *text = s->data + sizeof(struct record_item);
	__builtin_memset(key, 0, sizeof(*key));
	key->what = what;
	key->where = where;
	if (size < 64) {
		bpf_probe_read_kernel(key->name, BOUNDED(size, 63), text);
	} else {
		struct hashing h = {.owner = owner, .size = size, .a = size, .b = size};
		bpf_loop((size + 7) / 8, hash_step, &h, 0);
		bpf_probe_read_kernel(key->name, NAME_KEPT - 16, text);
		*(__u64 *)(key->name + NAME_KEPT - 16) = h.a;
		*(__u64 *)(key->name + NAME_KEPT - 8) = h.b;
	}
	if (bpf_map_lookup_elem(&seen, key))
		return 0;
	(void)bpf_map_update_elem(&seen, key, &one, BPF_ANY); /* full: it is told each time */
	return 1;
}

static __always_inline void send_seen(struct scratch *s, bool wake)
{
	if (!send(s, wake))
		bpf_map_delete_elem(&seen, &s->key); /* the next time counts */
}
