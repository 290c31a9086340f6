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

#define KEPT 32

/* Other threads of this process may have held any lock at the fork: only async-signal-safe calls. */
static void watch(int life, bool (*kill_all)(const int *fds), const int *fds, size_t n)
{
	sigset_t all;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	setsid();
	prctl(PR_SET_NAME, "slim-guard");
	(void)!chdir("/"); /* holds no mount busy, if it can */
	/* what is kept goes to the numbers 0.., and the rest is closed: nobody waits for a pipe because of us */
	int kept[KEPT], low[KEPT];
	for (size_t i = 0; i <= n; i++)
		kept[i] = fcntl(i < n ? fds[i] : life, F_DUPFD, 1024);
	for (size_t i = 0; i <= n; i++)
		low[i] = dup2(kept[i], (int)i);
	syscall(SYS_close_range, (unsigned)n + 1, ~0u, 0);
	char c;
	while (read((int)n, &c, 1) < 0 && errno == EINTR)
		;
	while (kill_all(low))
		nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
	_exit(0);
}

int ebpf_kill_guard_start(struct ebpf_kill_guard *g, bool (*kill_all)(const int *fds), const int *fds, size_t n,
			  struct err *err)
{
	int p[2];
	*g = (struct ebpf_kill_guard){.life = -1};
	if (n >= KEPT)
		return err_set(err, ERR_LIMIT, "too-many-descriptors", "too many descriptors for the guard");
	if (pipe2(p, O_CLOEXEC) < 0)
		return err_sys(err, errno, "pipe-create", "pipe");
	g->pid = fork();
	if (g->pid == 0) {
		close(p[1]);
		watch(p[0], kill_all, fds, n);
	}
	close(p[0]);
	if (g->pid < 0) {
		g->pid = 0;
		close(p[1]);
		return err_sys(err, errno, "process-start", "fork");
	}
	g->life = p[1];
	return 0;
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
