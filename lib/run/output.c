#include "run/output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/fd.h"
#include "run/output/kept_output.h"

#define BLOCK 65536

struct run_output {
	int from, end, wake;
	struct run_output_watch *watch;
	struct run_kept_output kept; /* the thread's; its fd is -1 = dropped */
	pthread_t thread;
	bool has_thread;

	pthread_mutex_t lock; /* of all below */
	pthread_cond_t changed;
	bool wants_end;
	bool is_cut, is_over;
	int failure; /* errno of the file */
	uint64_t left_out;
};

/* r: of a write to the file. After a failure all is dropped, and the container is not held up. */
static void note(struct run_output *o, int r, const struct err *err)
{
	if (r == 0)
		return;
	o->kept.fd = -1;
	pthread_mutex_lock(&o->lock);
	o->failure = err->sys;
	pthread_mutex_unlock(&o->lock);
}

/* False when nothing waits, or nobody can write any more. */
static bool copy_block(struct run_output *o, char *block)
{
	struct err err = {0};
	ssize_t n;
	while ((n = read(o->from, block, BLOCK)) < 0 && errno == EINTR)
		;
	if (n > 0 && o->watch)
		run_output_watch_feed(o->watch, block, (size_t)n);
	if (n > 0 && o->kept.fd >= 0)
		note(o, run_kept_output_add(&o->kept, block, (size_t)n, &err), &err);
	return n > 0;
}

/* Reads the bytes that are in the pipe now, not those that a process adds meanwhile. */
static void empty_pipe(struct run_output *o, char *block)
{
	int left = fcntl(o->from, F_GETPIPE_SZ);
	for (; left > 0 && copy_block(o, block); left -= BLOCK)
		;
}

static void finish(struct run_output *o)
{
	struct err err = {0};
	if (o->kept.fd >= 0)
		note(o, run_kept_output_finish(&o->kept, &err), &err);
	o->kept.fd = -1;
}

/* Returns whether it goes on. */
static bool obey(struct run_output *o, char *block)
{
	struct pollfd writers = {.fd = o->from};
	empty_pipe(o, block);
	finish(o);
	pthread_mutex_lock(&o->lock);
	o->left_out = run_kept_output_left_out(&o->kept);
	o->is_cut = true;
	o->is_over = poll(&writers, 1, 0) == 1 && writers.revents & POLLHUP;
	bool goes_on = !o->wants_end;
	pthread_cond_broadcast(&o->changed);
	pthread_mutex_unlock(&o->lock);
	return goes_on;
}

static void *copy(void *arg)
{
	struct run_output *o = arg;
	CLEANUP_FREE char *block = mem_alloc(BLOCK);
	struct pollfd fds[2] = {{.fd = o->from, .events = POLLIN}, {.fd = o->wake, .events = POLLIN}};
	for (;;) {
		eventfd_t asked;
		(void)fd_poll(fds, 2, -1);
		if ((fds[0].revents & POLLIN) && copy_block(o, block))
			continue;
		if (fds[0].revents & POLLHUP)
			fds[0].fd = -1;
		if (fds[1].revents && eventfd_read(o->wake, &asked) == 0 && !obey(o, block))
			return NULL;
	}
}

int run_output_open(int to, struct run_output_watch *watch, struct run_output **out, struct err *err)
{
	struct run_output *o = mem_alloc(sizeof(*o));
	int ends[2];
	*o = (struct run_output){.from = -1, .end = -1, .wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), .watch = watch};
	run_kept_output_init(&o->kept, to, RUN_KEPT_HEAD, RUN_KEPT_TAIL);
	pthread_mutex_init(&o->lock, NULL);
	pthread_cond_init(&o->changed, NULL);
	int e = o->wake < 0 || pipe2(ends, O_CLOEXEC) < 0 ? errno : 0;
	if (!e) {
		o->from = ends[0];
		o->end = ends[1];
		e = fcntl(o->from, F_SETFL, O_NONBLOCK) < 0 ? errno : pthread_create(&o->thread, NULL, copy, o);
	}
	o->has_thread = !e;
	if (e) {
		run_output_close(o);
		return err_sys(err, e, "pipe-create", "a pipe for the container's output");
	}
	*out = o;
	return 0;
}

int run_output_end(const struct run_output *o)
{
	return o->end;
}

void run_output_started(struct run_output *o)
{
	cleanup_closep(&o->end);
	o->end = -1;
}

/* Tells the thread and waits until it has done so. */
static int ask(struct run_output *o, bool end)
{
	pthread_mutex_lock(&o->lock);
	o->wants_end |= end;
	if (!o->is_cut || end)
		eventfd_write(o->wake, 1);
	while (!o->is_cut)
		pthread_cond_wait(&o->changed, &o->lock);
	int failure = o->failure;
	pthread_mutex_unlock(&o->lock);
	return failure;
}

bool run_output_is_over(struct run_output *o)
{
	pthread_mutex_lock(&o->lock);
	bool over = o->is_over;
	pthread_mutex_unlock(&o->lock);
	return over;
}

uint64_t run_output_left_out(struct run_output *o)
{
	pthread_mutex_lock(&o->lock);
	uint64_t left_out = o->left_out;
	pthread_mutex_unlock(&o->lock);
	return left_out;
}

int run_output_cut(struct run_output *o, struct err *err)
{
	int failure = o ? ask(o, false) : 0;
	return failure ? err_sys(err, failure, "container-output-write", "keep the container's output") : 0;
}

void run_output_close(struct run_output *o)
{
	if (!o)
		return;
	if (o->has_thread) {
		(void)ask(o, true);
		pthread_join(o->thread, NULL);
	}
	run_kept_output_done(&o->kept);
	cleanup_closep(&o->from);
	cleanup_closep(&o->end);
	cleanup_closep(&o->wake);
	pthread_mutex_destroy(&o->lock);
	pthread_cond_destroy(&o->changed);
	free(o);
}
