/* Paths of every odd form. */
#include "say.h"

#include <linux/openat2.h>
#include <pthread.h>
#include <sched.h>

static void relative(void)
{
	struct stat st;
	MUST(DO("chdir,follow", "/data/dir", chdir("/data/dir")));
	int up = (int)DO("open,list,follow", "/data/dir/..", open("..", O_RDONLY | O_DIRECTORY));
	DO("stat,follow", "/data/dir/one", stat("./one", &st));
	DO("stat,follow", "/data/dir/../a", stat("../a", &st));
	DO("stat,follow", "/data/b", fstatat(up, "b", &st, 0)); /* the fd's own path has no ".." */
	DO("stat,follow", "/data/dir/", stat("/data/dir/", &st));
	DO("stat,nofollow", "/data/to-dir/", lstat("/data/to-dir/", &st));
	DO("stat,nofollow", "/data/to-dir/", lstat("/data/to-dir/.//.", &st));
	DO("stat,follow", "/data/c", stat("/data//./c", &st));
	DO("stat,follow", "/data/\xff\xfe\t%", stat("/data/\xff\xfe\t%", &st));
	close(up);
}

static void empty(void)
{
	struct stat st;
	if (stat("", &st) >= 0 || errno != ENOENT)
		_exit(1);
	int fd = (int)DO("open,follow", "/data/d", open("/data/d", O_RDONLY));
	int dir = (int)DO("open,follow,list", "/data", open("/data", O_RDONLY | O_DIRECTORY));
	MUST(fstatat(fd, "", &st, AT_EMPTY_PATH));
	DO("stat,follow", "/data/s1", fstatat(AT_FDCWD, "/data/s1", &st, AT_EMPTY_PATH));
	DO("stat,nofollow", "/data/s2", fstatat(dir, "s2", &st, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW));
	DO("stat,follow", "/data/dir", fstatat(AT_FDCWD, "", &st, AT_EMPTY_PATH)); /* the working directory */
	close(fd);
	close(dir);
}

static void longest(void)
{
	static char path[4200], part[260];
	struct stat st;
	memset(part, 'n', 255);
	while (strlen(path) + 256 < 4095)
		strcat(strcat(path, "/"), part);
	for (size_t n = strlen(path); n < 4095; n++)
		path[n] = n % 2 ? '/' : 'z';
	DO("stat,follow", path, stat(path, &st));
	/* to something that exists, by way of what is longer than any path when joined */
	memset(path, 0, sizeof(path));
	while (strlen(path) + 10 < 4095)
		strcat(path, "../dir/");
	strcat(path, "../e");
	DO("stat,follow", "/data/e", stat(path, &st)); /* longer than any path is recorded as what it leads to */
}

static void openat2_flags(void)
{
	int jail = (int)DO("open,follow,list", "/jail", open("/jail", O_RDONLY | O_DIRECTORY));
	struct open_how how = {.flags = O_RDONLY, .resolve = RESOLVE_IN_ROOT};
	close((int)DO("open,follow", "/jail/etc/conf", syscall(SYS_openat2, jail, "/etc/conf", &how, sizeof(how))));
	close((int)DO("open,follow", "/jail/etc/up", syscall(SYS_openat2, jail, "../../etc/up", &how, sizeof(how))));
	DO("open,follow", "/jail/etc/target", syscall(SYS_openat2, jail, "/link", &how, sizeof(how)));
	say("readlink,nofollow", 0, "/jail/link");
	how.resolve = RESOLVE_BENEATH;
	DO("open,follow", "/jail/etc/beneath", syscall(SYS_openat2, jail, "etc/beneath", &how, sizeof(how)));
	close(jail);
}

static void proc_links(void)
{
	struct stat st;
	char path[128];
	int fd = (int)DO("open,follow", "/data/f", open("/data/f", O_RDONLY));
	int dir = (int)DO("open,follow,list", "/data", open("/data", O_RDONLY | O_DIRECTORY));
	DO("stat,follow", "/data/h1", stat("/proc/self/root/data/h1", &st));
	DO("stat,follow", "/data/dir/two", stat("/proc/thread-self/cwd/two", &st));
	DO("open,follow", program, open("/proc/self/exe", O_RDONLY));
	DO("stat,nofollow", "/proc/self/cwd", lstat("/proc/self/cwd", &st));
	snprintf(path, sizeof(path), "/proc/%d/root/data/h2", getpid());
	DO("stat,follow", "/data/h2", stat(path, &st));
	snprintf(path, sizeof(path), "/proc/%d/task/%d/cwd/three", getpid(), getpid());
	DO("stat,follow", "/data/dir/three", stat(path, &st));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	DO("open,follow", "/data/f", open(path, O_RDONLY));
	snprintf(path, sizeof(path), "/dev/fd/%d/m1", dir);
	DO("stat,follow", "/data/m1", stat(path, &st));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	DO("open,follow", "/data/f", linkat(AT_FDCWD, path, dir, "f2", AT_SYMLINK_FOLLOW));
	say("create,nofollow", 0, "/data/f2");
	/* standard output is a file from outside: it has no path here */
	DO("open,write,follow", "/dev/stdout", open("/dev/stdout", O_WRONLY));
	/* through another process, by its number in this pid namespace */
	int ready[2], over[2];
	char c;
	MUST(pipe(ready));
	MUST(pipe(over));
	pid_t pid = fork();
	if (pid == 0) {
		MUST(DO("chdir,follow", "/data/dir2", chdir("/data/dir2")));
		MUST(write(ready[1], "", 1));
		MUST(read(over[0], &c, 1));
		_exit(0);
	}
	MUST(read(ready[0], &c, 1));
	snprintf(path, sizeof(path), "/proc/%d/cwd/four", pid);
	DO("stat,follow", "/data/dir2/four", stat(path, &st));
	MUST(write(over[1], "", 1));
	waitpid(pid, NULL, 0);
}

static void *change_dir(void *arg)
{
	MUST(DO("chdir,follow", "/data/dir3", chdir("/data/dir3")));
	return NULL;
}

static void *own_dir(void *arg)
{
	struct stat st;
	MUST(unshare(CLONE_FS));
	MUST(DO("chdir,follow", "/data/dir4", chdir("/data/dir4")));
	DO("stat,follow", "/data/dir4/x", stat("x", &st));
	DO("stat,follow", "/data/dir3/y", stat("/proc/self/cwd/y", &st));
	DO("stat,follow", "/data/dir4/z", stat("/proc/thread-self/cwd/z", &st));
	return NULL;
}

static void threads(void)
{
	struct stat st;
	pthread_t t;
	MUST(pthread_create(&t, NULL, change_dir, NULL) ? -1 : 0);
	pthread_join(t, NULL);
	DO("stat,follow", "/data/dir3/five", stat("five", &st));
	MUST(pthread_create(&t, NULL, own_dir, NULL) ? -1 : 0);
	pthread_join(t, NULL);
	DO("stat,follow", "/data/dir3/six", stat("six", &st));
}

int main(int argc, char **argv)
{
	say_started(argv[0]);
	call_futex();
	relative();
	empty();
	longest();
	openat2_flags();
	proc_links();
	threads();
	/* by fd alone; last, as this program is over then */
	int fd = (int)DO("open,follow", "/bin/next", open("/bin/next", O_RDONLY | O_CLOEXEC));
	char *next[] = {"/bin/next", NULL}, *env[] = {NULL};
	say("exec,follow", 0, "/bin/next");
	syscall(SYS_execveat, fd, "", next, env, AT_EMPTY_PATH);
	return 1;
}
