/* The kernel's side of the eBPF recorder: follows the threads that descend from the commands, says what they do with
 * paths, each thing once. Only BTF tracepoints: what loads under lockdown. At the exit of a call its arguments are
 * still in the registers, the path is resident, and the result is known. */
#include "mount_table.h"
#include "proc_link.h"
#include "seen.h"

#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL"; /* the kernel lends its helpers to no other; this file may be used under it */

/* ---- who is followed ---- */

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

/* A thread that ran before, in the pid namespace that is adopted. */
static __always_inline bool is_adopted(struct task_struct *t)
{
	__u32 zero = 0;
	__u64 ns;
	struct record_settings *set = bpf_map_lookup_elem(&settings, &zero);
	if (!set || !set->adopt_pid_ns)
		return false;
	(void)number_at(t, BPF_CORE_READ(t, thread_pid, level), &ns);
	return BPF_CORE_READ((struct pid_namespace *)ns, ns.inum) == set->adopt_pid_ns;
}

/* Of the current thread; NULL = it is not followed. */
static __always_inline struct record_thread *followed(struct task_struct *t)
{
	struct record_thread *st = bpf_task_storage_get(&threads, t, NULL, 0);
	if (st || !is_adopted((void *)t))
		return st;
	st = bpf_task_storage_get(&threads, t, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!st) {
		count(COUNT_LOST);
		return NULL;
	}
	st->contained = ADOPTED;
	learn_level();
	set_numbers((void *)t, true);
	return st;
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

static __always_inline void mark(__u64 program, __u32 word, __u64 bit)
{
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

static __always_inline __u32 word_of(__u32 abi, __u32 nr)
{
	return BOUNDED(abi * (RECORD_CALLS / 64) + nr / 64, RECORD_WORDS - 1);
}

static __always_inline void mark_used(struct record_thread *st, __u32 abi, __u32 nr)
{
	__u64 bit = 1ull << (nr & 63);
	if (nr >= RECORD_CALLS)
		return;
	__u32 word = word_of(abi, nr);
	if (st->used[word] & bit)
		return;
	st->used[word] |= bit;
	mark(st->program, word, bit);
}

static __always_inline bool is_call(__u32 abi, __u32 nr, __u32 flag)
{
	__u32 index = abi * RECORD_CALLS + nr;
	struct record_call *c = nr < RECORD_CALLS ? bpf_map_lookup_elem(&calls, &index) : NULL;
	return c && (c->flags & flag);
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

/* A call that a seccomp filter refuses does not reach SYS_ENTER: it is not a lookup. */
SEC("tp_btf/sys_enter")
int BPF_PROG(on_enter, struct pt_regs *regs, long id)
{
	struct task_struct *t = bpf_get_current_task_btf();
	__u32 abi, nr = arch_call(t, regs, &abi);
	struct record_call *c = call_of(abi, nr);
	if (!c)
		return 0;
	struct record_thread *st = followed(t);
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
	s->r.root_mount = mount_id(root.mount);
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

#define EPERM 1
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
	if ((family != 2 && family != 10) || !port || (!listens && type != 2))      /* AF_INET, AF_INET6; SOCK_DGRAM */
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

/* What follows the path. */
static __always_inline void put_rest(struct task_struct *t, const struct record_call *c, const __u64 args[6],
				     __u64 flags, struct place root, struct place base, __s32 fd,
				     const struct magic *magic)
{
	if (c->flags & CALL_HOW)
		put_bytes(BY_EXIT, c->meaning, flags, 24);
	if (!(c->flags & CALL_BEFORE)) {
		PUT(BY_EXIT, ITEM_ROOT, 0, 0, root);
		if (base.dentry)
			put_base(fd, base);
	}
	if (magic->kind != ITEM_STRING)
		PUT(BY_EXIT, magic->kind, ITEM_NAMED, magic->fd, magic_place(magic));
	if (c->path2 >= 0) {
		put_string(BY_EXIT, c->path2, argument(args, c->path2));
		struct place other = base_of(t, args, c->dir2, &fd);
		if (!(c->flags & CALL_BEFORE))
			put_base(fd, other);
	}
	if (c->text >= 0)
		put_string(BY_EXIT, c->text, argument(args, c->text));
}

static __always_inline __u64 mix_how(__u64 what, __u64 address)
{
	__u64 how[3] = {0};
	bpf_probe_read_user(how, sizeof(how), (void *)address);
	return mix(mix(what, how[0]), how[2]);
}

/* A path that begins with a link of /proc depends on where that leads. */
static __always_inline __u64 mix_link(__u64 where, const struct scratch *s, const struct record_call *c,
				      struct magic *magic)
{
	char second = s->data[sizeof(struct record_item) + 1];
	if (!(c->flags & CALL_SOCKADDR) && (second == 'p' || second == 'd')) /* roc, ev */
		magic->kind = find_magic(BY_EXIT, magic);
	if (magic->kind != ITEM_STRING)
		where = mix(where, place_mark(magic_place(magic)));
	return where;
}

/* After success, what was seen before counts as new. */
static __always_inline void note_changes(const struct record_call *c)
{
	if (c->flags & CALL_CHANGES)
		count(COUNT_EPOCH);
	if (c->flags & CALL_MOUNTS)
		send_table();
}

static __always_inline void send_call(struct scratch *s, bool once)
{
	if (once)
		send_seen(s, false);
	else
		send(s, false);
}

static __always_inline int tell_call(struct task_struct *t, struct record_thread *st, struct record_call *c,
				     const struct call *call, struct scratch *s)
{
	const __u64 *args = call->args;
	__u64 flags = 0;
	bool once = !(c->flags & (CALL_CHANGES | CALL_BEFORE)), ok = call->result >= 0;
	__u64 what = mix((__u64)call->abi << 32 | call->nr, counted(COUNT_EPOCH) << 1 | ok);
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
	if (c->flags & CALL_HOW)
		what = mix_how(what, flags);
	struct place root = root_of(t), base = {0};
	struct magic magic = {.kind = ITEM_STRING};
	__s32 fd = AT_FDCWD;
	__u64 where = place_mark(root);
	bool below = c->flags & CALL_HOW; /* also an absolute path may begin at the directory (RESOLVE_IN_ROOT) */
	if (c->path < 0 || first != '/' || below) {
		base = base_of(t, args, c->path < 0 && c->dir < 0 ? (__s8)-1 : c->dir, &fd);
		where = mix(where, place_mark(base));
	}
	if (first == '/' && c->path >= 0)
		where = mix_link(where, s, c, &magic);
	if (once && !is_new(BY_EXIT, (__u32)size, what, where))
		return 0;
	send_table_once();
	begin(s, RECORD_CALL, t, st);
	s->r.root_mount = mount_id(root.mount);
	s->r.abi = call->abi;
	s->r.nr = call->nr;
	s->r.result = call->result;
	for (int i = 0; i < 6; i++)
		s->r.args[i] = args[i];
	put_rest(t, c, args, flags, root, base, fd, &magic);
	send_call(s, once);
	if (ok)
		note_changes(c);
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
	if (ret == -EPERM && !entered && is_call(abi, nr, CALL_DENIED)) {
		mark(RECORD_REFUSED, word_of(abi, nr), 1ull << (nr & 63));
		return 0;
	}
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

static __always_inline void set_member(struct task_struct *t, const struct record_thread *st)
{
	__u64 key = (__u64)t, ns;
	if (st->contained == ADOPTED)
		return;
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
	if (n && to->contained != ADOPTED)
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

/* From now on the thread runs the program that the key of the last is_new names. */
static __always_inline void become(struct scratch *s, struct record_thread *st)
{
	__u64 name = mix(s->key.where, *(__u64 *)s->key.name);
	for (int i = 1; i < NAME_KEPT / 8; i++)
		name = mix(name, *(__u64 *)(s->key.name + i * 8));
	name = name ? name : 1;
	s->r.args[RECORD_PARENT] = st->program;
	count_run(name, st->program);
	st->program = name;
	__builtin_memset(st->used, 0, sizeof(st->used));
}

/* The path that was executed, as the first item; its length, 0 if it can't be read. */
static __always_inline __u32 put_filename(struct scratch *s, struct linux_binprm *bprm)
{
	long n = bpf_probe_read_kernel_str(s->data + sizeof(struct record_item), PATH_ROOM, bprm->filename);
	if (n <= 0 || n > PATH_ROOM) {
		count(COUNT_LOST);
		return 0;
	}
	put_head(s, 0, ITEM_STRING, 0, 0, (__u32)n);
	return (__u32)n;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *t, int old_pid, struct linux_binprm *bprm)
{
	struct record_thread *st = bpf_task_storage_get(&threads, t, NULL, 0);
	if (!st)
		return 0;
	learn_level();
	set_member((void *)t, st);
	set_numbers((void *)t, true);
	bool first = !st->contained;
	if (first && (__u32)t->seccomp.filter_count.counter <= st->filters)
		return 0; /* a program of the runtime */
	st->entered = 0;
	if (first) {
		st->contained = CONTAINED;
		count(COUNT_PROCESSES);
	}
	send_table_once();
	struct scratch *s = scratch_of(BY_EXEC);
	if (!s)
		return 0;
	s->end = 0;
	begin(s, RECORD_EXEC, (void *)t, st);
	s->r.result = first;
	__u32 n = put_filename(s, bprm);
	if (!n)
		return 0;
	struct magic magic = {.kind = ITEM_STRING};
	struct place root = root_of((void *)t), base = {0}, exe = file_place(BPF_CORE_READ(t, mm, exe_file));
	__u64 where = place_mark(root);
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
	bool news = is_new(BY_EXEC, n, RECORD_EXEC + (counted(COUNT_EPOCH) << 8), where);
	become(s, st);
	if (!news && !first)
		return 0;
	s->r.program = st->program;
	s->r.root_mount = mount_id(root.mount);
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
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(t);
	if (st->contained && regs) {
		__u32 nr = arch_call(t, regs, &abi);
		if (is_call(abi, nr, CALL_ENDS)) /* there may be anything else where a signal ended it */
			mark_used(st, abi, nr);
	}
	bpf_map_delete_elem(&members, &key);
	set_numbers((void *)t, false);
	if (st->contained == ADOPTED)
		return 0;
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
