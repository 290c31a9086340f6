#include "sensor/profile.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "trace/syscall_name.h"

static const char always[] =
    "accept accept4 access adjtimex alarm bind brk cachestat capget capset chdir chmod chown chown32 clock_adjtime "
    "clock_adjtime64 clock_getres clock_getres_time64 clock_gettime clock_gettime64 clock_nanosleep "
    "clock_nanosleep_time64 close close_range connect copy_file_range creat dup dup2 dup3 epoll_create epoll_create1 "
    "epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd eventfd2 execve execveat exit "
    "exit_group faccessat faccessat2 fadvise64 fadvise64_64 fallocate fanotify_mark fchdir fchmod fchmodat fchmodat2 "
    "fchown fchown32 fchownat fcntl fcntl64 fdatasync fgetxattr flistxattr flock fork fremovexattr fsetxattr fstat "
    "fstat64 fstatat64 fstatfs fstatfs64 fsync ftruncate ftruncate64 futex futex_requeue futex_time64 futex_wait "
    "futex_waitv futex_wake futimesat getcpu getcwd getdents getdents64 getegid getegid32 geteuid geteuid32 getgid "
    "getgid32 getgroups getgroups32 getitimer getpeername getpgid getpgrp getpid getppid getpriority getrandom "
    "getresgid getresgid32 getresuid getresuid32 getrlimit get_robust_list getrusage getsid getsockname getsockopt "
    "get_thread_area gettid gettimeofday getuid getuid32 getxattr getxattrat inotify_add_watch inotify_init "
    "inotify_init1 inotify_rm_watch io_cancel ioctl io_destroy io_getevents io_pgetevents io_pgetevents_time64 "
    "ioprio_get ioprio_set io_setup io_submit ipc kill landlock_add_rule landlock_create_ruleset "
    "landlock_restrict_self lchown lchown32 lgetxattr link linkat listen listmount listxattr listxattrat llistxattr "
    "_llseek lremovexattr lseek lsetxattr lstat lstat64 madvise map_shadow_stack membarrier memfd_create memfd_secret "
    "mincore mkdir mkdirat mknod mknodat mlock mlock2 mlockall mmap mmap2 mprotect mq_getsetattr mq_notify mq_open "
    "mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 mq_unlink mremap mseal msgctl msgget "
    "msgrcv msgsnd msync munlock munlockall munmap name_to_handle_at nanosleep newfstatat _newselect open openat "
    "openat2 pause pidfd_open pidfd_send_signal pipe pipe2 pkey_alloc pkey_free pkey_mprotect poll ppoll ppoll_time64 "
    "prctl pread64 preadv preadv2 prlimit64 process_mrelease pselect6 pselect6_time64 pwrite64 pwritev pwritev2 read "
    "readahead readlink readlinkat readv recv recvfrom recvmmsg recvmmsg_time64 recvmsg remap_file_pages removexattr "
    "removexattrat rename renameat renameat2 restart_syscall riscv_hwprobe rmdir rseq rt_sigaction rt_sigpending "
    "rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 "
    "rt_tgsigqueueinfo sched_getaffinity sched_getattr sched_getparam sched_get_priority_max sched_get_priority_min "
    "sched_getscheduler sched_rr_get_interval sched_rr_get_interval_time64 sched_setaffinity sched_setattr "
    "sched_setparam sched_setscheduler sched_yield seccomp select semctl semget semop semtimedop semtimedop_time64 "
    "send sendfile sendfile64 sendmmsg sendmsg sendto setfsgid setfsgid32 setfsuid setfsuid32 setgid setgid32 "
    "setgroups setgroups32 setitimer setpgid setpriority setregid setregid32 setresgid setresgid32 setresuid "
    "setresuid32 setreuid setreuid32 setrlimit set_robust_list setsid setsockopt set_thread_area set_tid_address "
    "setuid setuid32 setxattr setxattrat shmat shmctl shmdt shmget shutdown sigaltstack signalfd signalfd4 "
    "sigprocmask sigreturn socketcall socketpair splice stat stat64 statfs statfs64 statmount statx symlink symlinkat "
    "sync sync_file_range syncfs sysinfo tee tgkill time timer_create timer_delete timer_getoverrun timer_gettime "
    "timer_gettime64 timer_settime timer_settime64 timerfd_create timerfd_gettime timerfd_gettime64 timerfd_settime "
    "timerfd_settime64 times tkill truncate truncate64 ugetrlimit umask uname unlink unlinkat uretprobe utime "
    "utimensat utimensat_time64 utimes vfork vmsplice wait4 waitid waitpid write writev process_vm_readv "
    "process_vm_writev ptrace";

