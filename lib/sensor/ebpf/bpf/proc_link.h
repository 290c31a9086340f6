/* sensor/ebpf/bpf/proc_link.h - what the links of /proc mean that a string begins with. */
#pragma once

#include "dentry_path.h"

struct magic {
	__u64 task;
	__u32 kind; /* of the item */
	__s32 fd;
};

static __always_inline bool starts(const char *text, __u32 at, const char *with, __u32 n)
{
	for (__u32 i = 0; i < n; i++)
		if (text[(at + i) & 63] != with[i])
			return false;
	return true;
}
#define STARTS(text, at, with) starts(text, at, with, sizeof(with) - 1)

static __always_inline __s64 digits(const char *text, __u32 *at)
{
	__s64 n = -1;
	for (int i = 0; i < 10; i++) {
		char c = text[*at & 63];
		if (c < '0' || c > '9')
			break;
		n = (n < 0 ? 0 : n * 10) + (c - '0');
		++*at;
	}
	return n;
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
	char text[64] = {0};
	if (!s || !out)
		return ITEM_STRING;
	bpf_probe_read_kernel(text, sizeof(text), s->data + sizeof(struct record_item));
	__u32 at = 6;
	__s64 n;
	out->task = (__u64)BPF_CORE_READ(t, group_leader);
	if (STARTS(text, 0, "/dev/")) {
		at = 8;
		n = STARTS(text, 5, "fd/")      ? digits(text, &at)
		    : STARTS(text, 5, "stdin")  ? 0
		    : STARTS(text, 5, "stdout") ? 1
		    : STARTS(text, 5, "stderr") ? 2
						: -1;
		out->fd = (__s32)n;
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
		n = digits(text, &at);
		if (n < 0 || text[at++ & 63] != '/')
			return ITEM_STRING;
		out->task = by_number(t, (__u64)n);
	}
	if (STARTS(text, at, "task/")) {
		at += 5;
		n = digits(text, &at);
		if (n < 0 || text[at++ & 63] != '/')
			return ITEM_STRING;
		out->task = by_number(t, (__u64)n);
	}
	if (STARTS(text, at, "fd/")) {
		at += 3;
		n = digits(text, &at);
		out->fd = (__s32)n;
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
