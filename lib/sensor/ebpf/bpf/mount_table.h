/* sensor/ebpf/bpf/mount_table.h - all mounts of a mount namespace, one record each. */
#pragma once

#include "dentry_path.h"

struct table_walk {
	bool down; /* next the children of mount, else what is behind it */
	struct mount *root, *mount;
};

static __always_inline struct mount *child_at(struct list_head *l)
{
	struct mount *none = NULL;
	return (void *)((char *)l - __builtin_preserve_field_info(none->mnt_child, BPF_FIELD_BYTE_OFFSET));
}

static __always_inline struct list_head *children_of(struct mount *m)
{
	return (void *)((char *)m + __builtin_preserve_field_info(m->mnt_mounts, BPF_FIELD_BYTE_OFFSET));
}

GLOBAL int send_mount(__u64 mount)
{
	struct mount *m = (void *)mount;
	struct scratch *s = scratch_of(FOR_TABLES);
	if (!s)
		return 1;
	s->end = 0;
	s->r.type = RECORD_MOUNT;
	s->r.args[0] = BPF_CORE_READ(m, mnt.mnt_sb, s_dev);
	s->r.args[1] = mount_id(m);
	s->r.args[2] = mount_id(BPF_CORE_READ(m, mnt_parent));
	struct place p = {m, BPF_CORE_READ(m, mnt.mnt_root)};
	PUT(FOR_TABLES, ITEM_ROOT, PLACE_INSIDE_FS, 0, p);
	PUT(FOR_TABLES, ITEM_POINT, 0, 0, p);
	send(s, false);
	return 0;
}

static long table_step(__u32 i, struct table_walk *w)
{
	if (w->down) {
		if (send_mount((__u64)w->mount))
			return 1;
		struct list_head *children = children_of(w->mount), *first = BPF_CORE_READ(children, next);
		if (first != children) {
			w->mount = child_at(first);
			return 0;
		}
		w->down = false;
	}
	struct mount *m = w->mount;
	if (m == w->root)
		return 1;
	struct mount *parent = BPF_CORE_READ(m, mnt_parent);
	struct list_head *next = BPF_CORE_READ(m, mnt_child.next);
	if (!parent || !next)
		return 1;
	if (next != children_of(parent)) {
		w->mount = child_at(next);
		w->down = true;
	} else {
		w->mount = parent;
	}
	return 0;
}

GLOBAL int send_table(void)
{
	struct scratch *s = scratch_of(FOR_TABLES);
	struct task_struct *t = (void *)bpf_get_current_task();
	if (!s)
		return 0;
	struct mount *root = BPF_CORE_READ(t, nsproxy, mnt_ns, root);
	s->end = 0;
	s->r = (struct record){.type = RECORD_MOUNTS, .mount_ns = mount_ns_of(t)};
	send(s, false);
	struct table_walk w = {.down = true, .root = root, .mount = root};
	bpf_loop(1 << 16, table_step, &w, 0);
	return 0;
}

/* Before the first record from a namespace. */
GLOBAL int send_table_once(void)
{
	struct task_struct *t = (void *)bpf_get_current_task();
	__u32 ns = mount_ns_of(t);
	__u8 one = 1;
	if (bpf_map_lookup_elem(&tables, &ns))
		return 0;
	bpf_map_update_elem(&tables, &ns, &one, BPF_ANY);
	return send_table();
}
