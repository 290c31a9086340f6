#include "run/input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "os/fd.h"

#define BLOCK 65536

struct run_input {
	int file, to, wake;
	pthread_t thread;
	bool has_thread;
};

/* Waits until the pipe takes more. False: nobody reads it any more, or it is to end. */
static bool has_room(const struct run_input *i)
{
	struct pollfd fds[2] = {{.fd = i->to, .events = POLLOUT}, {.fd = i->wake, .events = POLLIN}};
	return fd_poll(fds, 2, -1) > 0 && !fds[1].revents && !(fds[0].revents & POLLERR);
}

static void *copy(void *arg)
{
	struct run_input *i = arg;
	CLEANUP_FREE char *block = mem_alloc(BLOCK);
	sigset_t pipe_signal;
	sigemptyset(&pipe_signal);
	sigaddset(&pipe_signal, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &pipe_signal, NULL);
	off_t at = 0;
	while (has_room(i)) {
		ssize_t n = pread(i->file, block, BLOCK, at);
		if (n <= 0)
			break;
		ssize_t written = write(i->to, block, (size_t)n);
		if (written < 0 && errno != EAGAIN && errno != EINTR)
			break;
		at += written > 0 ? written : 0;
	}
	close(i->to); /* the container sees the end */
	i->to = -1;
	return NULL;
}

int run_input_open(int file, struct run_input **out, struct err *err)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, errno, "pipe-create", "a pipe for the container's input");
	if (file < 0) {
		close(ends[1]);
		return ends[0];
	}
	struct run_input *i = mem_alloc(sizeof(*i));
	*i = (struct run_input){.file = file, .to = ends[1], .wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
	int e =
	    i->wake < 0 || fcntl(i->to, F_SETFL, O_NONBLOCK) < 0 ? errno : pthread_create(&i->thread, NULL, copy, i);
	i->has_thread = !e;
	if (e) {
		run_input_close(i);
		close(ends[0]);
		return err_sys(err, e, "pipe-create", "a pipe for the container's input");
	}
	*out = i;
	return ends[0];
}

void run_input_close(struct run_input *i)
{
	if (!i)
		return;
	if (i->has_thread) {
		eventfd_write(i->wake, 1);
		pthread_join(i->thread, NULL);
	}
	cleanup_closep(&i->to);
	cleanup_closep(&i->wake);
	free(i);
}
