/* sensor/ebpf/bpf/item.h - records and their items, as they are built and sent. */
#pragma once

#include "arch.h"
#include "maps.h"

#include <bpf/bpf_core_read.h>

static __always_inline struct scratch *scratch_of(__u32 owner)
{
	__u32 i = bpf_get_smp_processor_id() * RECORD_SCRATCHES + owner;
	return bpf_map_lookup_elem(&scratches, &i);
}

static __always_inline void count(__u32 which)
{
	__u64 *n = bpf_map_lookup_elem(&counters, &which);
	if (n)
		__sync_fetch_and_add(n, 1);
}

static __always_inline __u64 counted(__u32 which)
{
	__u64 *n = bpf_map_lookup_elem(&counters, &which);
	return n ? *n : 0;
}

/* Verified by itself, once. It knows nothing of its arguments, so pointers come as numbers. */
#define GLOBAL __attribute__((noinline))

/* A value that the compiler must not think it knows: it would leave out the mask that the verifier wants to see. */
#define BOUNDED(value, mask)                                                                                           \
	({                                                                                                             \
		__u32 bounded_ = (value);                                                                              \
		asm volatile("" : "+r"(bounded_));                                                                     \
		bounded_ &(mask);                                                                                      \
	})

static __always_inline __u64 mix(__u64 h, __u64 v)
{
	h = (h ^ v) * 0x9e3779b97f4a7c15ull;
	return h ^ h >> 29;
}

static __always_inline __u32 own_level(void)
{
	__u32 zero = 0;
	struct record_settings *set = bpf_map_lookup_elem(&settings, &zero);
	return set ? set->level : 0;
}

/* The number of a thread in the pid namespace of that level; *ns names the namespace. */
static __always_inline int number_at(struct task_struct *t, __u32 level, __u64 *ns)
{
	struct pid *pid = BPF_CORE_READ(t, thread_pid);
	char *numbers_of = (char *)pid + __builtin_preserve_field_info(pid->numbers, BPF_FIELD_BYTE_OFFSET);
	struct upid *u = (void *)(numbers_of + (__u64)level * bpf_core_type_size(struct upid));
	*ns = (__u64)BPF_CORE_READ(u, ns);
	return BPF_CORE_READ(u, nr);
}

/* From the current thread, the first one that is followed. A function of its own: the verifier goes through it once. */
GLOBAL int learn_level(void)
{
	struct task_struct *t = (void *)bpf_get_current_task();
	__u32 zero = 0, last = BPF_CORE_READ(t, thread_pid, level);
	struct record_settings *set = bpf_map_lookup_elem(&settings, &zero);
	if (!set || set->level_known)
		return 0;
	for (__u32 i = 0; i < 32 && i <= last; i++) {
		__u64 ns;
		(void)number_at(t, i, &ns);
		if (BPF_CORE_READ((struct pid_namespace *)ns, ns.inum) == set->pid_ns)
			set->level = i;
	}
	set->level_known = 1;
	return 0;
}

static __always_inline __u32 mount_ns_of(struct task_struct *t)
{
	return BPF_CORE_READ(t, nsproxy, mnt_ns, ns.inum);
}

/* ---- records ---- */

/* Not the items: those of the fast path are there before. */
static __always_inline void begin(struct scratch *s, __u32 type, struct task_struct *t, const struct record_thread *st)
{
	__u64 ns;
	s->r = (struct record){
	    .thread = (__u64)t,
	    .program = st->program,
	    .type = type,
	    .task = st->task,
	    .tid = (__u32)number_at(t, own_level(), &ns),
	    .mount_ns = mount_ns_of(t),
	    .step = (__u32)counted(COUNT_STEP),
	};
}

static __always_inline bool send(struct scratch *s, bool wake)
{
	__u64 size = sizeof(s->r) + (s->end & DATA_MASK);
	if (!wake)
		wake = bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA) > RING_WAKE;
	if (bpf_ringbuf_output(&ring, &s->r, size, wake ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP) < 0) {
		count(COUNT_LOST);
		return false;
	}
	count(COUNT_RECORDS);
	return true;
}

static __always_inline void put_head(struct scratch *s, __u32 at, __u8 kind, __u8 flags, __s32 n, __u32 size)
{
	struct record_item *item = (void *)(s->data + (at & DATA_MASK));
	item->size = (__u16)size;
	item->kind = kind;
	item->flags = flags;
	item->n = n;
	s->end = (at + sizeof(*item) + size + 7) & DATA_MASK;
}

/* A string of the program: its length with the NUL, or a negative code. */
GLOBAL long put_string(__u32 owner, __s32 argument, __u64 address)
{
	struct scratch *s = scratch_of(owner);
	if (!s || s->end > DATA_END)
		return -1;
	__u32 at = s->end & DATA_MASK;
	long n = bpf_probe_read_user_str(s->data + at + sizeof(struct record_item), PATH_ROOM, (void *)address);
	if (n <= 0)
		return -1;
	put_head(s, at, ITEM_STRING, 0, argument, (__u32)n);
	return n;
}

GLOBAL long put_bytes(__u32 owner, __s32 argument, __u64 address, __u32 size)
{
	struct scratch *s = scratch_of(owner);
	if (!s || s->end > DATA_END)
		return -1;
	__u32 at = s->end & DATA_MASK;
	if (size > 127)
		return -1;
	if (bpf_probe_read_user(s->data + at + sizeof(struct record_item), BOUNDED(size, 127), (void *)address) < 0)
		return -1;
	put_head(s, at, ITEM_BYTES, 0, argument, size);
	return size;
}
