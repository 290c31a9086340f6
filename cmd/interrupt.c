#include "cmd/interrupt.h"

#include <errno.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/stop.h"

static int continue_fd = -1; /* written by the handler */

static void on_stop(int sig)
{
	int saved = errno;
	stop_request();
	errno = saved;
}

static void on_alarm(int sig)
{
	int saved = errno;
	stop_request_timeout();
	errno = saved;
}

static void on_continue(int sig)
{
	int saved = errno;
	unsigned long long one = 1;
	(void)!write(continue_fd, &one, sizeof(one));
	errno = saved;
}

static void handle(int sig, void (*handler)(int))
{
	struct sigaction sa = {.sa_handler = handler, .sa_flags = SA_RESTART};
	sigaction(sig, &sa, NULL);
}

void interrupt_undo_inherited(void)
{
	static const int ours[] = {SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGALRM, SIGXCPU, SIGXFSZ};
	sigset_t set;
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		sigaddset(&set, ours[i]);
	signal(SIGCHLD, SIG_DFL);
	signal(SIGXFSZ, SIG_IGN);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

int interrupt_cancel_fd(struct err *err)
{
	sigset_t
	    child; /* the tracer waits for this signal (sensor/ptrace/stops.h), so no other thread may receive it */
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	signal(SIGPIPE, SIG_IGN);
	int fd = stop_open(err);
	if (fd < 0)
		return fd;
	handle(SIGINT, on_stop);
	handle(SIGTERM, on_stop);
	handle(SIGHUP, on_stop);
	handle(SIGXCPU, on_stop); /* the limit of CPU time: the kernel kills a little later */
	return fd;
}

void interrupt_after(unsigned seconds)
{
	const struct itimerval timer = {.it_interval = {.tv_sec = seconds}, .it_value = {.tv_sec = seconds}};
	handle(SIGALRM, on_alarm);
	(void)setitimer(ITIMER_REAL, &timer, NULL); /* fails only if it is asked for what there can't be */
}

void interrupt_end_time(void)
{
	interrupt_after(0);
	stop_resume();
}

int interrupt_continue_fd(struct err *err)
{
	if (continue_fd < 0)
		continue_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (continue_fd < 0)
		return err_sys(err, errno, "eventfd-create", "cannot create an eventfd");
	handle(SIGUSR1, on_continue);
	return continue_fd;
}
