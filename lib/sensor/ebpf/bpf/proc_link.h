/* sensor/ebpf/bpf/proc_link.h - what the links of /proc mean that a string begins with. */
#pragma once

#include "dentry_path.h"

struct magic {
	__u64 task;
	__u32 kind; /* of the item */
	__s32 fd;
};

#define LINK_ROOM 64 /* of the string, as much as a link can need */

static __always_inline bool starts(const char *text, __u32 at, const char *with, __u32 n)
{
	for (__u32 i = 0; i < n; i++)
		if (text[(at + i) & (LINK_ROOM - 1)] != with[i])
			return false;
	return true;
}
#define STARTS(text, at, with) starts(text, at, with, sizeof(with) - 1)

#define NO_DIGITS -1
#define DIGITS_END(found) ((__u32)((found) >> 32))
#define DIGITS_NUMBER(found) ((__u32)(found))

/* The number at that place of the first item, and where it ends; at most 10 digits. A function of its own: the verifier
 * goes through its loop once, not once for each way on which the number is reached, which took three quarters of the
 * time to load. */
GLOBAL __s64 digits(__u32 owner, __u32 at)
{
	struct scratch *s = scratch_of(owner);
	char text[16] = {0};
	__u64 n = 0;
	__u32 i;
	if (!s)
		return NO_DIGITS;
	at &= LINK_ROOM - 1;
	bpf_probe_read_kernel(text, sizeof(text), s->data + sizeof(struct record_item) + at);
	for (i = 0; i < 10; i++) {
		if (text[i] < '0' || text[i] > '9')
			break;
		n = n * 10 + (text[i] - '0');
	}
	return i && n <= 0x7fffffff ? (__s64)(at + i) << 32 | (__s64)n : NO_DIGITS;
}

static __always_inline __u64 by_number(struct task_struct *t, __u64 nr)
{
	struct number_key key = {.nr = nr};
	__u32 level = own_level();
	/* the container's /proc is of the first namespace below ours */
	if (BPF_CORE_READ(t, thread_pid, level) > level)
		level++;
	number_at(t, level, &key.ns);
	__u64 *found = bpf_map_lookup_elem(&numbers, &key);
	return found ? *found : 0;
}

/* Find the link of /proc with which the first item, a string, begins. Returns the kind of its item; ITEM_STRING = it
 * does not begin with such a link. */
GLOBAL __u32 find_magic(__u32 owner, struct magic *out)
{
	struct task_struct *t = (void *)bpf_get_current_task();
	struct scratch *s = scratch_of(owner);
	char text[LINK_ROOM] = {0};
	if (!s || !out)
		return ITEM_STRING;
	bpf_probe_read_kernel(text, sizeof(text), s->data + sizeof(struct record_item));
	__u32 at = 6;
	__s64 n;
	out->task = (__u64)BPF_CORE_READ(t, group_leader);
	if (STARTS(text, 0, "/dev/")) {
		n = STARTS(text, 5, "fd/")      ? digits(owner, 8)
		    : STARTS(text, 5, "stdin")  ? 0
		    : STARTS(text, 5, "stdout") ? 1
		    : STARTS(text, 5, "stderr") ? 2
						: NO_DIGITS;
		out->fd = (__s32)DIGITS_NUMBER(n);
		return n < 0 ? ITEM_STRING : ITEM_FD;
	}
	if (!STARTS(text, 0, "/proc/"))
		return ITEM_STRING;
	if (STARTS(text, 6, "self/")) {
		at = 11;
	} else if (STARTS(text, 6, "thread-self/")) {
		at = 18;
		out->task = (__u64)t;
	} else {
		n = digits(owner, at);
		at = DIGITS_END(n) & (LINK_ROOM - 1);
		if (n < 0 || text[at++] != '/')
			return ITEM_STRING;
		out->task = by_number(t, DIGITS_NUMBER(n));
	}
	if (STARTS(text, at, "task/")) {
		at += 5;
		n = digits(owner, at);
		at = DIGITS_END(n) & (LINK_ROOM - 1);
		if (n < 0 || text[at++] != '/')
			return ITEM_STRING;
		out->task = by_number(t, DIGITS_NUMBER(n));
	}
	if (STARTS(text, at, "fd/")) {
		at += 3;
		n = digits(owner, at);
		out->fd = (__s32)DIGITS_NUMBER(n);
		return n < 0 ? ITEM_STRING : ITEM_FD;
	}
	if (STARTS(text, at, "root"))
		return ITEM_ROOT;
	if (STARTS(text, at, "cwd"))
		return ITEM_CWD;
	return STARTS(text, at, "exe") ? ITEM_EXE : ITEM_STRING;
}

static __always_inline struct place magic_place(const struct magic *m)
{
	struct task_struct *t = (void *)m->task;
	if (!t)
		return (struct place){0};
	if (m->kind == ITEM_ROOT)
		return root_of(t);
	if (m->kind == ITEM_CWD)
		return cwd_of(t);
	if (m->kind == ITEM_EXE)
		return file_place(BPF_CORE_READ(t, mm, exe_file));
	return file_place(file_of(t, m->fd));
}
