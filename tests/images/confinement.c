/* What the container that it runs in may do: each row of a table is tried once, in a child of its own, and printed as
 * "NAME;EXPECTED;RESULT". EXPECTED is what Docker's current default gives a container without more rights:
 * "refused", "works", or "shown" where that depends on the machine. RESULT is "ok" or the name of the errno; a file
 * that is hidden behind an empty one gives ENODATA. A call that the kernel itself would refuse later has arguments on
 * which it fails earlier, so that a row tells the filter's answer from the kernel's. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

/* By number, the same on all machines: newer than some headers. */
enum {
	NR_io_uring_setup = 425,
	NR_io_uring_enter,
	NR_io_uring_register,
	NR_open_tree,
	NR_move_mount,
	NR_fsopen,
	NR_fsconfig,
	NR_fsmount,
	NR_fspick,
	NR_pidfd_open,
	NR_clone3,
	NR_pidfd_getfd = 438,
	NR_process_madvise = 440,
	NR_mount_setattr = 442,
	NR_quotactl_fd,
	NR_landlock_create_ruleset,
	NR_set_mempolicy_home_node = 450,
	NR_fchmodat2 = 452,
	NR_open_tree_attr = 467,
};

struct row {
	const char *name, *expected;
	int (*try)(const struct row *);
	long nr, a, b, c, d; /* of a call */
	const char *path;
};

static int got(long r)
{
	return r < 0 ? errno : 0;
}

/* The call as it is. */
static int call(const struct row *r)
{
	return got(syscall(r->nr, r->a, r->b, r->c, r->d, 0, 0));
}

/* It reached the kernel, whatever that said to the arguments; but it may not say what a filter would. */
static int reached(const struct row *r)
{
	int e = call(r);
	return e == EPERM || e == ENOSYS ? e : 0;
}

static int clone_with(const struct row *r)
{
	long pid = syscall(SYS_clone, r->a | SIGCHLD, 0, 0, 0, 0);
	if (pid == 0)
		_exit(0);
	return got(pid);
}

static int clone3(const struct row *r)
{
	unsigned long long args[11] = {[0] = (unsigned long)r->a, [4] = SIGCHLD};
	long pid = syscall(NR_clone3, args, sizeof(args));
	if (pid == 0)
		_exit(0);
	return got(pid);
}

static void *idle(void *arg)
{
	return arg;
}

static int thread(const struct row *r)
{
	pthread_t t;
	return pthread_create(&t, NULL, idle, NULL) || pthread_join(t, NULL);
}

static int forked(const struct row *r)
{
	pid_t pid = fork();
	if (pid == 0)
		_exit(0);
	return got(pid);
}

static int reads_own_memory(const struct row *r)
{
	char from[4] = "abc", to[4] = "";
	struct {
		void *base;
		size_t len;
	} local = {to, 4}, remote = {from, 4};
	return got(syscall(SYS_process_vm_readv, getpid(), &local, 1, &remote, 1, 0));
}

static int traces_its_child(const struct row *r)
{
	pid_t pid = fork();
	if (pid == 0) {
		pause();
		_exit(0);
	}
	int e = got(ptrace(PTRACE_SEIZE, pid, 0, 0));
	kill(pid, SIGKILL);
	return e;
}

static int joins_its_namespace(const struct row *r)
{
	return got(setns(open("/proc/self/ns/uts", O_RDONLY), CLONE_NEWUTS));
}

static int filter(unsigned action, unsigned flags)
{
	struct sock_filter steps[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_unshare, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, action),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {4, steps};
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

static int allows_itself(const struct row *r)
{
	return filter(SECCOMP_RET_ALLOW, 0) < 0 ? 0 : got(unshare((int)r->a));
}

/* A supervisor of its own lets the call go on: only what comes before that in the kernel's order still refuses it. */
static int supervises_itself(const struct row *r)
{
	int listener = filter(SECCOMP_RET_USER_NOTIF, SECCOMP_FILTER_FLAG_NEW_LISTENER), status;
	if (listener < 0)
		return EINVAL;
	pid_t pid = fork();
	if (pid == 0)
		_exit(got(unshare((int)r->a)));
	pid_t answers = fork();
	if (answers == 0) {
		struct seccomp_notif ask = {0};
		while (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &ask) < 0)
			;
		struct seccomp_notif_resp answer = {.id = ask.id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
		_exit(ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer) < 0);
	}
	waitpid(pid, &status, 0);
	kill(answers, SIGKILL); /* it may wait for a call that never came */
	return WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
}

