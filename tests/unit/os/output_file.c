#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/stop.h"
#include "os/fd.h"
#include "os/output_file.h"

#define STRANGER 12345 /* a user that nobody is */

/* Every test has the current directory for itself. */
static char dir[64];

static int setup(void **state)
{
	strcpy(dir, "/tmp/slim-output-file.XXXXXX");
	return mkdtemp(dir) && chdir(dir) == 0 ? 0 : -1;
}

static int teardown(void **state)
{
	return chdir("/") == 0 && fd_remove_tree(AT_FDCWD, dir, NULL) == 0 ? 0 : -1;
}

/* In a mount namespace of the test's own; false = only root can have one. */
static bool private_mounts(void)
{
	static bool done;
	if (geteuid() != 0)
		return false;
	if (!done) {
		assert_int_equal(unshare(CLONE_NEWNS), 0);
		assert_int_equal(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	}
	return done = true;
}

static void put(const char *path, const char *text)
{
	CLEANUP_FD int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void assert_holds(const char *path, const char *want)
{
	CLEANUP_BUF struct buf text = {0};
	assert_int_equal(fd_read_file(AT_FDCWD, path, 4096, &text, NULL), 0);
	assert_string_equal(text.len ? text.data : "", want);
}

static struct stat status(const char *path)
{
	struct stat st;
	assert_int_equal(lstat(path, &st), 0);
	return st;
}

/* So many entries are in the current directory: no temporary file is left. */
static void assert_entries(size_t want)
{
	size_t n = 0;
	DIR *d = opendir(".");
	while (readdir(d))
		n++;
	closedir(d);
	assert_int_equal(n, want + 2);
}

static void write_one(const char *path, const char *text)
{
	struct err err = {0};
	if (output_file_check(path, &err) < 0 || output_file_write(path, text, strlen(text), &err) < 0)
		fail_msg("%s", err.msg);
}

/* Both the check and the writing say so. */
static void refused_one(const char *path, enum err_code code, const char *message)
{
	struct err err = {0};
	assert_int_equal(output_file_check(path, &err), -(int)code);
	assert_string_equal(err.msg, message);
	assert_int_equal(output_file_write(path, "new", 3, &err), -(int)code);
	assert_string_equal(err.msg, message);
}

/* ---- regular files ---- */

static void a_new_file(void **state)
{
	mode_t mask = umask(027);
	write_one("new", "text");
	umask(mask);
	assert_holds("new", "text");
	assert_int_equal(status("new").st_mode, S_IFREG | 0640);
	assert_entries(1);
}

static void a_file_is_replaced(void **state)
{
	put("old", "something longer");
	assert_int_equal(chmod("old", 0606), 0);
	if (geteuid() == 0)
		assert_int_equal(chown("old", STRANGER, STRANGER), 0);
	CLEANUP_FD int before = open("old", O_RDONLY | O_CLOEXEC);
	struct stat was = status("old");
	write_one("old", "text");
	struct stat is = status("old");
	assert_holds("old", "text");
	assert_int_equal(is.st_mode, S_IFREG | 0606);
	assert_int_equal(is.st_uid, was.st_uid);
	assert_int_equal(is.st_gid, was.st_gid);
	assert_int_not_equal(is.st_ino, was.st_ino);
	CLEANUP_BUF struct buf old = {0}; /* who has it open reads it to its end */
	assert_int_equal(fd_read_all(before, 100, "old", &old, NULL), 0);
	assert_string_equal(old.data, "something longer");
	assert_entries(1);
}

static int make_part(void *ctx, int fd, struct err *err)
{
	int r = fd_write_all(fd, "part", 4, err);
	return r < 0 || !*(bool *)ctx ? r : err_set(err, ERR_LIMIT, "input-too-large", "too much");
}

static void what_a_function_writes(void **state)
{
	struct err err = {0};
	bool fails = true;
	write_one("f", "old");
	assert_int_equal(output_file_make("f", make_part, &fails, &err), -ERR_LIMIT);
	assert_string_equal(err.msg, "f: too much");
	assert_holds("f", "old");
	assert_entries(1);
	fails = false;
	assert_int_equal(output_file_make("f", make_part, &fails, NULL), 0);
	assert_holds("f", "part");
	assert_entries(1);
}

static void a_long_name(void **state)
{
	char name[256] = "";
	memset(name, 'x', 255);
	write_one(name, "text");
	assert_holds(name, "text");
	assert_entries(1);
}

/* ---- symlinks ---- */

static void a_symlink_stays(void **state)
{
	assert_int_equal(mkdir("a", 0755) | mkdir("b", 0755), 0);
	put("b/file", "old");
	assert_int_equal(symlink("../b/link", "a/link"), 0);
	assert_int_equal(symlink("file", "b/link"), 0);
	struct stat was = status("b/file");
	write_one("a/link", "text");
	assert_holds("b/file", "text");
	assert_int_not_equal(status("b/file").st_ino, was.st_ino);
	assert_true(S_ISLNK(status("a/link").st_mode) && S_ISLNK(status("b/link").st_mode));
}

static void a_symlink_to_nothing(void **state)
{
	assert_int_equal(symlink("file", "link"), 0);
	write_one("link", "text");
	assert_holds("file", "text");
	assert_true(S_ISLNK(status("link").st_mode));
	assert_int_equal(symlink("none/file", "lost"), 0);
	refused_one("lost", ERR_NOTFOUND, "lost: cannot write none/file: the directory none/ does not exist");
	assert_int_equal(symlink("round", "round"), 0);
	refused_one("round", ERR_SYS, "cannot write round: Too many levels of symbolic links");
}

static void a_symlink_of_another_user(void **state)
{
	if (geteuid() != 0)
		skip();
	put("file", "old");
	assert_int_equal(mkdir("open", 0755), 0);
	assert_int_equal(symlink("../file", "open/link"), 0);
	assert_int_equal(lchown("open/link", STRANGER, STRANGER), 0);
	write_one("open/link", "text");
	assert_int_equal(chmod("open", 01777), 0);
	refused_one("open/link", ERR_DENIED, "cannot write open/link: this is another user's symlink");
	assert_holds("file", "text");
}

/* ---- what is written in place ---- */

static void a_fifo(void **state)
{
	char text[8] = "";
	assert_int_equal(mkfifo("fifo", 0600), 0);
	CLEANUP_FD int reader = open("fifo", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	write_one("fifo", "text");
	assert_int_equal(read(reader, text, sizeof(text)), 4);
	assert_string_equal(text, "text");
	assert_true(S_ISFIFO(status("fifo").st_mode));
	assert_entries(1);
}

static void *read_fifo(void *text)
{
	CLEANUP_FD int reader = open("fifo", O_RDONLY | O_CLOEXEC);
	return read(reader, text, 4) == 4 ? text : NULL;
}

static void a_fifo_waits_for_its_reader(void **state)
{
	char text[8] = "";
	pthread_t thread;
	void *got;
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_int_equal(pthread_create(&thread, NULL, read_fifo, text), 0);
	write_one("fifo", "text");
	assert_int_equal(pthread_join(thread, &got), 0);
	assert_ptr_equal(got, text);
	assert_string_equal(text, "text");
}

static void request(int sig)
{
	stop_request();
}

static void a_request_to_stop_ends_the_wait(void **state)
{
	const struct itimerval soon = {.it_value = {0, 20000}};
	const struct sigaction sa = {.sa_handler = request, .sa_flags = SA_RESTART};
	struct err err = {0};
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_true(stop_open(&err) >= 0);
	assert_int_equal(sigaction(SIGALRM, &sa, NULL), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
	int r = output_file_write("fifo", "text", 4, &err);
	stop_forget();
	assert_int_equal(r, -ERR_CANCELLED);
}

static void a_socket(void **state)
{
	char text[8] = "";
	struct err err = {0};
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
	CLEANUP_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(output_file_write("socket", "text", 4, &err), -ERR_SYS);
	assert_int_equal(err.sys, ECONNREFUSED);
	assert_int_equal(listen(fd, 1), 0);
	write_one("socket", "text");
	CLEANUP_FD int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
	assert_int_equal(read(peer, text, sizeof(text)), 4);
	assert_string_equal(text, "text");
	assert_true(S_ISSOCK(status("socket").st_mode));
	assert_entries(1);
}

static void a_descriptor(void **state)
{
	CLEANUP_FD int fd = open("file", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	CLEANUP_FREE char *one = mem_printf("/dev/fd/%d", fd), *two = mem_printf("/proc/self/fd/%d", fd);
	write_one(one, "one ");
	write_one(two, "two ");
	assert_int_equal(symlink(one, "link"), 0);
	write_one("link", "three");
	assert_holds("file", "one two three");
	assert_true(S_ISLNK(status("link").st_mode));
	struct err err = {0};
	assert_int_equal(output_file_check("/dev/fd/9999", &err), -ERR_SYS);
	assert_string_equal(err.msg, "cannot write /dev/fd/9999: Bad file descriptor");
	assert_int_equal(output_file_write("/dev/fd/9999", "", 1, &err), -ERR_SYS);
}

static void standard_output(void **state)
{
	fflush(stdout);
	int saved = dup(STDOUT_FILENO), fd = open("out", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	assert_int_equal(dup2(fd, STDOUT_FILENO), STDOUT_FILENO);
	struct err err = {0};
	int r = output_file_write("-", "a", 1, &err), q = output_file_write("/dev/stdout", "b", 1, &err);
	assert_int_equal(dup2(saved, STDOUT_FILENO), STDOUT_FILENO);
	assert_true(close(saved) == 0 && close(fd) == 0);
	assert_int_equal(r | q, 0);
	assert_holds("out", "ab");
	assert_true(output_file_is_stdout("-") && output_file_is_stdout("/dev/fd/1"));
	assert_false(output_file_is_stdout("./-") || output_file_is_stdout("/dev/fd/12"));
	write_one("./-", "a file");
	assert_holds("./-", "a file");
}

static void a_full_device(void **state)
{
	struct err err = {0};
	CLEANUP_FD int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	CLEANUP_FREE char *path = mem_printf("/proc/self/fd/%d", full);
	struct stat was = status("/dev/full");
	assert_int_equal(output_file_write(path, "text", 4, &err), -ERR_SYS);
	assert_int_equal(err.sys, ENOSPC);
	assert_non_null(strstr(err.msg, path));
	assert_int_equal(status("/dev/full").st_ino, was.st_ino);
}

/* A node of the test's own, in a file system of its own: the machine's are never touched. */
static void a_device(void **state)
{
	if (!private_mounts())
		skip();
	assert_int_equal(mkdir("dev", 0755), 0);
	assert_int_equal(mount("none", "dev", "tmpfs", 0, NULL), 0);
	if (mknod("dev/null", S_IFCHR | 0666, makedev(1, 3)) == 0 &&
	    mknod("dev/full", S_IFCHR | 0666, makedev(1, 7)) == 0) {
		struct err err = {0};
		struct stat was = status("dev/null");
		write_one("dev/null", "text");
		struct stat is = status("dev/null");
		assert_true(S_ISCHR(is.st_mode));
		assert_int_equal(is.st_ino, was.st_ino);
		assert_int_equal(is.st_rdev, makedev(1, 3));
		assert_int_equal(output_file_write("dev/full", "text", 4, &err), -ERR_SYS);
		assert_string_equal(err.msg, "dev/full: cannot write: No space left on device");
	} else {
		assert_int_equal(errno, EPERM); /* a_full_device has the rest then */
	}
	assert_int_equal(umount("dev"), 0);
}

static void a_mounted_file(void **state)
{
	if (!private_mounts())
		skip();
	put("outside", "something longer");
	put("inside", "");
	assert_int_equal(mount("outside", "inside", NULL, MS_BIND, NULL), 0);
	ino_t was = status("outside").st_ino;
	write_one("inside", "text");
	assert_int_equal(umount("inside"), 0);
	assert_holds("outside", "text");
	assert_holds("inside", "");
	assert_int_equal(status("outside").st_ino, was);
	assert_entries(2);
}

static void a_mounted_file_in_a_read_only_directory(void **state)
{
	if (!private_mounts())
		skip();
	put("outside", "something longer");
	assert_int_equal(mkdir("fixed", 0755), 0);
	assert_int_equal(mount("none", "fixed", "tmpfs", 0, NULL), 0);
	put("fixed/inside", "");
	assert_int_equal(mount("outside", "fixed/inside", NULL, MS_BIND, NULL), 0);
	assert_int_equal(mount(NULL, "fixed", NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
	write_one("fixed/inside", "text");
	refused_one("fixed/new", ERR_SYS, "cannot write fixed/new: Read-only file system");
	assert_int_equal(umount("fixed/inside"), 0);
	assert_int_equal(umount("fixed"), 0);
	assert_holds("outside", "text");
}

/* ---- errors ---- */

static void what_is_no_file(void **state)
{
	put("file", "");
	refused_one(".", ERR_INVAL, "cannot write .: this is a directory; name a file in it");
	refused_one("x/", ERR_INVAL, "cannot write x/: the path ends in a slash; name a file");
	refused_one("no/such/x", ERR_NOTFOUND, "cannot write no/such/x: the directory no/such/ does not exist");
	refused_one("file/x", ERR_SYS, "cannot write file/x: directory file/: Not a directory");
	refused_one("", ERR_INVAL, "the name of the file to write is empty");
}

static void a_full_disk_leaves_the_old_file(void **state)
{
	if (!private_mounts())
		skip();
	struct err err = {0};
	CLEANUP_FREE char *much = mem_calloc(1 << 20, 1);
	assert_int_equal(mkdir("small", 0755), 0);
	assert_int_equal(mount("none", "small", "tmpfs", 0, "size=64k"), 0);
	put("small/file", "old");
	assert_int_equal(output_file_write("small/file", much, 1 << 20, &err), -ERR_SYS);
	assert_int_equal(err.sys, ENOSPC);
	assert_holds("small/file", "old");
	assert_int_equal(chdir("small"), 0);
	assert_entries(1);
	assert_int_equal(chdir(".."), 0);
	assert_int_equal(umount("small"), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static void lines_are_appended(void **state)
{
	struct err err = {0};
	assert_int_equal(output_file_append("new", "a\n", 2, &err), 0);
	assert_holds("new", "a\n");
	assert_int_equal(output_file_append("new", "b\nc", 3, &err), 0);
	assert_int_equal(output_file_append("new", "d\n", 2, &err), 0);
	assert_holds("new", "a\nb\nc\nd\n");
	assert_int_equal(symlink("new", "link"), 0);
	assert_int_equal(output_file_append("link", "e\n", 2, &err), 0);
	assert_holds("new", "a\nb\nc\nd\ne\n");
	assert_int_equal(output_file_append("missing/file", "a\n", 2, &err), -ERR_NOTFOUND);
	assert_int_equal(output_file_append(".", "a\n", 2, &err), -ERR_INVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_new_file),
	    TEST(a_file_is_replaced),
	    TEST(what_a_function_writes),
	    TEST(a_long_name),
	    TEST(a_symlink_stays),
	    TEST(a_symlink_to_nothing),
	    TEST(a_symlink_of_another_user),
	    TEST(a_fifo),
	    TEST(a_fifo_waits_for_its_reader),
	    TEST(a_request_to_stop_ends_the_wait),
	    TEST(a_socket),
	    TEST(a_descriptor),
	    TEST(standard_output),
	    TEST(a_full_device),
	    TEST(a_device),
	    TEST(a_mounted_file),
	    TEST(a_mounted_file_in_a_read_only_directory),
	    TEST(what_is_no_file),
	    TEST(a_full_disk_leaves_the_old_file),
	    TEST(lines_are_appended),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
