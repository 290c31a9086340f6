#include "cmd/interrupt.h"

#include <errno.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

static int cancel_fd = -1, continue_fd = -1; /* written by the handler */

static void on_signal(int sig)
{
	int saved = errno;
	unsigned long long one = 1;
	(void)!write(sig == SIGUSR1 ? continue_fd : cancel_fd, &one, sizeof(one));
	errno = saved;
}

static int listen_to(int *fd, const int *signals, struct err *err)
{
	if (*fd < 0)
		*fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (*fd < 0)
		return err_sys(err, errno, "eventfd-create", "eventfd");
	struct sigaction sa = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
	for (; *signals; signals++)
		sigaction(*signals, &sa, NULL);
	return *fd;
}

int interrupt_cancel_fd(struct err *err)
{
	sigset_t child; /* the tracer asks for this signal (sensor/ptrace/stops.h), no other thread may take it away */
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	signal(SIGPIPE, SIG_IGN);
	return listen_to(&cancel_fd, (const int[]){SIGINT, SIGTERM, SIGHUP, 0}, err);
}

int interrupt_continue_fd(struct err *err)
{
	return listen_to(&continue_fd, (const int[]){SIGUSR1, 0}, err);
}
