#include "run/driver.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>

#include "base/cleanup.h"
#include "runtime/network.h"

struct run_driver {
	struct run_driver_work work;
	struct exercise_target target;
	struct oci_port *ports;
	struct progress progress; /* what the exercises see */
	int wake_fd, cancel_fd;
	pthread_t thread;
	bool joined;

	pthread_mutex_t lock; /* of all below */
	pthread_cond_t answered;
	bool done, stopping;
	enum { EXEC_NONE, EXEC_WAITS, EXEC_RUNS, EXEC_DONE } exec;
	char *const *exec_argv;
	int exec_status;
	struct exercise_answer exec_output;
	struct err exec_err;
	struct exercise_log log;
	struct err err;
};

/* target->exec: hand the command to the caller's loop and wait for its answer. */
static int exec_in_container(void *ctx, char *const *argv, int *status, struct exercise_answer *answer, struct err *err)
{
	struct run_driver *d = ctx;
	pthread_mutex_lock(&d->lock);
	d->exec = d->stopping ? EXEC_DONE : EXEC_WAITS;
	d->exec_argv = argv;
	d->exec_status = -1;
	d->exec_err = (struct err){0};
	if (d->stopping)
		err_set(&d->exec_err, ERR_CANCELLED, "container-ended", "the container has ended");
	eventfd_write(d->wake_fd, 1);
	while (d->exec != EXEC_DONE)
		pthread_cond_wait(&d->answered, &d->lock);
	d->exec = EXEC_NONE;
	int r = -(int)d->exec_err.code;
	*status = d->exec_status;
	if (answer)
		*answer = d->exec_output;
	else
		exercise_answer_done(&d->exec_output);
	d->exec_output = (struct exercise_answer){0};
	if (r < 0 && err)
		*err = d->exec_err;
	pthread_mutex_unlock(&d->lock);
	return r;
}

static void on_added(void *ctx, size_t count)
{
	struct run_driver *d = ctx;
	if (d->work.on_step)
		d->work.on_step(d->work.ctx, count + 1);
}

static void *perform(void *arg)
{
	struct run_driver *d = arg;
	int e = d->work.network_ns >= 0 ? runtime_network_enter(d->work.network_ns) : 0;
	struct err err = {0};
	int r = e ? err_sys(&err, e, "network-namespace-enter", "cannot enter the container's network namespace") : 0;
	struct exercise_log log = {.added = on_added, .added_ctx = d};
	on_added(d, 0);
	for (size_t i = 0; r == 0 && i < d->work.n_exercises; i++) {
		r = d->work.exercises[i].run(d->work.exercises[i].ctx, &d->target, &log, &err);
		if (r == -ERR_UNPROVEN && d->work.goes_on) {
			err = (struct err){0};
			r = 0; /* its step says it */
		} else if (r < 0) {
			err_wrap(&err, "%s", d->work.exercises[i].name);
		}
	}
	if (d->work.on_step)
		d->work.on_step(d->work.ctx, 0);
	log.added = NULL;
	pthread_mutex_lock(&d->lock);
	d->log = log;
	d->err = err;
	d->done = true;
	eventfd_write(d->wake_fd, 1);
	pthread_mutex_unlock(&d->lock);
	return NULL;
}

int run_driver_start(const struct run_driver_work *work, struct run_driver **out, struct err *err)
{
	struct run_driver *d = mem_alloc(sizeof(*d));
	d->work = *work;
	d->target = *work->target;
	d->ports = mem_dup(d->target.ports, d->target.n_ports * sizeof(*d->target.ports));
	d->target.ports = d->ports;
	d->target.exec = exec_in_container;
	d->target.exec_ctx = d;
	d->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	d->cancel_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (work->progress)
		d->progress = *work->progress;
	d->progress.cancel_fd = d->cancel_fd;
	d->target.progress = &d->progress;
	pthread_mutex_init(&d->lock, NULL);
	pthread_cond_init(&d->answered, NULL);
	d->joined = true;
	if (d->wake_fd < 0 || d->cancel_fd < 0 || pthread_create(&d->thread, NULL, perform, d) != 0) {
		int r = err_sys(err, errno ? errno : EAGAIN, "thread-start", "start the exercises");
		run_driver_free(d);
		return r;
	}
	d->joined = false;
	*out = d;
	return 0;
}

int run_driver_fd(const struct run_driver *d)
{
	return d->wake_fd;
}

bool run_driver_done(struct run_driver *d)
{
	pthread_mutex_lock(&d->lock);
	bool done = d->done;
	eventfd_t n;
	eventfd_read(d->wake_fd, &n);
	pthread_mutex_unlock(&d->lock);
	return done;
}

char *const *run_driver_exec_request(struct run_driver *d)
{
	pthread_mutex_lock(&d->lock);
	char *const *argv = d->exec == EXEC_WAITS ? d->exec_argv : NULL;
	if (argv)
		d->exec = EXEC_RUNS;
	pthread_mutex_unlock(&d->lock);
	return argv;
}

void run_driver_exec_answer(struct run_driver *d, int status, struct exercise_answer *answer, const struct err *why)
{
	pthread_mutex_lock(&d->lock);
	if (d->exec == EXEC_RUNS || d->exec == EXEC_WAITS) {
		d->exec_status = status;
		if (answer) {
			d->exec_output = *answer;
			*answer = (struct exercise_answer){0};
		}
		if (why)
			d->exec_err = *why;
		d->exec = EXEC_DONE;
		pthread_cond_signal(&d->answered);
	}
	pthread_mutex_unlock(&d->lock);
}

void run_driver_stop(struct run_driver *d)
{
	pthread_mutex_lock(&d->lock);
	d->stopping = true;
	pthread_mutex_unlock(&d->lock);
	eventfd_write(d->cancel_fd, 1);
	struct err ended;
	err_set(&ended, ERR_CANCELLED, "container-ended", "the container has ended");
	run_driver_exec_answer(d, -1, NULL, &ended);
}

int run_driver_join(struct run_driver *d, struct exercise_log *log, struct err *err)
{
	if (!d->joined)
		pthread_join(d->thread, NULL);
	d->joined = true;
	*log = d->log;
	d->log = (struct exercise_log){0};
	if (d->err.code && err)
		*err = d->err;
	return -(int)d->err.code;
}

void run_driver_free(struct run_driver *d)
{
	if (!d)
		return;
	if (!d->joined) {
		run_driver_stop(d);
		pthread_join(d->thread, NULL);
	}
	exercise_log_done(&d->log);
	cleanup_closep(&d->wake_fd);
	cleanup_closep(&d->cancel_fd);
	pthread_mutex_destroy(&d->lock);
	pthread_cond_destroy(&d->answered);
	free(d->ports);
	free(d);
}
