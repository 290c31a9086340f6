/* The kernel's side of the eBPF recorder: follows the threads that descend from the commands, says what they do with
 * paths, each thing once. Only BTF tracepoints: what loads under lockdown. At the exit of a call its arguments are
 * still in the registers, the path is resident, and the result is known. */
#include "arch.h"
#include "kernel.h"
#include "record.h"

#include <bpf/bpf_helpers.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL"; /* the helpers ask for it; slim itself is not */

#define RING_BYTES (32 << 20)
#define RING_WAKE (RING_BYTES / 8)
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

struct number_key {
	__u64 ns;
	__u64 nr;
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, RING_BYTES);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct record_thread);
} threads SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, RECORD_ABIS * RECORD_CALLS);
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

/* ---- small things ---- */

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
		bounded_ & (mask);                                                                                     \
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

static __always_inline void learn_level(struct task_struct *t)
{
	__u32 zero = 0, last = BPF_CORE_READ(t, thread_pid, level);
	struct record_settings *set = bpf_map_lookup_elem(&settings, &zero);
	if (!set || set->level_known)
		return;
	for (__u32 i = 0; i < 32 && i <= last; i++) {
		__u64 ns;
		(void)number_at(t, i, &ns);
		if (BPF_CORE_READ((struct pid_namespace *)ns, ns.inum) == set->pid_ns)
			set->level = i;
	}
	set->level_known = 1;
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

/* ---- places ---- */

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

static __always_inline __u64 place_mark(struct place p)
{
	struct dentry *d = p.dentry;
	if (!d)
		return 0;
	__u64 h = mix((__u64)p.mount, (__u64)d);
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

/* ---- the tables of mounts ---- */

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
	s->r.args[1] = bpf_core_field_exists(m->mnt_id_unique) ? BPF_CORE_READ(m, mnt_id_unique)
							       : (__u64)BPF_CORE_READ(m, mnt_id);
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

/* ---- links of /proc ---- */

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

/* The link of /proc that the first item, a string, begins with: the kind of its item, ITEM_STRING = there is none. */
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
		n = STARTS(text, 5, "fd/")	? digits(text, &at)
		    : STARTS(text, 5, "stdin")	? 0
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

/* ---- what was seen before ---- */

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

/* ---- calls ---- */

static __always_inline struct record_call *call_of(__u32 abi, __u32 nr)
{
	__u32 index = abi * RECORD_CALLS + nr;
	if (nr >= RECORD_CALLS)
		return NULL;
	struct record_call *c = bpf_map_lookup_elem(&calls, &index);
	return c && (c->flags & CALL_KNOWN) ? c : NULL;
}

static __always_inline __u64 argument(const __u64 args[6], __s8 i)
{
	return i == 0 ? args[0] : i == 1 ? args[1] : i == 2 ? args[2] : i == 3 ? args[3] : i == 4 ? args[4] : args[5];
}

static __always_inline void mark_used(struct record_thread *st, __u32 abi, __u32 nr)
{
	__u64 bit = 1ull << (nr & 63), program = st->program;
	if (nr >= RECORD_CALLS)
		return;
	__u32 word = BOUNDED(abi * (RECORD_CALLS / 64) + nr / 64, RECORD_WORDS - 1);
	if (st->used[word] & bit)
		return;
	st->used[word] |= bit;
	struct record_used *u = bpf_map_lookup_elem(&used, &program);
	if (!u) {
		bpf_map_update_elem(&used, &program, &no_calls, BPF_NOEXIST);
		u = bpf_map_lookup_elem(&used, &program);
	}
	if (u)
		__sync_fetch_and_or(&u->bits[word], bit);
	else
		count(COUNT_LOST);
}

/* The call that socketcall of i386 stands for. */
static __always_inline struct record_call *unwrap(__u32 *nr, __u64 args[6])
{
	__u32 a[3] = {0};
	__u64 call = args[0];
	if (call < 2 || call > 4) /* bind, connect, listen */
		return NULL;
	if (bpf_probe_read_user(a, call == 4 ? 8 : 12, (void *)args[1]) < 0)
		return NULL;
	for (int i = 0; i < 3; i++)
		args[i] = a[i];
	*nr = 359 + (__u32)call;
	return call_of(ABI_COMPAT, *nr);
}

/* SYS_ENTER is not reached by what a seccomp filter refuses: such a call is no lookup. */
SEC("tp_btf/sys_enter")
int BPF_PROG(on_enter, struct pt_regs *regs, long id)
{
	struct task_struct *t = bpf_get_current_task_btf();
	__u32 abi, nr = arch_call(t, regs, &abi);
	struct record_call *c = call_of(abi, nr);
	if (!c)
		return 0;
	struct record_thread *st = bpf_task_storage_get(&threads, t, NULL, 0);
	if (!st || !st->contained)
		return 0;
	st->entered = 1;
	if (c->flags & CALL_EXEC)
		mark_used(st, abi, nr);
	if (!(c->flags & CALL_BEFORE))
		return 0;
	struct scratch *s = scratch_of(BY_ENTER);
	if (!s)
		return 0;
	__u64 args[6];
	arch_args(regs, abi, args);
	s->end = 0;
	begin(s, RECORD_BEFORE, t, st);
	struct place cwd = cwd_of(t), root = root_of(t);
	PUT(BY_ENTER, ITEM_ROOT, 0, 0, root);
	PUT(BY_ENTER, ITEM_CWD, 0, 0, cwd);
	if (c->dir >= 0) {
		__s32 fd = (__s32)argument(args, c->dir);
		struct place dir = file_place(file_of((void *)t, fd));
		if (dir.dentry)
			PUT(BY_ENTER, ITEM_FD, 0, fd, dir);
	}
	if (c->dir2 >= 0) {
		__s32 fd = (__s32)argument(args, c->dir2);
		struct place dir = file_place(file_of((void *)t, fd));
		if (dir.dentry)
			PUT(BY_ENTER, ITEM_FD, 0, fd, dir);
	}
	send(s, false);
	return 0;
}

#define AT_FDCWD -100
#define AT_EMPTY_PATH 0x1000
#define AT_SYMLINK_NOFOLLOW 0x100

/* The runtime's set-up opens files of the root file system too, which fanotify sees. */
static __always_inline int tell_opened(struct task_struct *t, struct record_thread *st, int fd)
{
	__u32 zero = 0;
	struct record_settings *set = bpf_map_lookup_elem(&settings, &zero);
	struct scratch *s = scratch_of(BY_EXIT);
	struct place p = file_place(file_of(t, fd));
	struct dentry *d = p.dentry;
	if (!s || !set || !d || BPF_CORE_READ(d, d_sb, s_dev) != set->device)
		return 0;
	s->end = 0;
	begin(s, RECORD_OPENED, t, st);
	PUT(BY_EXIT, ITEM_ROOT, PLACE_INSIDE_FS, 0, p);
	PUT(BY_EXIT, ITEM_POINT, 0, 0, p);
	send(s, false);
	return 0;
}

static __always_inline int tell_socket(struct task_struct *t, struct record_thread *st, int fd)
{
	struct scratch *s = scratch_of(BY_EXIT);
	struct file *f = file_of(t, fd);
	if (!s || !f)
		return 0;
	struct socket *sock = BPF_CORE_READ(f, private_data);
	struct sock *sk = BPF_CORE_READ(sock, sk);
	__u32 family = BPF_CORE_READ(sk, __sk_common.skc_family), port = BPF_CORE_READ(sk, __sk_common.skc_num);
	short type = BPF_CORE_READ(sock, type);
	bool listens = type == 1 && BPF_CORE_READ(sk, __sk_common.skc_state) == 10; /* SOCK_STREAM, TCP_LISTEN */
	if ((family != 2 && family != 10) || !port || (!listens && type != 2)) /* AF_INET, AF_INET6; SOCK_DGRAM */
		return 0;
	s->end = 0;
	begin(s, RECORD_LISTEN, t, st);
	s->r.args[0] = port;
	s->r.args[1] = type == 2;
	send(s, true);
	return 0;
}

/* Where a relative path begins. */
static __always_inline struct place base_of(struct task_struct *t, const __u64 args[6], __s8 dir, __s32 *fd)
{
	*fd = dir < 0 ? AT_FDCWD : (__s32)argument(args, dir);
	return *fd == AT_FDCWD ? cwd_of(t) : file_place(file_of(t, *fd));
}

static __always_inline void put_base(__s32 fd, struct place p)
{
	if (fd == AT_FDCWD)
		PUT(BY_EXIT, ITEM_CWD, 0, 0, p);
	else if (p.dentry)
		PUT(BY_EXIT, ITEM_FD, 0, fd, p);
}

struct call {
	__u32 abi, nr;
	__s64 result;
	__u64 args[6];
};

static __always_inline int tell_call(struct task_struct *t, struct record_thread *st, struct record_call *c,
				     const struct call *call, struct scratch *s)
{
	const __u64 *args = call->args;
	__u64 flags = 0;
	bool once = !(c->flags & (CALL_CHANGES | CALL_BEFORE)), ok = call->result >= 0;
	__u64 what = mix((__u64)call->abi << 32 | call->nr, counted(COUNT_EPOCH) << 1 | ok), where = 0;
	s->end = 0;
	long size = 0;
	char first = '/';
	if (c->meaning >= 0) {
		flags = argument(args, c->meaning);
		what = mix(what, flags);
	}
	if (c->path >= 0) {
		__u64 address = argument(args, c->path);
		size = c->flags & CALL_SOCKADDR ? put_bytes(BY_EXIT, c->path, address, (__u32)flags)
						: put_string(BY_EXIT, c->path, address);
		if (size < 0 && !ok)
			return 0;
		first = s->data[sizeof(struct record_item)];
		if (size < 0 || size > PATH_ROOM)
			size = 0;
		if (c->flags & CALL_SOCKADDR)
			first = size > 2 ? s->data[sizeof(struct record_item) + 2] : 0;
	}
	if (c->flags & CALL_HOW) {
		__u64 how[3] = {0};
		bpf_probe_read_user(how, sizeof(how), (void *)flags);
		what = mix(mix(what, how[0]), how[2]);
	}
	struct place root = root_of(t), base = {0};
	struct magic magic = {.kind = ITEM_STRING};
	__s32 fd = AT_FDCWD;
	where = mix((__u64)root.mount, (__u64)root.dentry);
	bool below = false; /* also an absolute path may begin at the directory (RESOLVE_IN_ROOT) */
	if (c->flags & CALL_HOW)
		below = true;
	if (c->path < 0 || first != '/' || below) {
		base = base_of(t, args, c->path < 0 && c->dir < 0 ? (__s8)-1 : c->dir, &fd);
		where = mix(where, place_mark(base));
	}
	if (first == '/' && c->path >= 0) {
		char second = s->data[sizeof(struct record_item) + 1];
		if (!(c->flags & CALL_SOCKADDR) && (second == 'p' || second == 'd')) /* roc, ev */
			magic.kind = find_magic(BY_EXIT, &magic);
		if (magic.kind != ITEM_STRING)
			where = mix(where, place_mark(magic_place(&magic)));
	}
	if (once && !is_new(BY_EXIT, (__u32)size, what, where))
		return 0;
	send_table_once();
	begin(s, RECORD_CALL, t, st);
	s->r.abi = call->abi;
	s->r.nr = call->nr;
	s->r.result = call->result;
	for (int i = 0; i < 6; i++)
		s->r.args[i] = args[i];
	if (c->flags & CALL_HOW)
		put_bytes(BY_EXIT, c->meaning, flags, 24);
	if (!(c->flags & CALL_BEFORE)) {
		PUT(BY_EXIT, ITEM_ROOT, 0, 0, root);
		if (base.dentry)
			put_base(fd, base);
	}
	if (magic.kind != ITEM_STRING)
		PUT(BY_EXIT, magic.kind, ITEM_NAMED, magic.fd, magic_place(&magic));
	if (c->path2 >= 0) {
		put_string(BY_EXIT, c->path2, argument(args, c->path2));
		struct place other = base_of(t, args, c->dir2, &fd);
		if (!(c->flags & CALL_BEFORE))
			put_base(fd, other);
	}
	if (c->text >= 0)
		put_string(BY_EXIT, c->text, argument(args, c->text));
	if (once)
		send_seen(s, false);
	else
		send(s, false);
	if (ok && (c->flags & CALL_CHANGES))
		count(COUNT_EPOCH);
	if (ok && (c->flags & CALL_MOUNTS))
		send_table();
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_exit, struct pt_regs *regs, long ret)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct record_thread *st = bpf_task_storage_get(&threads, t, NULL, 0);
	if (!st)
		return 0;
	__u32 abi, nr = arch_call(t, regs, &abi);
	if (!st->contained) {
		struct record_call *c = ret >= 0 ? call_of(abi, nr) : NULL;
		if (c && (c->flags & CALL_OPEN))
			tell_opened((void *)t, st, (int)ret);
		return 0;
	}
	bool entered = st->entered;
	st->entered = 0;
	struct record_call *c = call_of(abi, nr);
	if (c && (c->flags & CALL_EXEC) && ret == 0)
		return 0; /* told by on_exec; the arguments are gone */
	mark_used(st, abi, nr);
	if (!c || !entered)
		return 0;
	struct scratch *s = scratch_of(BY_EXIT);
	if (!s)
		return 0;
	struct call call = {.abi = abi, .nr = nr, .result = ret};
	arch_args(regs, abi, call.args);
	if (c->flags & CALL_SOCKETCALL) {
		c = unwrap(&call.nr, call.args);
		if (!c)
			return 0;
	}
	if (c->flags & CALL_STAT_AT) {
		__u64 flags = argument(call.args, c->meaning);
		if ((flags & (AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW)) == AT_EMPTY_PATH && (__s32)call.args[0] >= 0)
			return 0;
	}
	if (c->path >= 0 || c->dir >= 0)
		tell_call(t, st, c, &call, s);
	if (ret == 0 && (c->flags & CALL_SOCKET))
		tell_socket((void *)t, st, (int)call.args[0]);
	return 0;
}

/* ---- processes ---- */

static __always_inline void set_numbers(struct task_struct *t, bool there)
{
	__u32 own = own_level(), last = BPF_CORE_READ(t, thread_pid, level);
	__u64 pointer = (__u64)t;
	for (__u32 i = 0; i < 4 && own + i <= last; i++) {
		struct number_key key = {0};
		key.nr = (__u64)number_at(t, own + i, &key.ns);
		if (there)
			bpf_map_update_elem(&numbers, &key, &pointer, BPF_ANY);
		else
			bpf_map_delete_elem(&numbers, &key);
	}
}

static __always_inline void set_member(struct task_struct *t, const struct record_thread *st)
{
	__u64 key = (__u64)t, ns;
	struct task_struct *leader = BPF_CORE_READ(t, group_leader);
	struct record_member m = {.task = st->task, .process = (__u32)number_at(leader, own_level(), &ns)};
	if (bpf_map_update_elem(&members, &key, &m, BPF_ANY) < 0)
		count(COUNT_LOST);
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
	struct record_thread *from = bpf_task_storage_get(&threads, parent, NULL, 0);
	if (!from)
		return 0;
	struct record_thread *to = bpf_task_storage_get(&threads, child, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!to) {
		count(COUNT_LOST);
		return 0;
	}
	to->task = from->task;
	to->filters = from->filters;
	to->contained = from->contained;
	to->program = from->program;
	__u32 task = from->task;
	__u64 *n = bpf_map_lookup_elem(&living, &task);
	if (n)
		__sync_fetch_and_add(n, 1);
	set_member((void *)child, to);
	set_numbers((void *)child, true);
	if (from->contained && child->pid == child->tgid)
		count(COUNT_PROCESSES);
	return 0;
}

static __always_inline void count_run(__u64 program, __u64 parent)
{
	struct record_run key = {program, parent};
	__u64 none = 0, *n = bpf_map_lookup_elem(&runs, &key);
	if (!n) {
		bpf_map_update_elem(&runs, &key, &none, BPF_NOEXIST);
		n = bpf_map_lookup_elem(&runs, &key);
	}
	if (n)
		__sync_fetch_and_add(n, 1);
	else
		count(COUNT_LOST);
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *t, int old_pid, struct linux_binprm *bprm)
{
	struct record_thread *st = bpf_task_storage_get(&threads, t, NULL, 0);
	if (!st)
		return 0;
	learn_level((void *)t);
	set_member((void *)t, st);
	set_numbers((void *)t, true);
	bool first = !st->contained;
	if (first && (__u32)t->seccomp.filter_count.counter <= st->filters)
		return 0; /* a program of the runtime */
	st->contained = 1;
	st->entered = 0;
	if (first)
		count(COUNT_PROCESSES);
	send_table_once();
	struct scratch *s = scratch_of(BY_EXEC);
	if (!s)
		return 0;
	s->end = 0;
	begin(s, RECORD_EXEC, (void *)t, st);
	s->r.result = first;
	long n = bpf_probe_read_kernel_str(s->data + sizeof(struct record_item), PATH_ROOM, bprm->filename);
	if (n <= 0 || n > PATH_ROOM) {
		count(COUNT_LOST);
		return 0;
	}
	put_head(s, 0, ITEM_STRING, 0, 0, (__u32)n);
	struct magic magic = {.kind = ITEM_STRING};
	struct place root = root_of((void *)t), base = {0}, exe = file_place(BPF_CORE_READ(t, mm, exe_file));
	__u64 where = mix((__u64)root.mount, (__u64)root.dentry);
	if (s->data[sizeof(struct record_item)] != '/') {
		base = cwd_of((void *)t);
		where = mix(where, place_mark(base));
	} else {
		magic.kind = find_magic(BY_EXEC, &magic);
	}
	struct place target = magic_place(&magic);
	if (magic.kind == ITEM_FD && !target.dentry)
		target = exe; /* it was closed by the exec */
	if (magic.kind != ITEM_STRING)
		where = mix(where, place_mark(target));
	bool news = is_new(BY_EXEC, (__u32)n, RECORD_EXEC + (counted(COUNT_EPOCH) << 8), where);
	__u64 name = mix(s->key.where, *(__u64 *)s->key.name);
	for (int i = 1; i < NAME_KEPT / 8; i++)
		name = mix(name, *(__u64 *)(s->key.name + i * 8));
	name = name ? name : 1;
	s->r.args[RECORD_PARENT] = st->program;
	count_run(name, st->program);
	st->program = name;
	__builtin_memset(st->used, 0, sizeof(st->used));
	if (!news && !first)
		return 0;
	s->r.program = st->program;
	PUT(BY_EXEC, ITEM_ROOT, 0, 0, root);
	if (base.dentry)
		PUT(BY_EXEC, ITEM_CWD, 0, 0, base);
	if (magic.kind != ITEM_STRING)
		PUT(BY_EXEC, magic.kind, ITEM_NAMED, magic.fd, target);
	send_seen(s, true);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_end, struct task_struct *t)
{
	struct record_thread *st = bpf_task_storage_get(&threads, t, NULL, 0);
	if (!st)
		return 0;
	__u32 abi, task = st->task;
	__u64 key = (__u64)t;
	if (st->contained) {
		/* exit and exit_group do not come to an end */
		struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(t);
		if (regs)
			mark_used(st, ABI_NATIVE, arch_call(t, regs, &abi));
	}
	bpf_map_delete_elem(&members, &key);
	set_numbers((void *)t, false);
	__u64 *n = bpf_map_lookup_elem(&living, &task);
	if (!n || __sync_fetch_and_add(n, (__u64)-1) != 1)
		return 0;
	struct scratch *s = scratch_of(BY_END);
	if (!s)
		return 0;
	s->end = 0;
	begin(s, RECORD_ENDED, (void *)t, st);
	send(s, true);
	return 0;
}