/* ---- one machine's own ---- */

#if defined(__x86_64__)
static const char of_the_machine[] = "arch_prctl modify_ldt";
static const char *const abis[] = {"x86_64", "i386", "x32"};
#elif defined(__aarch64__)
static const char of_the_machine[] =
    "arm_fadvise64_64 arm_sync_file_range sync_file_range2 breakpoint cacheflush set_tls";
static const char *const abis[] = {"aarch64", "arm"};
#else
#error "add the calls that the profile allows on this machine alone"
#endif

/* ---- by argument ---- */

#define ONE(v)                                                                                                         \
	{                                                                                                              \
		0xffffffff, v                                                                                          \
	}
#define WITH(bit)                                                                                                      \
	{                                                                                                              \
		bit, bit                                                                                               \
	}
#define END                                                                                                            \
	{                                                                                                              \
		0, 0                                                                                                   \
	}

/* The profile allows families one by one: those that are not here are gone from Linux, or lead out of the container
 * (AF_VSOCK) or far into the kernel (AF_ALG). */
static const struct sensor_profile_value families[] = {{0xfffffff8, 0}, /* 0 to 7 */
						       {0xfffffffc, 8}, /* 8 to 11 */
						       ONE(AF_NETBEUI),    ONE(AF_SECURITY),
						       ONE(AF_KEY),        ONE(AF_NETLINK),
						       ONE(AF_PACKET),     ONE(AF_ASH),
						       ONE(AF_RDS),        ONE(AF_SNA),
						       ONE(AF_PPPOX),      ONE(AF_LLC),
						       ONE(AF_IB),         ONE(AF_MPLS),
						       ONE(AF_CAN),        ONE(AF_TIPC),
						       ONE(AF_BLUETOOTH),  ONE(AF_IUCV),
						       ONE(AF_RXRPC),      ONE(AF_PHONET),
						       ONE(AF_IEEE802154), ONE(AF_NFC),
						       ONE(AF_KCM),        ONE(AF_QIPCRTR),
						       ONE(AF_SMC),        ONE(AF_XDP),
						       ONE(AF_MCTP),       END};
/* No row allows these. They are named, as those below, so that they fail with EPERM and not as the filter's default. */
static const struct sensor_profile_value other_families[] = {
    ONE(AF_DECnet), ONE(AF_ECONET), ONE(AF_ATMSVC), ONE(AF_IRDA),  ONE(AF_WANPIPE),
    ONE(AF_ISDN),   ONE(AF_CAIF),   ONE(AF_ALG),    ONE(AF_VSOCK), END};

static const struct sensor_profile_value personalities[] = {
    ONE(PER_LINUX), ONE(PER_LINUX32), ONE(UNAME26), ONE(UNAME26 | PER_LINUX32), ONE(0xffffffff) /* asks */, END};
#define NOT_ASKED(bit)                                                                                                 \
	{                                                                                                              \
		0x80000000 | bit, bit                                                                                  \
	}
static const struct sensor_profile_value other_personalities[] = {NOT_ASKED(ADDR_NO_RANDOMIZE),
								  NOT_ASKED(FDPIC_FUNCPTRS),
								  NOT_ASKED(MMAP_PAGE_ZERO),
								  NOT_ASKED(ADDR_COMPAT_LAYOUT),
								  NOT_ASKED(READ_IMPLIES_EXEC),
								  NOT_ASKED(ADDR_LIMIT_32BIT),
								  NOT_ASKED(SHORT_INODE),
								  NOT_ASKED(WHOLE_SECONDS),
								  NOT_ASKED(STICKY_TIMEOUTS),
								  NOT_ASKED(ADDR_LIMIT_3GB),
								  END};