static volatile sig_atomic_t caught;

static void on_signal(int sig)
{
	caught = 1;
}

/* A program that catches SIGSYS, or has blocked it, sees no more than the errno. */
static int no_signal(const struct row *r)
{
	signal(SIGSYS, on_signal);
	int e = got(unshare((int)r->a));
	return caught ? EINTR : e;
}

static int no_signal_blocked(const struct row *r)
{
	sigset_t all;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	return got(unshare((int)r->a));
}

#ifdef __x86_64__
static int by_int80(const struct row *r)
{
	int result;
	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"((int)r->nr), "b"((int)r->a), "c"(0), "d"(0)
			 : "memory", "r8", "r9", "r10", "r11");
	return result < 0 && result > -4096 ? -result : 0;
}
#endif

/* ---- files ---- */

static int opens_to_write(const struct row *r)
{
	return got(open(r->path, O_WRONLY));
}

static int may_write(const struct row *r)
{
	return got(access(r->path, W_OK));
}

static int makes_directory(const struct row *r)
{
	return got(mkdir(r->path, 0700));
}

static int reads(const struct row *r)
{
	char c;
	int fd = open(r->path, O_RDONLY);
	if (fd < 0)
		return errno;
	ssize_t n = read(fd, &c, 1);
	return n == 0 ? ENODATA : got(n);
}

static int lists(const struct row *r)
{
	DIR *d = opendir(r->path);
	if (!d)
		return errno;
	unsigned n = 0;
	while (readdir(d))
		n++;
	return n > 2 ? 0 : ENODATA;
}

