#include "stack/dependency.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/thread.h"
#include "run/output/container_log.h"

#define LAST_BYTES 500 /* of its output in an error */

struct stack_dependency {
	const struct stack_dependency_work *work;
	struct run_options options;
	struct exercise exercise;
	struct progress progress;
	pthread_t thread;
	pthread_mutex_t lock;
	int stop, cancel; /* eventfds */
	/* With the lock. */
	enum stack_state state;
	bool stopping;
	struct err failure;
	struct run_results results; /* one, once it has ended */
};

static void set_state(struct stack_dependency *d, enum stack_state state)
{
	pthread_mutex_lock(&d->lock);
	d->state = state;
	pthread_mutex_unlock(&d->lock);
	(void)eventfd_write(d->work->changed, 1);
}

enum stack_state stack_dependency_state(struct stack_dependency *d)
{
	pthread_mutex_lock(&d->lock);
	const enum stack_state state = d->state;
	pthread_mutex_unlock(&d->lock);
	return state;
}

/* ---- in its threads ---- */

/* The exercise: told that the container runs, it waits until it is healthy. */
static int await_health(void *ctx, const struct exercise_target *t, struct exercise_log *log, struct err *err)
{
	struct stack_dependency *d = ctx;
	(void)log;
	set_state(d, STACK_STARTED);
	int r = d->work->health->argv.count ? stack_health_await(d->work->health, t, d->stop, err) : 1;
	if (r == 1)
		set_state(d, STACK_HEALTHY);
	return r < 0 ? r : 0;
}

static void *run(void *ctx)
{
	struct stack_dependency *d = ctx;
	const struct stack_dependency_work *w = d->work;
	CLEANUP_TRACE struct trace trace = {0}; /* nobody asks what it did */
	struct oci_image_config config = *w->image->config;
	const struct run_image image = {w->image->layers, &config};
	config.n_ports = 0; /* an engine does not wait for ports either */
	struct run_results results = {0};
	struct err err = {0};
	(void)!run_record(w->dir, w->name, &image, &d->options, &d->progress, &trace, run_results_add(&results), &err);
	pthread_mutex_lock(&d->lock);
	d->results = results;
	d->failure = err;
	pthread_mutex_unlock(&d->lock);
	set_state(d, STACK_ENDED);
	return NULL;
}

/* ---- in the caller's thread ---- */

static void done(struct stack_dependency *d)
{
	cleanup_closep(&d->stop);
	cleanup_closep(&d->cancel);
	run_results_done(&d->results);
	pthread_mutex_destroy(&d->lock);
	free(d);
}

int stack_dependency_start(const struct stack_dependency_work *work, struct stack_dependency **out, struct err *err)
{
	struct stack_dependency *d = mem_alloc(sizeof(*d));
	d->work = work;
	pthread_mutex_init(&d->lock, NULL);
	d->stop = eventfd(0, EFD_CLOEXEC);
	d->cancel = eventfd(0, EFD_CLOEXEC);
	d->options = *work->options;
	d->exercise = (struct exercise){.name = "health check", .run = await_health, .ctx = d};
	d->options.exercises = &d->exercise;
	d->options.n_exercises = 1;
	d->options.until = RUN_UNTIL_FD;
	d->options.continue_fd = d->stop;
	d->options.may_exit = true;
	d->progress = (struct progress){.cancel_fd = d->cancel};
	int failed = d->stop < 0 || d->cancel < 0 ? errno : thread_start(&d->thread, run, d);
	if (failed) {
		done(d);
		return err_sys(err, failed, "thread-start", "service %s", work->service);
	}
	*out = d;
	return 0;
}

/* The last lines that the container printed, as one. */
static char *last_words(int log_fd)
{
	CLEANUP_BUF struct buf last = {0}, out = {0};
	run_log_tail(log_fd, LAST_BYTES, &last);
	char *rest = last.len ? last.data : NULL, *line;
	while ((line = strsep(&rest, "\n")))
		if (*line)
			buf_printf(&out, "%s%s", out.len ? " | " : "", line);
	return out.len ? buf_steal(&out) : mem_strdup("nothing");
}

static int ended(struct stack_dependency *d, const char *what, struct err *err)
{
	CLEANUP_FREE char *said = last_words(d->options.log_fd);
	if (d->failure.code)
		return err_set(err, d->failure.code == ERR_UNPROVEN ? ERR_UNPROVEN : ERR_SYS, "compose-service-failed",
			       "service %s: %s; it printed last: %s", d->work->service, d->failure.msg, said);
	return err_set(err, ERR_UNPROVEN, "compose-service-ended",
		       "service %s ended with status %d %s; it printed "
		       "last: %s",
		       d->work->service, d->results.items[0].status, what, said);
}

static int meets(struct stack_dependency *d, enum compose_condition condition, struct err *err)
{
	const bool over = d->state == STACK_ENDED;
	const bool right = over && !d->failure.code && d->results.items[0].status == 0;
	switch (condition) {
	case COMPOSE_COMPLETED:
		return right ? 1 : over ? ended(d, "but must complete with 0", err) : 0;
	case COMPOSE_HEALTHY:
		return over ? ended(d, "before it was healthy", err) : d->state == STACK_HEALTHY;
	case COMPOSE_STARTED:
		return right ? 1 : over ? ended(d, "at once", err) : d->state >= STACK_STARTED;
	}
	return 0;
}

int stack_dependency_meets(struct stack_dependency *d, enum compose_condition condition, struct err *err)
{
	pthread_mutex_lock(&d->lock);
	int r = meets(d, condition, err);
	pthread_mutex_unlock(&d->lock);
	return r;
}

int stack_dependency_status(struct stack_dependency *d)
{
	pthread_mutex_lock(&d->lock);
	const int status = d->results.items[0].status;
	pthread_mutex_unlock(&d->lock);
	return status;
}

void stack_dependency_stop(struct stack_dependency *d)
{
	pthread_mutex_lock(&d->lock);
	d->stopping = d->state != STACK_ENDED;
	pthread_mutex_unlock(&d->lock);
	(void)eventfd_write(d->stop, 1);
}

void stack_dependency_kill(struct stack_dependency *d)
{
	stack_dependency_stop(d);
	(void)eventfd_write(d->cancel, 1);
}

int stack_dependency_join(struct stack_dependency *d, struct err *err)
{
	int r = 0;
	pthread_join(d->thread, NULL);
	if (!d->stopping && (d->failure.code || d->results.items[0].status != 0))
		r = ended(d, "while it was needed", err);
	done(d);
	return r;
}
