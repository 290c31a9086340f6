/* Processes of every kind, each of which does something with a path. */
#include "say.h"

#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
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

/* Job control as a shell sees it. */
static void stopped(void)
{
	int status;
	pid_t pid = fork();
	if (pid == 0) {
		raise(SIGSTOP);
		DO("stat,follow", "/data/continued", stat("/data/continued", &st));
		_exit(7);
	}
	if (waitpid(pid, &status, WUNTRACED) != pid || !WIFSTOPPED(status) || WSTOPSIG(status) != SIGSTOP)
		_exit(1);
	MUST(kill(pid, SIGCONT));
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 7)
		_exit(2);
}

/* A filter of its own that refuses what it names, on top of ours. */
static void own_filter(void)
{
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mkdirat, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EXDEV),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = {sizeof(code) / sizeof(*code), code};
	MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	MUST(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter));
	if (mkdirat(AT_FDCWD, "/data/refused", 0700) >= 0 || errno != EXDEV) /* refused before it is a lookup */
		_exit(1);
	DO("stat,follow", "/data/filtered", stat("/data/filtered", &st));
}

/* Also while it is followed, a set-user-ID program gets its owner. */
static void set_uid(void)
{
	char *args[] = {"/bin/suid", NULL}, *env[] = {NULL};
	MUST(setresuid(1000, 1000, 1000));
	say("exec,follow", 0, args[0]);
	execve(args[0], args, env);
	_exit(1);
}

/* It works, unless it is traced itself. */
static void traced(void)
{
	if (ptrace(PTRACE_TRACEME, 0, 0, 0) < 0 && errno != EPERM)
		_exit(1);
}

int main(int argc, char **argv)
{
	say_started(argv[0]);
	CHILD(exec_from_thread());
	clone3_child(NULL);
	daemon_child();
	stopped();
	CHILD(own_filter());
	CHILD(set_uid());
	CHILD(traced());
	storm();
	killed();
	return 0;
}
