#include "sensor/ebpf/kill_guard.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"

#define KEPT 32

/* In the guard. fds are moved to the numbers 0.., and all else is closed: nobody waits for a pipe because of us. The
 * numbers used meanwhile are the lowest that are free, as a low limit of open files allows no others. An errno. */
static int keep_only(const int *fds, size_t n)
{
	int kept[KEPT];
	for (size_t i = 0; i < n; i++)
		if ((kept[i] = fcntl(fds[i], F_DUPFD, (int)n)) < 0)
			return errno;
	for (size_t i = 0; i < n; i++)
		if (dup2(kept[i], (int)i) < 0)
			return errno;
	return syscall(SYS_close_range, (unsigned)n, ~0u, 0) < 0 ? errno : 0;
}

/* fds: n that kill_all gets, then life, then where to say that the guard stands. Other threads of this process may have
 * held any lock at the fork: only async-signal-safe calls. */
static void watch(bool (*kill_all)(const int *fds), const int *fds, size_t n)
{
	static const int low[KEPT] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
				      16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};
	const int life = (int)n, answer = (int)n + 1;
	sigset_t all;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	setsid();
	prctl(PR_SET_NAME, "slim-guard");
	(void)!chdir("/"); /* holds no mount busy, if it can */
	int e = keep_only(fds, n + 2);
	if (write(e ? fds[n + 1] : answer, &e, sizeof(e)) != sizeof(e) || e)
		_exit(1);
	close(answer);
	char c;
	while (read(life, &c, 1) < 0 && errno == EINTR)
		;
	while (kill_all(low))
		nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
	_exit(0);
}

/* Until the guard stands, or it has ended. */
static int await(int answer, struct err *err)
{
	int e;
	ssize_t n;
	do
		n = read(answer, &e, sizeof(e));
	while (n < 0 && errno == EINTR);
	if (n == sizeof(e) && e == 0)
		return 0;
	return err_sys(err,
		       n == sizeof(e) ? e
		       : n < 0        ? errno
				      : EPIPE,
		       "kill-guard-start", "cannot start the process that ends the container if slim is killed");
}

int ebpf_kill_guard_start(struct ebpf_kill_guard *g, bool (*kill_all)(const int *fds), const int *fds, size_t n,
			  struct err *err)
{
	int life[2], answer[2], all[KEPT];
	*g = (struct ebpf_kill_guard){.life = -1};
	if (n + 2 > KEPT)
		return err_set(err, ERR_LIMIT, "too-many-descriptors", "too many descriptors for the guard");
	if (pipe2(life, O_CLOEXEC) < 0)
		return err_sys(err, errno, "pipe-create", "cannot create a pipe");
	CLEANUP_FD int in = life[0], out = life[1];
	if (pipe2(answer, O_CLOEXEC) < 0)
		return err_sys(err, errno, "pipe-create", "cannot create a pipe");
	CLEANUP_FD int answer_in = answer[0];
	memcpy(all, fds, n * sizeof(*fds));
	all[n] = in;
	all[n + 1] = answer[1];
	g->pid = fork();
	if (g->pid == 0) {
		close(out);
		watch(kill_all, all, n);
	}
	int e = errno;
	close(answer[1]);
	if (g->pid < 0) {
		g->pid = 0;
		return err_sys(err, e, "process-start", "cannot fork");
	}
	g->life = steal_fd(&out);
	int r = await(answer_in, err);
	if (r < 0)
		ebpf_kill_guard_done(g);
	return r;
}

void ebpf_kill_guard_done(struct ebpf_kill_guard *g)
{
	if (!g->pid)
		return;
	close(g->life);
	while (waitpid(g->pid, NULL, 0) < 0 && errno == EINTR)
		;
	*g = (struct ebpf_kill_guard){.life = -1};
}
