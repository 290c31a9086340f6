#include "os/subproc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "os/fd.h"

extern char **environ;

/* Whether a whole int came before the pipe was closed. */
static bool read_int(int fd, int *out)
{
	ssize_t n;
	do
		n = read(fd, out, sizeof(*out));
	while (n < 0 && errno == EINTR);
	return n == sizeof(*out);
}

/* ---- in the child, between fork and exec: only async-signal-safe calls ---- */

/* Leave our process group, so that its signals don't reach the child. A traced child would stop for such a signal,
 * while its tracer waits for the exec and nothing else. All signals are blocked since before the fork. */
static void leave_group(const struct subproc_command *cmd)
{
	sigset_t none;
	sigemptyset(&none);
	if (cmd->new_session)
		setsid();
	else
		setpgid(0, 0);
	for (int s = 1; s < NSIG; s++) {
		signal(s, SIG_IGN); /* forgets what is pending */
		signal(s, SIG_DFL);
	}
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Returns the errno of what failed. */
static int become(const struct subproc_command *cmd)
{
	if (cmd->dir_fd != AT_FDCWD && fchdir(cmd->dir_fd) < 0)
		return errno;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int fds[3] = {cmd->in, cmd->out, cmd->err};
	for (int i = 0; i < 3; i++) {
		/* out of the way of 0, 1, 2 first, so that no dup2 overwrites a source */
		fds[i] = fcntl(fds[i] < 0 ? null : fds[i], F_DUPFD_CLOEXEC, 3);
		if (fds[i] < 0)
			return errno;
	}
	for (int i = 0; i < 3; i++)
		if (dup2(fds[i], i) < 0)
			return errno;
	if (cmd->prepare) {
		int e = cmd->prepare(cmd->prepare_ctx);
		if (e)
			return e;
	}
	execvpe(cmd->argv[0], cmd->argv, cmd->envp ? cmd->envp : environ);
	return errno;
}

static void child(const struct subproc_command *cmd, pid_t parent, int go, int report)
{
	int e = 0;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	leave_group(cmd);
	if (getppid() != parent || write(report, &e, sizeof(e)) != sizeof(e) || !read_int(go, &e))
		_exit(127); /* nobody is left to tell */
	e = become(cmd);
	(void)!write(report, &e, sizeof(e));
	_exit(127);
}

/* ---- start ---- */

pid_t subproc_fork(void)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pid_t pid = fork();
	int e = errno;
	if (pid != 0)
		pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = e;
	return pid;
}

static int make_pipe(int *in, int *out)
{
	int p[2];
	if (pipe2(p, O_CLOEXEC) < 0)
		return -1;
	*in = p[0];
	*out = p[1];
	return 0;
}

int subproc_start(const struct subproc_command *cmd, struct subproc *out, struct err *err)
{
	CLEANUP_FD int report_in = -1, report_out = -1, go_in = -1, go_out = -1;
	if (make_pipe(&report_in, &report_out) < 0 || make_pipe(&go_in, &go_out) < 0)
		return err_sys(err, errno, "process-start", "cannot start %s", cmd->argv[0]);
	pid_t parent = getpid(), pid = subproc_fork();
	if (pid < 0)
		return err_sys(err, errno, "process-start", "cannot start %s", cmd->argv[0]);
	if (pid == 0) {
		close(go_out);
		child(cmd, parent, go_in, report_out); /* does not return */
	}
	close(steal_fd(&report_out));
	int e = 0;
	(void)read_int(report_in, &e); /* a child that is dead is seen by the read below */
	int r = cmd->attach ? cmd->attach(cmd->attach_ctx, pid, err) : 0;
	if (r == 0)
		(void)!write(go_out, &r, sizeof(r));
	close(steal_fd(&go_out));
	bool failed = read_int(report_in, &e);
	if (r < 0) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, __WALL);
		return r;
	}
	if (failed) {
		waitpid(pid, NULL, __WALL);
		return err_sys(err, e, "process-start", "cannot start %s", cmd->argv[0]);
	}
	out->pid = pid;
	out->kill_group = cmd->kill_group;
	out->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (out->pidfd < 0) {
		e = errno;
		subproc_done(out);
		return err_sys(err, e, "process-start", "cannot start %s", cmd->argv[0]);
	}
	return 0;
}

static bool has_ended(const struct subproc *p)
{
	siginfo_t i = {0};
	int r = waitid(P_PID, (id_t)p->pid, &i, WEXITED | WNOHANG | WNOWAIT);
	return r < 0 ? errno != EINTR : i.si_pid == p->pid; /* not a child of ours: nothing to wait for */
}

int subproc_wait(struct subproc *p, int timeout_ms, const struct progress *progress, int *status, struct err *err)
{
	struct pollfd fds[2] = {
	    {.fd = p->pidfd, .events = POLLIN},
	    {.fd = progress ? progress->cancel_fd : -1, .events = POLLIN},
	};
	const uint64_t end = clock_ms() + (uint64_t)timeout_ms;
	while (!has_ended(p)) {
		uint64_t now = clock_ms();
		if (timeout_ms >= 0 && now >= end)
			return err_set(err, ERR_TIMEOUT, "process-timeout", "process %d did not end within %d s",
				       (int)p->pid, timeout_ms / 1000);
		int r = fd_poll(fds, 2, timeout_ms < 0 ? -1 : (int)(end - now)) > 0 && fds[1].revents
			    ? progress_check(progress, err)
			    : 0;
		if (r < 0)
			return r;
	}
	if (p->kill_group)
		kill(-p->pid, SIGKILL); /* before it is reaped: until then the number is its own */
	int w;
	while (waitpid(p->pid, &w, 0) < 0)
		if (errno != EINTR)
			return err_sys(err, errno, "process-wait", "cannot wait for process %d", (int)p->pid);
	close(p->pidfd);
	*p = (struct subproc){.pidfd = -1};
	*status = WIFEXITED(w) ? WEXITSTATUS(w) : 128 + WTERMSIG(w);
	return 0;
}

void subproc_done(struct subproc *p)
{
	if (p->pid <= 0)
		return;
	kill(-p->pid, SIGKILL); /* its group: what it started and did not move elsewhere */
	kill(p->pid, SIGKILL);
	while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (p->pidfd >= 0)
		close(p->pidfd);
	*p = (struct subproc){.pidfd = -1};
}
