#include "sensor/syscalls.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "trace/syscall_name.h"

#define F TRACE_FOLLOW
#define N TRACE_NOFOLLOW
#define O TRACE_OPENED
#define NO (-1)

/* clang-format off */
const struct sensor_syscall sensor_syscalls[] = {
	/* name              kinds                                  dir path flags detail */
	{"open",              TRACE_OPEN | F,                        NO, 0, 1, SENSOR_DETAIL_OPEN},
	{"openat",            TRACE_OPEN | F,                        0, 1, 2, SENSOR_DETAIL_OPEN},
	{"openat2",           TRACE_OPEN | F,                        0, 1, 2, SENSOR_DETAIL_OPEN_HOW},
	{"creat",             TRACE_OPEN | TRACE_CREATE | TRACE_WRITE | O | F, NO, 0, NO},
	{"stat",              TRACE_STAT | F,                        NO, 0, NO},
	{"stat64",            TRACE_STAT | F,                        NO, 0, NO},
	{"oldstat",           TRACE_STAT | F,                        NO, 0, NO},
	{"lstat",             TRACE_STAT | N,                        NO, 0, NO},
	{"lstat64",           TRACE_STAT | N,                        NO, 0, NO},
	{"oldlstat",          TRACE_STAT | N,                        NO, 0, NO},
	{"newfstatat",        TRACE_STAT | F,                        0, 1, 3, SENSOR_DETAIL_AT_NOFOLLOW},
	{"fstatat64",         TRACE_STAT | F,                        0, 1, 3, SENSOR_DETAIL_AT_NOFOLLOW},
	{"statx",             TRACE_STAT | F,                        0, 1, 2, SENSOR_DETAIL_AT_NOFOLLOW},
	{"statfs",            TRACE_STAT | F,                        NO, 0, NO},
	{"statfs64",          TRACE_STAT | F,                        NO, 0, NO},
	{"access",            TRACE_STAT | F,                        NO, 0, NO},
	{"faccessat",         TRACE_STAT | F,                        0, 1, NO},
	{"faccessat2",        TRACE_STAT | F,                        0, 1, 3, SENSOR_DETAIL_AT_NOFOLLOW},
	{"readlink",          TRACE_READLINK | N,                    NO, 0, NO},
	{"readlinkat",        TRACE_READLINK | N,                    0, 1, NO},
	{"execve",            TRACE_EXEC | O | F,                    NO, 0, NO, SENSOR_DETAIL_EXEC},
	{"execveat",          TRACE_EXEC | O | F,                    0, 1, 4, SENSOR_DETAIL_EXEC},
	{"uselib",            TRACE_OPEN | O | F,                    NO, 0, NO},
	{"chdir",             TRACE_CHDIR | F,                       NO, 0, NO},
	{"fchdir",            TRACE_CHDIR | F,                       0, NO, NO, SENSOR_DETAIL_FD},
	{"chroot",            TRACE_CHDIR | F,                       NO, 0, NO, SENSOR_DETAIL_ROOT},
	{"pivot_root",        TRACE_CHDIR | F,                       NO, 0, NO, SENSOR_DETAIL_ROOT, TRACE_CHDIR | F, NO, 1},
	{"mkdir",             TRACE_CREATE | N,                      NO, 0, NO},
	{"mkdirat",           TRACE_CREATE | N,                      0, 1, NO},
	{"mknod",             TRACE_CREATE | N,                      NO, 0, NO},
	{"mknodat",           TRACE_CREATE | N,                      0, 1, NO},
	{"symlink",           TRACE_CREATE | N,                      NO, 1, NO, SENSOR_DETAIL_SYMLINK},
	{"symlinkat",         TRACE_CREATE | N,                      1, 2, NO, SENSOR_DETAIL_SYMLINK},
	{"link",              TRACE_OPEN | N,                        NO, 0, NO, SENSOR_DETAIL_LINK, TRACE_CREATE | N, NO, 1},
	{"linkat",            TRACE_OPEN | N,                        0, 1, 4, SENSOR_DETAIL_AT_FOLLOW, TRACE_CREATE | N, 2, 3},
	{"rename",            TRACE_REMOVE | N,                      NO, 0, NO, SENSOR_DETAIL_LINK, TRACE_CREATE | N, NO, 1},
	{"renameat",          TRACE_REMOVE | N,                      0, 1, NO, SENSOR_DETAIL_LINK, TRACE_CREATE | N, 2, 3},
	{"renameat2",         TRACE_REMOVE | N,                      0, 1, NO, SENSOR_DETAIL_LINK, TRACE_CREATE | N, 2, 3},
	{"unlink",            TRACE_REMOVE | N,                      NO, 0, NO},
	{"unlinkat",          TRACE_REMOVE | N,                      0, 1, NO},
	{"rmdir",             TRACE_REMOVE | N,                      NO, 0, NO},
	{"chmod",             TRACE_WRITE | F,                       NO, 0, NO},
	{"fchmodat",          TRACE_WRITE | F,                       0, 1, NO},
	{"fchmodat2",         TRACE_WRITE | F,                       0, 1, 3, SENSOR_DETAIL_AT_NOFOLLOW},
	{"chown",             TRACE_WRITE | F,                       NO, 0, NO},
	{"chown32",           TRACE_WRITE | F,                       NO, 0, NO},
	{"lchown",            TRACE_WRITE | N,                       NO, 0, NO},
	{"lchown32",          TRACE_WRITE | N,                       NO, 0, NO},
	{"fchownat",          TRACE_WRITE | F,                       0, 1, 4, SENSOR_DETAIL_AT_NOFOLLOW},
	{"truncate",          TRACE_WRITE | F,                       NO, 0, NO},
	{"truncate64",        TRACE_WRITE | F,                       NO, 0, NO},
	{"utime",             TRACE_WRITE | F,                       NO, 0, NO},
	{"utimes",            TRACE_WRITE | F,                       NO, 0, NO},
	{"futimesat",         TRACE_WRITE | F,                       0, 1, NO},
	{"utimensat",         TRACE_WRITE | F,                       0, 1, 3, SENSOR_DETAIL_AT_NOFOLLOW},
	{"utimensat_time64",  TRACE_WRITE | F,                       0, 1, 3, SENSOR_DETAIL_AT_NOFOLLOW},
	{"getxattr",          TRACE_XATTR | F,                       NO, 0, NO},
	{"lgetxattr",         TRACE_XATTR | N,                       NO, 0, NO},
	{"listxattr",         TRACE_XATTR | F,                       NO, 0, NO},
	{"llistxattr",        TRACE_XATTR | N,                       NO, 0, NO},
	{"setxattr",          TRACE_XATTR | TRACE_WRITE | F,         NO, 0, NO},
	{"lsetxattr",         TRACE_XATTR | TRACE_WRITE | N,         NO, 0, NO},
	{"removexattr",       TRACE_XATTR | TRACE_WRITE | F,         NO, 0, NO},
	{"lremovexattr",      TRACE_XATTR | TRACE_WRITE | N,         NO, 0, NO},
	{"getxattrat",        TRACE_XATTR | F,                       0, 1, 2, SENSOR_DETAIL_AT_NOFOLLOW},
	{"listxattrat",       TRACE_XATTR | F,                       0, 1, 2, SENSOR_DETAIL_AT_NOFOLLOW},
	{"setxattrat",        TRACE_XATTR | TRACE_WRITE | F,         0, 1, 2, SENSOR_DETAIL_AT_NOFOLLOW},
	{"removexattrat",     TRACE_XATTR | TRACE_WRITE | F,         0, 1, 2, SENSOR_DETAIL_AT_NOFOLLOW},
	{"file_getattr",      TRACE_XATTR | F,                       0, 1, 4, SENSOR_DETAIL_AT_NOFOLLOW},
	{"file_setattr",      TRACE_XATTR | TRACE_WRITE | F,         0, 1, 4, SENSOR_DETAIL_AT_NOFOLLOW},
	{"fanotify_mark",     TRACE_WATCH | F,                       3, 4, 1, SENSOR_DETAIL_FANOTIFY},
	{"inotify_add_watch", TRACE_WATCH | F,                       NO, 1, 2, SENSOR_DETAIL_IN_NOFOLLOW},
	{"name_to_handle_at", TRACE_STAT | N,                        0, 1, 4, SENSOR_DETAIL_AT_FOLLOW},
	{"mount",             TRACE_MOUNT | F,                       NO, 1, 3, SENSOR_DETAIL_MOUNT, TRACE_OPEN | F, NO, 0},
	{"umount",            TRACE_MOUNT | F,                       NO, 0, NO, SENSOR_DETAIL_MOUNT},
	{"umount2",           TRACE_MOUNT | F,                       NO, 0, NO, SENSOR_DETAIL_MOUNT},
	{"open_tree",         TRACE_OPEN | F,                        0, 1, 2, SENSOR_DETAIL_AT_NOFOLLOW},
	{"open_tree_attr",    TRACE_OPEN | F,                        0, 1, 2, SENSOR_DETAIL_AT_NOFOLLOW},
	{"move_mount",        TRACE_OPEN | F,                        0, 1, NO, SENSOR_DETAIL_MOUNT, TRACE_MOUNT | F, 2, 3},
	{"fspick",            TRACE_MOUNT | F,                       0, 1, NO},
	{"mount_setattr",     TRACE_MOUNT | F,                       0, 1, 2, SENSOR_DETAIL_AT_NOFOLLOW},
	{"ptrace",            0,                                     NO, NO, NO, SENSOR_DETAIL_PTRACE},
	{"sched_getaffinity", 0,                                     NO, NO, NO, SENSOR_DETAIL_AFFINITY},
	{"sched_setaffinity", 0,                                     NO, NO, NO, SENSOR_DETAIL_AFFINITY},
	{"connect",           TRACE_CONNECT | F,                     NO, 1, 2, SENSOR_DETAIL_SOCKADDR},
	{"bind",              TRACE_BIND | TRACE_CREATE | N,         NO, 1, 2, SENSOR_DETAIL_SOCKADDR},
	{"listen",            0,                                     NO, NO, NO, SENSOR_DETAIL_LISTEN},
};
/* clang-format on */
const size_t sensor_syscalls_count = sizeof(sensor_syscalls) / sizeof(sensor_syscalls[0]);