static const struct sensor_profile_value no_namespace[] = {
    {CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP, 0},
    END};
static const struct sensor_profile_value a_namespace[] = {
    WITH(CLONE_NEWNS),  WITH(CLONE_NEWUTS), WITH(CLONE_NEWIPC),    WITH(CLONE_NEWUSER),
    WITH(CLONE_NEWPID), WITH(CLONE_NEWNET), WITH(CLONE_NEWCGROUP), END};

/* ---- the table ---- */

static const struct sensor_profile_row rows[] = {
    {.names = always},
    {.names = of_the_machine},
    {.names = "socket", .values = families},
    {.names = "socket", .values = other_families, .deny_errno = EPERM},
    {.names = "personality", .values = personalities},
    {.names = "personality", .values = other_personalities, .deny_errno = EPERM},
    {.names = "clone", .without = "CAP_SYS_ADMIN", .values = no_namespace},
    {.names = "clone", .without = "CAP_SYS_ADMIN", .values = a_namespace, .deny_errno = EPERM},
    /* its flags are behind a pointer; a libc that gets ENOSYS takes clone */
    {.names = "clone3", .without = "CAP_SYS_ADMIN", .deny_errno = ENOSYS},
    {.names = "open_by_handle_at", .with = "CAP_DAC_READ_SEARCH"},
    {.names = "bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie lsm_get_self_attr "
	      "lsm_list_modules lsm_set_self_attr mount mount_setattr move_mount open_tree perf_event_open quotactl "
	      "quotactl_fd setdomainname sethostname setns syslog umount umount2 unshare",
     .with = "CAP_SYS_ADMIN"},
    {.names = "reboot", .with = "CAP_SYS_BOOT"},
    {.names = "chroot", .with = "CAP_SYS_CHROOT"},
    {.names = "delete_module init_module finit_module", .with = "CAP_SYS_MODULE"},
    {.names = "acct", .with = "CAP_SYS_PACCT"},
    {.names = "kcmp pidfd_getfd process_madvise", .with = "CAP_SYS_PTRACE"},
    {.names = "iopl ioperm", .with = "CAP_SYS_RAWIO"},
    {.names = "settimeofday stime clock_settime clock_settime64", .with = "CAP_SYS_TIME"},
    {.names = "vhangup", .with = "CAP_SYS_TTY_CONFIG"},
    {.names = "get_mempolicy mbind set_mempolicy set_mempolicy_home_node", .with = "CAP_SYS_NICE"},
    {.names = "syslog", .with = "CAP_SYSLOG"},
    {.names = "bpf", .with = "CAP_BPF"},
    {.names = "perf_event_open", .with = "CAP_PERFMON"},
};

static bool has(const char *const *capabilities, const char *name)
{
	for (; *capabilities; capabilities++)
		if (strcmp(*capabilities, name) == 0)
			return true;
	return false;
}

static bool applies(const struct sensor_profile_row *row, const char *const *capabilities)
{
	return (!row->with || has(capabilities, row->with)) && !(row->without && has(capabilities, row->without));
}

void sensor_profile_each(const char *const *capabilities,
			 void (*visit)(void *ctx, const char *name, const struct sensor_profile_row *row), void *ctx)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (const char *p = rows[i].names; applies(&rows[i], capabilities) && *p;) {
			size_t n = strcspn(p, " ");
			CLEANUP_FREE char *name = mem_strndup(p, n);
			visit(ctx, name, &rows[i]);
			p += n + (p[n] == ' ');
		}
}

static void add_name(void *ctx, const char *name, const struct sensor_profile_row *row)
{
	strset_add(ctx, name);
}

void sensor_profile_refused(const char *const *capabilities, struct strset *out)
{
	CLEANUP_STRSET struct strset named = {0};
	const char *name;
	sensor_profile_each(capabilities, add_name, &named);
	for (size_t a = 0; a < sizeof(abis) / sizeof(abis[0]); a++)
		for (size_t i = 0; (name = trace_syscall_at(trace_abi_named(abis[a]), i)); i++)
			if (strset_find(&named, name) == STRSET_NONE)
				strset_add(out, name);
}