/* Whether it sees no cgroup above its own. */
static int hides_cgroups(const struct row *r)
{
	char line[4096];
	FILE *f = fopen(r->path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (strcmp(strrchr(line, ':'), ":/\n") != 0)
			return ENOTUNIQ;
	return f ? 0 : errno;
}

/* Makes a node and opens it. */
static int opens_device(const struct row *r)
{
	if (mknod(r->path, (mode_t)r->a | 0600, makedev((unsigned)r->b, (unsigned)r->c)) < 0)
		return errno;
	int e = got(open(r->path, O_RDONLY | O_NONBLOCK));
	unlink(r->path);
	return e;
}

#define REFUSED "refused"
#define WORKS "works"
#define SHOWN "shown"
#define CALL(n, expected, ...)                                                                                         \
	{                                                                                                              \
#n, expected, call, SYS_##n, __VA_ARGS__                                                               \
	}
#define NEW(n, expected, ...)                                                                                          \
	{                                                                                                              \
#n, expected, call, NR_##n, __VA_ARGS__                                                                \
	}
#define REACHED(n, ...)                                                                                                \
	{                                                                                                              \
#n, WORKS, reached, SYS_##n, __VA_ARGS__                                                               \
	}
#define NAMESPACES(how, try)                                                                                           \
	{how " user", REFUSED, try, SYS_unshare, CLONE_NEWUSER},                                                       \
	    {how " mount", REFUSED, try, SYS_unshare, CLONE_NEWNS},                                                    \
	    {how " uts", REFUSED, try, SYS_unshare, CLONE_NEWUTS},                                                     \
	    {how " ipc", REFUSED, try, SYS_unshare, CLONE_NEWIPC},                                                     \
	    {how " pid", REFUSED, try, SYS_unshare, CLONE_NEWPID},                                                     \
	    {how " net", REFUSED, try, SYS_unshare, CLONE_NEWNET},                                                     \
	{                                                                                                              \
		how " cgroup", REFUSED, try, SYS_unshare, CLONE_NEWCGROUP                                              \
	}
#define SOCKET(name, expected, ...)                                                                                    \
	{                                                                                                              \
		"socket " name, expected, __VA_ARGS__                                                                  \
	}
#define PERSONALITY(name, expected, value)                                                                             \
	{                                                                                                              \
		"personality " name, expected, call, SYS_personality, value                                            \
	}

static const struct row rows[] = {
    NAMESPACES("unshare", call),
    NAMESPACES("clone", clone_with),
    {"unshare user and mount", REFUSED, call, SYS_unshare, CLONE_NEWUSER | CLONE_NEWNS},
    {"unshare of nothing", REFUSED, call, SYS_unshare, 0},
    {"unshare under a filter of its own", REFUSED, allows_itself, 0, CLONE_NEWUSER},
    {"unshare under a supervisor of its own", REFUSED, supervises_itself, 0, CLONE_NEWUSER},
    {"unshare with a handler of SIGSYS", REFUSED, no_signal, 0, CLONE_NEWUSER},
    {"unshare with SIGSYS blocked", REFUSED, no_signal_blocked, 0, CLONE_NEWUSER},
    {"clone", WORKS, clone_with},
    {"clone3", REFUSED, clone3},
    {"clone3 user", REFUSED, clone3, 0, CLONE_NEWUSER},
    {"fork", WORKS, forked},
    {"thread", WORKS, thread},
    {"setns", REFUSED, joins_its_namespace},
#ifdef __x86_64__
    {"i386 unshare user", REFUSED, by_int80, 310, CLONE_NEWUSER},
    {"i386 keyctl", REFUSED, by_int80, 288, 0},
    {"i386 getpid", WORKS, by_int80, 20, 0},
    {"x32 unshare user", REFUSED, call, 0x40000000 | SYS_unshare, CLONE_NEWUSER},
    CALL(modify_ldt, WORKS, 0, 0, 0),
    {"arch_prctl", WORKS, reached, SYS_arch_prctl, 0x1003, 0},
    CALL(iopl, REFUSED, 0),
    CALL(ioperm, REFUSED, 0, 0, 0),
    CALL(ustat, REFUSED, 0, 0),
    CALL(sysfs, REFUSED, 3),
    CALL(uselib, REFUSED, 0),
#endif
    {"mount tmpfs", REFUSED, call, SYS_mount, (long)"none", (long)"/tmp", (long)"tmpfs", 0},
    {"mount, remount of /sys", REFUSED, call, SYS_mount, 0, (long)"/sys", 0, MS_REMOUNT | MS_BIND},
    CALL(umount2, REFUSED, (long)"/proc", MNT_DETACH),
    CALL(pivot_root, REFUSED, (long)".", (long)"."),
    NEW(open_tree, REFUSED, AT_FDCWD, (long)"/", 0),
    NEW(move_mount, REFUSED, -1, (long)"", -1, (long)""),
    NEW(fsopen, REFUSED, (long)"tmpfs", 0),
    NEW(fsconfig, REFUSED, -1, 0, 0, 0),
    NEW(fsmount, REFUSED, -1, 0, 0),
    NEW(fspick, REFUSED, AT_FDCWD, (long)"/", 0),
    NEW(mount_setattr, REFUSED, -1, (long)"", 0, 0),
    NEW(open_tree_attr, REFUSED, AT_FDCWD, (long)"/", 0),
    SOCKET("unix", WORKS, call, SYS_socket, AF_UNIX, SOCK_STREAM),
    SOCKET("inet", WORKS, call, SYS_socket, AF_INET, SOCK_STREAM),
    SOCKET("inet6", WORKS, call, SYS_socket, AF_INET6, SOCK_DGRAM),
    SOCKET("netlink", WORKS, call, SYS_socket, AF_NETLINK, SOCK_RAW),
    SOCKET("packet", WORKS, call, SYS_socket, AF_PACKET, SOCK_RAW),
    SOCKET("raw", WORKS, call, SYS_socket, AF_INET, SOCK_RAW, 1),
    SOCKET("unspec", WORKS, reached, SYS_socket, AF_UNSPEC, SOCK_STREAM),
    SOCKET("can", WORKS, reached, SYS_socket, AF_CAN, -1),
    SOCKET("bluetooth", WORKS, reached, SYS_socket, AF_BLUETOOTH, -1),
    SOCKET("xdp", WORKS, reached, SYS_socket, AF_XDP, -1),
    SOCKET("mctp", WORKS, reached, SYS_socket, 45, -1),
    SOCKET("vsock", REFUSED, call, SYS_socket, AF_VSOCK, SOCK_STREAM),
    SOCKET("alg", REFUSED, call, SYS_socket, AF_ALG, SOCK_SEQPACKET),
    SOCKET("decnet", REFUSED, call, SYS_socket, 12, SOCK_STREAM),
    SOCKET("isdn", REFUSED, call, SYS_socket, 34, SOCK_RAW),
    SOCKET("caif", REFUSED, call, SYS_socket, 37, SOCK_SEQPACKET),
    SOCKET("46", REFUSED, call, SYS_socket, 46, SOCK_STREAM),
    {"socketpair", WORKS, reached, SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, 0},
    CALL(kcmp, REFUSED, 1, 1, 0, 0),
    NEW(pidfd_getfd, REFUSED, -1, 0, 0),
    NEW(process_madvise, REFUSED, -1, 0, 0, 0),
    {"pidfd_open", WORKS, reached, NR_pidfd_open, 1, 0},
    {"process_vm_readv of itself", WORKS, reads_own_memory},
    {"ptrace of a child", SHOWN, traces_its_child},
    CALL(mbind, REFUSED, 0, 0, 0, 0),
    CALL(set_mempolicy, REFUSED, 0, 0, 0),
    CALL(get_mempolicy, REFUSED, 0, 0, 0, 0),
    NEW(set_mempolicy_home_node, REFUSED, 0, 0, 0, 0),
    CALL(migrate_pages, REFUSED, 0, 0, 0, 0),
    CALL(move_pages, REFUSED, 0, 0, 0, 0),
    PERSONALITY("PER_LINUX", WORKS, 0),
    PERSONALITY("PER_LINUX32", WORKS, 8),
    PERSONALITY("UNAME26", WORKS, 0x20000),
    PERSONALITY("UNAME26 and PER_LINUX32", WORKS, 0x20008),
    PERSONALITY("asked for", WORKS, 0xffffffff),
    PERSONALITY("READ_IMPLIES_EXEC", REFUSED, 0x400000),
    PERSONALITY("ADDR_NO_RANDOMIZE", REFUSED, 0x40000),
    PERSONALITY("MMAP_PAGE_ZERO", REFUSED, 0x100000),
    PERSONALITY("UNAME26 and READ_IMPLIES_EXEC", REFUSED, 0x420000),
    PERSONALITY("PER_BSD", REFUSED, 6),
    CALL(bpf, REFUSED, -1, 0, 0),
    CALL(perf_event_open, REFUSED, 0, 0, -1, -1),
    CALL(keyctl, REFUSED, 0, -3, 0),
    CALL(add_key, REFUSED, (long)"user", (long)"slim", (long)"x", 1),
    CALL(request_key, REFUSED, (long)"user", (long)"slim", 0, 0),
    NEW(io_uring_setup, REFUSED, 1, 0),
    NEW(io_uring_enter, REFUSED, -1, 0, 0, 0),
    NEW(io_uring_register, REFUSED, -1, 0, 0, 0),
    {"io_setup", WORKS, reached, SYS_io_setup, 1, 0},
    CALL(userfaultfd, REFUSED, 1),
    CALL(open_by_handle_at, REFUSED, AT_FDCWD, 0, 0),
    {"name_to_handle_at", WORKS, reached, SYS_name_to_handle_at, AT_FDCWD, (long)"/", 0, 0},
    CALL(fanotify_init, REFUSED, 0, 0),
    {"fanotify_mark", WORKS, reached, SYS_fanotify_mark, -1, 0, 0, 0},
    {"inotify_init1", WORKS, call, SYS_inotify_init1, 0},
    CALL(swapon, REFUSED, (long)"/none", 0),
    CALL(swapoff, REFUSED, (long)"/none"),
    CALL(acct, REFUSED, (long)"/none"),
    CALL(quotactl, REFUSED, 0, 0, 0, 0),
    NEW(quotactl_fd, REFUSED, -1, 0, 0, 0),
    CALL(reboot, REFUSED, 0, 0, 0),
    CALL(kexec_load, REFUSED, 0, 0, 0, 0),
    CALL(init_module, REFUSED, 0, 0, 0),
    CALL(finit_module, REFUSED, -1, 0, 0),
    CALL(delete_module, REFUSED, (long)"none", 0),
    CALL(syslog, REFUSED, 10, 0, 0),
    CALL(vhangup, REFUSED),
    CALL(settimeofday, REFUSED, 0, 0),
    CALL(clock_settime, REFUSED, 0, 0),
    {"clock_adjtime", WORKS, reached, SYS_clock_adjtime, 0, 0},
    CALL(sethostname, REFUSED, (long)"slim", 4),
    CALL(setdomainname, REFUSED, (long)"slim", 4),
    {"chroot", WORKS, call, SYS_chroot, (long)"/"},
    {"landlock_create_ruleset", WORKS, reached, NR_landlock_create_ruleset, 0, 0, 4},
    {"memfd_create", WORKS, call, SYS_memfd_create, (long)"slim", 0},
    {"seccomp", WORKS, reached, SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, 0},
    {"fchmodat2", SHOWN, call, NR_fchmodat2, -1, 0, 0, 0},
    {"a call that is not there", REFUSED, call, 4000},
    {"write /proc/sys/kernel/hostname", REFUSED, opens_to_write, .path = "/proc/sys/kernel/hostname"},
    {"write /proc/sysrq-trigger", REFUSED, opens_to_write, .path = "/proc/sysrq-trigger"},
    {"write /proc/irq/default_smp_affinity", REFUSED, opens_to_write, .path = "/proc/irq/default_smp_affinity"},
    {"read /proc/kcore", REFUSED, reads, .path = "/proc/kcore"},
    {"read /proc/keys", REFUSED, reads, .path = "/proc/keys"},
    {"read /proc/timer_list", REFUSED, reads, .path = "/proc/timer_list"},
    {"read /proc/interrupts", REFUSED, reads, .path = "/proc/interrupts"},
    {"read /proc/cpuinfo", WORKS, reads, .path = "/proc/cpuinfo"},
    {"list /sys/firmware", REFUSED, lists, .path = "/sys/firmware"},
    {"list /sys/devices", WORKS, lists, .path = "/sys/devices"},
    {"write /sys/kernel", REFUSED, may_write, .path = "/sys/kernel"},
    {"write /sys/kernel/mm", REFUSED, may_write, .path = "/sys/kernel/mm"},
    {"cgroup namespace", SHOWN, hides_cgroups, .path = "/proc/self/cgroup"},
    {"mkdir in /sys/fs/cgroup", SHOWN, makes_directory, .path = "/sys/fs/cgroup/slim"},
    {"mkdir in /sys/fs/cgroup/pids", REFUSED, makes_directory, .path = "/sys/fs/cgroup/pids/slim"},
    {"character device 1:3", SHOWN, opens_device, 0, S_IFCHR, 1, 3, .path = "/null"},
    {"character device 1:11", REFUSED, opens_device, 0, S_IFCHR, 1, 11, .path = "/kmsg"},
    {"character device 10:229", REFUSED, opens_device, 0, S_IFCHR, 10, 229, .path = "/fuse"},
    {"block device 7:0", REFUSED, opens_device, 0, S_IFBLK, 7, 0, .path = "/loop"},
};

int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int status;
		pid_t pid = fork();
		if (pid == 0)
			_exit(rows[i].try(&rows[i]));
		waitpid(pid, &status, 0);
		int e = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
		printf("%s;%s;%s\n", rows[i].name, rows[i].expected,
		       e < 0 ? strsignal(WTERMSIG(status))
		       : e   ? strerrorname_np(e)
			     : "ok");
	}
	return 0;
}
