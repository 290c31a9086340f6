/* Processes of every kind, each of which does something with a path. */
#include "say.h"

#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/ptrace.h>

static struct stat st;

static void *exec_next(void *arg)
{
	char *next[] = {"/bin/next", NULL}, *env[] = {NULL};
	say("exec,follow", 0, "/bin/next");
	execve("/bin/next", next, env);
	_exit(1);
}

static void exec_from_thread(void)
{
	pthread_t t;
	MUST(pthread_create(&t, NULL, exec_next, NULL) ? -1 : 0);
	pthread_join(t, NULL);
	_exit(1);
}

static void *clone3_child(void *arg)
{
	struct clone_args args = {.exit_signal = SIGCHLD};
	pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (pid == 0) {
		DO("stat,follow", "/data/clone3", stat("/data/clone3", &st));
		_exit(0);
	}
	MUST(pid);
	MUST(waitpid(pid, NULL, 0));
	return NULL;
}

static void storm(void)
{
	for (volatile int i = 0; i < 2000; i++) {
		pid_t pid = i % 2 ? vfork() : fork();
		if (pid == 0) {
			access(i % 2 ? "/data/vforked" : "/data/forked", R_OK);
			_exit(0);
		}
		MUST(waitpid(pid, NULL, 0));
	}
	say("stat,follow", 0, "/data/vforked");
	say("stat,follow", 0, "/data/forked");
}

/* An exec in the middle of its parent's memory and files; the parent waits in the kernel until then. */
static void born(void)
{
	static const char *const tried[] = {"/data/none1", "/data/none2", "/bin/next"}; /* as execvp does */
	for (volatile int i = 0; i < 2; i++) {
		struct clone_args args = {.flags = CLONE_VFORK, .exit_signal = SIGCHLD};
		pid_t pid = i ? vfork() : (pid_t)syscall(SYS_clone3, &args, sizeof(args));
		if (pid == 0) {
			for (int k = 0; k < 3; k++) {
				char *next[] = {"next", NULL}, *env[] = {NULL};
				execve(tried[k], next, env);
			}
			_exit(1);
		}
		int status;
		CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	}
	for (int k = 0; k < 3; k++)
		say("exec,follow", k == 2 ? 0 : (errno = ENOENT, -1), tried[k]);
}

/* Two processes with one table of files: the number that one closes and opens again is another directory for both. */
static void shared_files(void)
{
	int dir = (int)DO("open,follow,list", "/data/dir", open("/data/dir", O_RDONLY | O_DIRECTORY)), status;
	struct clone_args args = {.flags = CLONE_FILES, .exit_signal = SIGCHLD};
	pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (pid == 0) {
		MUST(close(dir));
		CHECK(DO("open,follow,list", "/data/dir2", open("/data/dir2", O_RDONLY | O_DIRECTORY)) == dir);
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	DO("stat,follow", "/data/dir2/four", fstatat(dir, "four", &st, 0));
	/* all of them closed: one that is opened then is another again */
	MUST(close_range((unsigned)dir, ~0u, 0));
	CHECK(fstatat(dir, "two", &st, 0) < 0 && errno == EBADF);
	CHECK(DO("open,follow,list", "/data/dir3", open("/data/dir3", O_RDONLY | O_DIRECTORY)) == dir);
	DO("stat,follow", "/data/dir3/five", fstatat(dir, "five", &st, 0));
	close(dir);
}

/* Watched and killed by descriptor, and a directory of another taken over. */
static void by_pidfd(void)
{
	int ready[2];
	char c;
	MUST(pipe(ready));
	pid_t pid = fork();
	if (pid == 0) {
		int dir = (int)DO("open,follow,list", "/data/dir4", open("/data/dir4", O_RDONLY | O_DIRECTORY));
		MUST(write(ready[1], &dir, sizeof(c)));
		for (;;)
			access("/data/killed", R_OK);
	}
	MUST(read(ready[0], &c, 1));
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	MUST(fd);
	int dir = (int)syscall(SYS_pidfd_getfd, fd, c, 0);
	if (dir >= 0) /* as much as it may trace it */
		DO("stat,follow", "/data/dir4/got", fstatat(dir, "got", &st, 0));
	MUST(syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0));
	siginfo_t info;
	MUST(waitid(P_PIDFD, (id_t)fd, &info, WEXITED));
	CHECK(info.si_pid == pid && info.si_code == CLD_KILLED && info.si_status == SIGKILL);
}

/* Killed while they stop: each end of theirs is somewhere in or between two stops. */
static void killed(void)
{
	int go[2];
	char c;
	MUST(pipe(go));
	for (int i = 0; i < 200; i++) {
		pid_t pid = fork();
		if (pid == 0) {
			MUST(write(go[1], "", 1));
			for (;;)
				access("/data/killed", R_OK);
		}
		MUST(pid);
		MUST(read(go[0], &c, 1));
		while (waitpid(pid, NULL, WNOHANG) == 0)
			MUST(kill(pid, SIGKILL));
	}
	say("stat,follow", 0, "/data/killed");
}

static void daemon_child(void)
{
	int over[2];
	char c;
	MUST(pipe(over));
	CHILD(setsid(); if (fork() == 0) {
		DO("stat,follow", "/data/daemon", stat("/data/daemon", &st));
		_exit(0);
	});
	close(over[1]);
	if (read(over[0], &c, 1) != 0) /* until the daemon has ended */
		_exit(1);
}

/* Also while it is followed, a program gets what its file gives: its owner, its capabilities. */
static void privileged(char *path)
{
	char *args[] = {path, NULL}, *env[] = {NULL};
	MUST(setresuid(1000, 1000, 1000));
	say("exec,follow", 0, path);
	execve(path, args, env);
	_exit(1);
}

/* It works, unless it is traced itself. */
static void traced(void)
{
	pid_t parent = getppid();
	int alone = ptrace(PTRACE_TRACEME, 0, 0, 0) == 0;
	CHECK(alone || errno == EPERM);
	if (alone)
		return;
	CHECK(ptrace(PTRACE_ATTACH, parent, 0, 0) < 0 && errno == EPERM);
	CHECK(ptrace(PTRACE_SEIZE, parent, 0, 0) < 0 && errno == EPERM);
}

int main(int argc, char **argv)
{
	say_started(argv[0]);
	call_futex();
	CHILD(exec_from_thread());
	clone3_child(NULL);
	daemon_child();
	born();
	shared_files();
	by_pidfd();
	CHILD(privileged("/bin/suid"));
	CHILD(privileged("/bin/capable"));
	CHILD(traced());
	storm();
	killed();
	return 0;
}