#undef F
#undef N
#undef O

/* (arch, number) pairs sorted for bsearch; built once. */
struct number {
	uint32_t arch;
	int nr;
	const struct sensor_syscall *row;
};
static struct number *numbers;
static size_t n_numbers;

static int by_number(const void *a, const void *b)
{
	const struct number *x = a, *y = b;
	if (x->arch != y->arch)
		return x->arch < y->arch ? -1 : 1;
	return (x->nr > y->nr) - (x->nr < y->nr);
}

static void build(void)
{
	numbers = mem_calloc(TRACE_ABIS * sensor_syscalls_count, sizeof(*numbers));
	for (size_t a = 0; a < TRACE_ABIS; a++)
		for (size_t i = 0; i < sensor_syscalls_count; i++) {
			int64_t nr = trace_syscall_number(&trace_abis[a], sensor_syscalls[i].name);
			if (nr >= 0)
				numbers[n_numbers++] =
				    (struct number){trace_abis[a].audit_arch, (int)nr, &sensor_syscalls[i]};
		}
	qsort(numbers, n_numbers, sizeof(*numbers), by_number);
}

void sensor_syscalls_init(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, build);
}

const struct sensor_syscall *sensor_syscalls_find(uint32_t audit_arch, uint64_t nr)
{
	struct number key = {audit_arch, (int)nr, NULL};
	const struct number *hit = bsearch(&key, numbers, n_numbers, sizeof(*numbers), by_number);
	return hit ? hit->row : NULL;
}

void sensor_syscalls_each(void (*visit)(void *ctx, uint32_t audit_arch, uint32_t nr, const struct sensor_syscall *row),
			  void *ctx)
{
	for (size_t i = 0; i < n_numbers; i++)
		visit(ctx, numbers[i].arch, (uint32_t)numbers[i].nr, numbers[i].row);
}

const struct sensor_syscall *sensor_syscalls_named(const char *name)
{
	for (size_t i = 0; i < sensor_syscalls_count; i++)
		if (strcmp(sensor_syscalls[i].name, name) == 0)
			return &sensor_syscalls[i];
	return NULL;
}
