#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/fd.h"
#include "os/open_below.h"

struct tree {
	char dir[32];
	int fd;
};

static int make(void **state)
{
	struct tree *t = calloc(1, sizeof(*t));
	strcpy(t->dir, "/tmp/slim-unit-XXXXXX");
	assert_non_null(mkdtemp(t->dir));
	t->fd = open(t->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(t->fd >= 0);
	const char *dirs[] = {"a", "a/b", "a/b/c"}, *files[] = {"file", "a/file", "a/b/c/file"};
	const char *links[][2] = {
	    {"/a/b", "absolute"},     {"a/b", "relative"},     {"../..", "a/b/out"},    {"../../..", "a/b/above"},
	    {"loop", "loop"},         {"/", "root"},           {"nothing", "broken"},   {"file", "a/to-file"},
	    {"relative/c/file", "x"}, {"a/b/../../file", "y"}, {"/proc/self/exe", "z"}, {"file/", "slashed"},
	};
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(mkdirat(t->fd, dirs[i], 0700), 0);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(close(openat(t->fd, files[i], O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)), 0);
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		assert_int_equal(symlinkat(links[i][0], t->fd, links[i][1]), 0);
	*state = t;
	return 0;
}

static int removed(void **state)
{
	struct tree *t = *state;
	close(t->fd);
	assert_int_equal(fd_remove_tree(AT_FDCWD, t->dir, NULL), 0);
	free(t);
	return 0;
}

/* Whether both ways lead to the same thing, or fail alike. */
static void same(int dir, const char *path, int flags, uint64_t resolve)
{
	const struct open_how how = {.flags = (uint64_t)(flags | O_CLOEXEC), .resolve = resolve};
	struct stat want, got;
	int kernel = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
	int e = kernel < 0 ? errno : 0;
	int hand = open_below_by_hand(dir, path, &how);
	int f = hand < 0 ? errno : 0;
	if (e != f)
		fail_msg("%s, flags %#o, resolve %#llx: %s, by hand %s", path, (unsigned)flags,
			 (unsigned long long)resolve, strerror(e), strerror(f));
	if (e)
		return;
	assert_int_equal(fstat(kernel, &want), 0);
	assert_int_equal(fstat(hand, &got), 0);
	if (want.st_ino != got.st_ino || want.st_dev != got.st_dev || want.st_mode != got.st_mode)
		fail_msg("%s, flags %#o, resolve %#llx: something else", path, (unsigned)flags,
			 (unsigned long long)resolve);
	assert_int_equal(fcntl(hand, F_GETFL) & ~O_NOFOLLOW, fcntl(kernel, F_GETFL) & ~O_NOFOLLOW);
	assert_int_equal(fcntl(hand, F_GETFD), FD_CLOEXEC);
	close(kernel);
	close(hand);
}

static const uint64_t kinds[] = {
    RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
    RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS,
    RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV,
    RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
    RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
    RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
    RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS,
};

static void the_walk_is_the_kernel_s(void **state)
{
	const struct tree *t = *state;
	static const char *const starts[] = {"",          "a",    "a/b",     "absolute", "relative", "a/b/out",
					     "a/b/above", "loop", "root",    "broken",   "file",     "a/to-file",
					     "x",         "y",    "z",       "slashed",  "none",     ".",
					     "..",        "a/..", "a/../..", "/a",       "/",        "a//b/./c"};
	static const char *const ends[] = {"",      "/",       "/.", "/..",     "/../..",
					   "/file", "/c/file", "/b", "/a/file", "/none"};
	static const int flags[] = {O_PATH, O_RDONLY, O_PATH | O_NOFOLLOW, O_RDONLY | O_DIRECTORY | O_NOFOLLOW};
	for (size_t s = 0; s < sizeof(starts) / sizeof(starts[0]); s++)
		for (size_t e = 0; e < sizeof(ends) / sizeof(ends[0]); e++)
			for (size_t f = 0; f < sizeof(flags) / sizeof(flags[0]); f++)
				for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
					CLEANUP_FREE char *path = mem_printf("%s%s", starts[s], ends[e]);
					if ((kinds[k] & (RESOLVE_IN_ROOT | RESOLVE_BENEATH)) || path[0] != '/')
						same(t->fd, path, flags[f], kinds[k]);
				}
}

/* Below a directory of /proc links may be magic ones. */
static void no_magic_link_is_followed(void **state)
{
	int proc = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	same(proc, "exe", O_PATH, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
	same(proc, "cwd/..", O_PATH, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
	same(proc, "exe", O_PATH | O_NOFOLLOW, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
	same(proc, "status", O_RDONLY, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
	close(proc);
}

static void a_file_is_created(void **state)
{
	const struct tree *t = *state;
	const struct open_how how = {.flags = O_WRONLY | O_CREAT | O_EXCL, .mode = 0640, .resolve = RESOLVE_IN_ROOT};
	struct stat st;
	close(open_below_by_hand(t->fd, "absolute/new", &how));
	assert_int_equal(fstatat(t->fd, "a/b/new", &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(open_below_by_hand(t->fd, "absolute/new", &how), -1);
	assert_int_equal(errno, EEXIST);
	assert_int_equal(open_below_by_hand(t->fd, "none/new", &how), -1);
	assert_int_equal(errno, ENOENT);
}

/* The same directory, mounted over another: the device is the same. */
static void another_mount_is_not_entered(void **state)
{
	const struct tree *t = *state;
	CLEANUP_FREE char *from = mem_printf("%s/a/b", t->dir), *to = mem_printf("%s/mounted", t->dir);
	assert_int_equal(mkdir(to, 0700), 0);
	if (geteuid() != 0 || unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		skip();
	assert_int_equal(mount(from, to, NULL, MS_BIND, NULL), 0);
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		same(t->fd, "mounted", O_PATH, kinds[k]);
		same(t->fd, "mounted/c/file", O_RDONLY, kinds[k]);
		same(t->fd, "mounted/..", O_PATH, kinds[k]);
	}
	assert_int_equal(umount2(to, MNT_DETACH), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(the_walk_is_the_kernel_s, make, removed),
	    cmocka_unit_test(no_magic_link_is_followed),
	    cmocka_unit_test_setup_teardown(a_file_is_created, make, removed),
	    cmocka_unit_test_setup_teardown(another_mount_is_not_entered, make, removed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
