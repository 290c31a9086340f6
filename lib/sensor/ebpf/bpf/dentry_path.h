/* sensor/ebpf/bpf/dentry_path.h - where files, working directories and roots lie: their components, from the dentries.
 */
#pragma once

#include "item.h"

struct place {
	struct mount *mount;
	struct dentry *dentry;
};

static __always_inline struct mount *mount_of(struct vfsmount *m)
{
	struct mount *none = NULL;
	return (void *)((char *)m - __builtin_preserve_field_info(none->mnt, BPF_FIELD_BYTE_OFFSET));
}

static __always_inline struct place place_of(const struct path *address)
{
	struct path p = {0};
	bpf_probe_read_kernel(&p, sizeof(p), address);
	return (struct place){mount_of(p.mnt), p.dentry};
}

static __always_inline struct place cwd_of(struct task_struct *t)
{
	struct fs_struct *fs = BPF_CORE_READ(t, fs);
	return place_of(__builtin_preserve_access_index(&fs->pwd));
}

static __always_inline struct place root_of(struct task_struct *t)
{
	struct fs_struct *fs = BPF_CORE_READ(t, fs);
	return place_of(__builtin_preserve_access_index(&fs->root));
}

static __always_inline struct place file_place(struct file *f)
{
	if (!f)
		return (struct place){0};
	return place_of(__builtin_preserve_access_index(&f->f_path));
}

static __always_inline struct file *file_of(struct task_struct *t, int fd)
{
	struct file *f = NULL;
	struct fdtable *table = BPF_CORE_READ(t, files, fdt);
	if (fd < 0 || (__u32)fd >= BPF_CORE_READ(table, max_fds))
		return NULL;
	struct file **all = BPF_CORE_READ(table, fd);
	bpf_probe_read_kernel(&f, sizeof(f), all + fd);
	return f;
}

/* Unlike its address it does not come again, where the kernel has such (6.8). */
static __always_inline __u64 mount_id(struct mount *m)
{
	return bpf_core_field_exists(m->mnt_id_unique) ? BPF_CORE_READ(m, mnt_id_unique)
						       : (__u64)BPF_CORE_READ(m, mnt_id);
}

static __always_inline __u64 place_mark(struct place p)
{
	struct dentry *d = p.dentry;
	if (!d)
		return 0;
	__u64 h = mix(mount_id(p.mount), (__u64)d);
	h = mix(h, (__u64)BPF_CORE_READ(d, d_parent));
	return mix(h, BPF_CORE_READ(d, d_name.hash_len));
}

struct walk {
	__u32 owner, start, end;
	bool inside_fs; /* only up to the root of the file system */
	bool failed;
	struct mount *mount;
	struct dentry *dentry;
};

static long walk_step(__u32 i, struct walk *w)
{
	struct scratch *s = scratch_of(w->owner);
	if (!s)
		return 1;
	struct mount *m = w->mount;
	struct dentry *d = w->dentry, *parent = BPF_CORE_READ(d, d_parent);
	if (d == parent || (!w->inside_fs && d == BPF_CORE_READ(m, mnt.mnt_root))) {
		struct mount *up = BPF_CORE_READ(m, mnt_parent);
		if (w->inside_fs || up == m || !up)
			return 1;
		w->dentry = BPF_CORE_READ(m, mnt_mountpoint);
		w->mount = up;
		return 0;
	}
	const unsigned char *name = BPF_CORE_READ(d, d_name.name);
	long n = bpf_probe_read_kernel_str(s->data + (w->end & 0x7fff), NAME_ROOM, name);
	if (n <= 1 || w->end - w->start > PLACE_MAX) {
		w->failed = true;
		return 1;
	}
	w->end += n;
	w->dentry = parent;
	return 0;
}

#define PLACE_INSIDE_FS 0x100 /* beside the flags of the item */

/* kind_flags: the kind, and the flags << 8. */
GLOBAL int put_place(__u32 owner, __u32 kind_flags, __s32 n, __u64 mount_of_it, __u64 dentry_of_it)
{
	struct scratch *s = scratch_of(owner);
	struct mount *mount = (void *)mount_of_it;
	struct dentry *dentry = (void *)dentry_of_it;
	if (!s || s->end > DATA_END)
		return -1;
	__u32 at = s->end & DATA_MASK, flags = kind_flags >> 8;
	struct walk w = {
	    .owner = owner,
	    .start = at + sizeof(struct record_item),
	    .end = at + sizeof(struct record_item),
	    .inside_fs = flags & PLACE_INSIDE_FS,
	    .mount = mount,
	    .dentry = dentry,
	};
	if (!dentry || BPF_CORE_READ(dentry, d_sb, s_flags) & SB_NOUSER) {
		put_head(s, at, (__u8)kind_flags, (__u8)flags | ITEM_NONE, n, 0);
		return 0;
	}
	if (!w.inside_fs) {
		struct task_struct *t = (void *)bpf_get_current_task();
		if (BPF_CORE_READ(mount, mnt_ns) != BPF_CORE_READ(t, nsproxy, mnt_ns))
			flags |= ITEM_OUTSIDE;
		if (!BPF_CORE_READ(dentry, d_hash.pprev) && BPF_CORE_READ(dentry, d_parent) != dentry)
			flags |= ITEM_DELETED;
	}
	bpf_loop(4096, walk_step, &w, 0);
	if (w.failed)
		put_head(s, at, (__u8)kind_flags, (__u8)flags | ITEM_NONE, n, 0);
	else
		put_head(s, at, (__u8)kind_flags, (__u8)flags, n, w.end - w.start);
	return 0;
}

#define PUT(owner, kind, flags, n, p) put_place(owner, (kind) | (flags) << 8, n, (__u64)(p).mount, (__u64)(p).dentry)
