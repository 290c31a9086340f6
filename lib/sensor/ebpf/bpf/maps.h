/* sensor/ebpf/bpf/maps.h - the maps of the eBPF programs, and the scratch that records are made in. Part of
 * recorder.bpf.c, as are the other headers here but record.h. */
#pragma once

#include "kernel.h"
#include "record.h"

#include <bpf/bpf_helpers.h>

#define RING_WAKE (RECORD_RING / 8)
#define SEEN_ENTRIES (1 << 18)
#define THREADS 65536
#define PROGRAMS 16384

/* Scratch for one record. Sizes and masks are for the verifier: an item begins below DATA_END, and has room behind. */
#define DATA_MASK 0x7ff8u
#define DATA_END 0x7000u
#define PATH_ROOM 4097 /* of a string with its NUL; one byte more shows one that is too long */
#define NAME_ROOM 256
#define PLACE_MAX 4096

#define NAME_KEPT 80
struct seen_key {
	__u64 what, where;
	char name[NAME_KEPT]; /* the string, or its start and a hash of all of it */
};

struct scratch {
	struct record r;
	char data[0x8000 + 0x1100];
	__u32 end;
	struct seen_key key;
};

_Static_assert(sizeof(struct scratch) < RECORD_MOST, "a record fits");

struct number_key {
	__u64 ns;
	__u64 nr;
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, RECORD_RING);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct record_thread);
} threads SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, RECORD_ABIS *RECORD_CALLS);
	__type(key, __u32);
	__type(value, struct record_call);
} calls SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct record_settings);
} settings SEC(".maps");

/* How many threads of each task live. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, RECORD_TASKS);
	__type(key, __u32);
	__type(value, __u64);
} living SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, COUNTERS);
	__type(key, __u32);
	__type(value, __u64);
} counters SEC(".maps");

/* Who lives, by thread: for who wants to end them. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, THREADS);
	__type(key, __u64);
	__type(value, struct record_member);
} members SEC(".maps");

/* The threads by their numbers, for what /proc/NUMBER means. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 4 * THREADS);
	__type(key, struct number_key);
	__type(value, __u64);
} numbers SEC(".maps");

/* The calls that each program made. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, PROGRAMS);
	__type(key, __u64);
	__type(value, struct record_used);
} used SEC(".maps");

/* How often each program executed another. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 4 * PROGRAMS);
	__type(key, struct record_run);
	__type(value, __u64);
} runs SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, SEEN_ENTRIES);
	__type(key, struct seen_key);
	__type(value, __u8);
} seen SEC(".maps");

/* Mount namespaces whose table was sent. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, __u8);
} tables SEC(".maps");

/* One for each program (one may interrupt another) on each CPU; too large for a per-CPU map. */
enum scratch_owner { BY_ENTER, BY_EXIT, BY_EXEC, BY_END, FOR_TABLES };
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, RECORD_SCRATCHES); /* for one CPU; the reader knows how many there are */
	__type(key, __u32);
	__type(value, struct scratch);
} scratches SEC(".maps");

static const struct record_used no_calls;
