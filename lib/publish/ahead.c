#include "publish/ahead.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/thread.h"

static int send_to(struct publish_ahead *a, const struct oci_ref *ref, struct err *err)
{
	CLEANUP_TRANSPORT_SINK struct transport_sink *sink = NULL; /* of its own: nothing else sees what fails here */
	int r = transport_sink_open(ref, &a->access, &sink, err);
	if (r == 0)
		r = transport_sink_has(sink, &a->layer, err);
	if (r == 0)
		r = transport_sink_blob_fd(sink, &a->layer, a->fd, err);
	return r < 0 ? r : transport_sink_flush(sink, err);
}

static void *run(void *arg)
{
	struct publish_ahead *a = arg;
	for (size_t i = 0; i < a->to->count && progress_check(&a->progress, NULL) == 0; i++) {
		const struct oci_ref *ref = &a->to->items[i].ref;
		struct err e = {0};
		if (!transport_traits(ref->scheme)->registry)
			continue;
		CLEANUP_FREE char *text = oci_ref_text(ref);
		CLEANUP_FREE char *name = mem_printf("send the layer ahead to %s", text);
		const size_t step = timings_begin_apart(a->progress.timings, name, "the destination");
		if (send_to(a, ref, &e) < 0)
			log_debug("the layer was not sent ahead: %s", e.msg);
		timings_end(a->progress.timings, step);
	}
	return NULL;
}

static bool has_registry(const struct publish_destinations *to)
{
	for (size_t i = 0; i < to->count; i++)
		if (transport_traits(to->items[i].ref.scheme)->registry)
			return true;
	return false;
}

static void tell(void *ctx, const char *stage, uint64_t done, uint64_t total, const char *unit)
{
	struct publish_ahead *a = ctx;
	if (a->awaited && a->user && a->user->step)
		a->user->step(a->user->ctx, stage, done, total, unit);
}

static void close_fds(struct publish_ahead *a)
{
	cleanup_closep(&a->poll_fd);
	cleanup_closep(&a->stop_fd);
}

static bool watch(struct publish_ahead *a)
{
	struct epoll_event in = {.events = EPOLLIN};
	const int user = a->user ? a->user->cancel_fd : -1;
	a->stop_fd = eventfd(0, EFD_CLOEXEC);
	a->poll_fd = epoll_create1(EPOLL_CLOEXEC);
	return a->stop_fd >= 0 && a->poll_fd >= 0 && epoll_ctl(a->poll_fd, EPOLL_CTL_ADD, a->stop_fd, &in) == 0 &&
	       (user < 0 || epoll_ctl(a->poll_fd, EPOLL_CTL_ADD, user, &in) == 0);
}

void publish_ahead_start(struct publish_ahead *a, const struct publish_destinations *to,
			 const struct transport_options *access, const struct oci_descriptor *d, int fd)
{
	if (!has_registry(to))
		return;
	*a = (struct publish_ahead){
	    .to = to, .access = *access, .user = access->progress, .layer = *d, .fd = fd, .started = true};
	if (!watch(a)) {
		close_fds(a);
		a->started = false;
		return;
	}
	a->progress =
	    (struct progress){.step = tell, .ctx = a, .cancel_fd = a->poll_fd, .timings = progress_timings(a->user)};
	a->access.progress = &a->progress;
	a->access.warnings = NULL; /* the destination's own sink adds the same ones */
	a->access.engines = NULL;
	a->runs = thread_start(&a->thread, run, a) == 0;
}

void publish_ahead_wait(struct publish_ahead *a)
{
	a->awaited = true;
	if (a->runs)
		pthread_join(a->thread, NULL);
	a->runs = false;
}

void publish_ahead_end(struct publish_ahead *a)
{
	if (!a->started)
		return;
	eventfd_write(a->stop_fd, 1);
	if (a->runs)
		pthread_join(a->thread, NULL);
	close_fds(a);
	*a = (struct publish_ahead){0};
}
