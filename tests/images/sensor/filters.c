/* Programs with a seccomp filter of their own, of each action: what it does is as without us. */
#include "say.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>

static struct stat st;

/* For mkdirat; all else is allowed. The notification fd, or 0. */
static int load(unsigned action, unsigned flags)
{
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mkdirat, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, action),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = {sizeof(code) / sizeof(*code), code};
	MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	int r = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &filter);
	MUST(r);
	return r;
}

static void refused(void)
{
	load(SECCOMP_RET_ERRNO | EXDEV, 0);
	CHECK(mkdirat(AT_FDCWD, "/data/errno", 0700) < 0 && errno == EXDEV); /* before it is a lookup */
	DO("stat,follow", "/data/filtered", stat("/data/filtered", &st));
}

static void killed(unsigned action)
{
	int status;
	pid_t pid = fork();
	if (pid == 0) {
		load(action, 0);
		DO("stat,follow", "/data/filtered", stat("/data/filtered", &st));
		mkdirat(AT_FDCWD, "/data/killed", 0700);
		_exit(1);
	}
	CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
}

static volatile sig_atomic_t trapped;

static void on_trap(int sig, siginfo_t *info, void *context)
{
	trapped = info->si_syscall == SYS_mkdirat;
	/* a handler may do what it likes */
	DO("stat,follow", "/data/trapped", stat("/data/trapped", &st));
}

static void trap(void)
{
	struct sigaction handler = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};
	MUST(sigaction(SIGSYS, &handler, NULL));
	load(SECCOMP_RET_TRAP, 0);
	mkdirat(AT_FDCWD, "/data/trap", 0700);
	CHECK(trapped);
}

/* A supervisor, as a container manager has one, answers for its child. */
static void notified(void)
{
	int pair[2], status;
	MUST(pipe(pair));
	int listener = load(SECCOMP_RET_USER_NOTIF, SECCOMP_FILTER_FLAG_NEW_LISTENER);
	pid_t pid = fork();
	if (pid == 0) {
		CHECK(mkdirat(AT_FDCWD, "/data/notified", 0700) == 0);
		CHECK(mkdirat(AT_FDCWD, "/data/notified", 0700) < 0 && errno == EXDEV);
		CHECK(mkdirat(AT_FDCWD, "/data/let", 0700) == 0); /* the supervisor comes before us: not seen */
		_exit(0);
	}
	for (int i = 0; i < 3; i++) {
		struct seccomp_notif ask = {0};
		MUST(ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &ask));
		CHECK(ask.data.nr == SYS_mkdirat);
		struct seccomp_notif_resp answer = {.id = ask.id};
		if (i == 1)
			answer.error = -EXDEV;
		if (i == 2)
			answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
		MUST(ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer));
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

/* It hopes for a tracer of its own. Without one the call is not there. */
static void traced(unsigned data)
{
	load(SECCOMP_RET_TRACE | data, 0);
	CHECK(mkdirat(AT_FDCWD, "/data/traced", 0700) < 0 && errno == ENOSYS);
	DO("stat,follow", "/data/filtered", stat("/data/filtered", &st));
}

int main(int argc, char **argv)
{
	say_started(argv[0]);
	CHILD(refused());
	killed(SECCOMP_RET_KILL_PROCESS);
	killed(SECCOMP_RET_KILL_THREAD);
	CHILD(trap());
	CHILD(notified());
	for (unsigned data = 0; data < 3; data++)
		CHILD(traced(data));
	CHECK(access("/data/traced", F_OK) < 0);
	say("stat,follow", -1, "/data/traced");
	return 0;
}
