#include "run/driver.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>

#include "base/cleanup.h"
#include "runtime/network.h"

struct run_driver {
	const struct exercise *exercises;
	size_t n;
	struct exercise_target target;
	struct oci_port *ports;
	struct progress progress; /* what the exercises see */
	int network_ns;
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
	struct run_driver *c = ctx;
	pthread_mutex_lock(&c->lock);
	c->exec = c->stopping ? EXEC_DONE : EXEC_WAITS;
	c->exec_argv = argv;
	c->exec_status = -1;
	c->exec_err = (struct err){0};
	if (c->stopping)
		err_set(&c->exec_err, ERR_CANCELLED, "container-ended", "the container has ended");
	eventfd_write(c->wake_fd, 1);
	while (c->exec != EXEC_DONE)
		pthread_cond_wait(&c->answered, &c->lock);
	c->exec = EXEC_NONE;
	int r = -(int)c->exec_err.code;
	*status = c->exec_status;
	if (answer)
		*answer = c->exec_output;
	else
		exercise_answer_done(&c->exec_output);
	c->exec_output = (struct exercise_answer){0};
	if (r < 0 && err)
		*err = c->exec_err;
	pthread_mutex_unlock(&c->lock);
	return r;
}

static void *perform(void *arg)
{
	struct run_driver *c = arg;
	int e = c->network_ns >= 0 ? runtime_network_enter(c->network_ns) : 0;
	struct err err = {0};
	int r = e ? err_sys(&err, e, "network-namespace-enter", "cannot enter the container's network namespace") : 0;
	struct exercise_log log = {0};
	for (size_t i = 0; r == 0 && i < c->n; i++) {
		r = c->exercises[i].run(c->exercises[i].ctx, &c->target, &log, &err);
		if (r < 0)
			err_wrap(&err, "%s", c->exercises[i].name);
	}
	pthread_mutex_lock(&c->lock);
	c->log = log;
	c->err = err;
	c->done = true;
	eventfd_write(c->wake_fd, 1);
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

int run_driver_start(const struct exercise *exercises, size_t n, const struct exercise_target *target, int network_ns,
		     const struct progress *progress, struct run_driver **out, struct err *err)
{
	struct run_driver *c = mem_alloc(sizeof(*c));
	c->exercises = exercises;
	c->n = n;
	c->target = *target;
	c->ports = mem_dup(target->ports, target->n_ports * sizeof(*target->ports));
	c->target.ports = c->ports;
	c->target.exec = exec_in_container;
	c->target.exec_ctx = c;
	c->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	c->cancel_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (progress)
		c->progress = *progress;
	c->progress.cancel_fd = c->cancel_fd;
	c->target.progress = &c->progress;
	c->network_ns = network_ns;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->answered, NULL);
	c->joined = true;
	if (c->wake_fd < 0 || c->cancel_fd < 0 || pthread_create(&c->thread, NULL, perform, c) != 0) {
		int r = err_sys(err, errno ? errno : EAGAIN, "thread-start", "start the exercises");
		run_driver_free(c);
		return r;
	}
	c->joined = false;
	*out = c;
	return 0;
}

int run_driver_fd(const struct run_driver *c)
{
	return c->wake_fd;
}

bool run_driver_done(struct run_driver *c)
{
	pthread_mutex_lock(&c->lock);
	bool done = c->done;
	eventfd_t n;
	eventfd_read(c->wake_fd, &n);
	pthread_mutex_unlock(&c->lock);
	return done;
}

char *const *run_driver_exec_request(struct run_driver *c)
{
	pthread_mutex_lock(&c->lock);
	char *const *argv = c->exec == EXEC_WAITS ? c->exec_argv : NULL;
	if (argv)
		c->exec = EXEC_RUNS;
	pthread_mutex_unlock(&c->lock);
	return argv;
}

void run_driver_exec_answer(struct run_driver *c, int status, struct exercise_answer *answer, const struct err *why)
{
	pthread_mutex_lock(&c->lock);
	if (c->exec == EXEC_RUNS || c->exec == EXEC_WAITS) {
		c->exec_status = status;
		if (answer) {
			c->exec_output = *answer;
			*answer = (struct exercise_answer){0};
		}
		if (why)
			c->exec_err = *why;
		c->exec = EXEC_DONE;
		pthread_cond_signal(&c->answered);
	}
	pthread_mutex_unlock(&c->lock);
}

void run_driver_stop(struct run_driver *c)
{
	pthread_mutex_lock(&c->lock);
	c->stopping = true;
	pthread_mutex_unlock(&c->lock);
	eventfd_write(c->cancel_fd, 1);
	struct err ended;
	err_set(&ended, ERR_CANCELLED, "container-ended", "the container has ended");
	run_driver_exec_answer(c, -1, NULL, &ended);
}

int run_driver_join(struct run_driver *c, struct exercise_log *log, struct err *err)
{
	if (!c->joined)
		pthread_join(c->thread, NULL);
	c->joined = true;
	*log = c->log;
	c->log = (struct exercise_log){0};
	if (c->err.code && err)
		*err = c->err;
	return -(int)c->err.code;
}

void run_driver_free(struct run_driver *c)
{
	if (!c)
		return;
	if (!c->joined) {
		run_driver_stop(c);
		pthread_join(c->thread, NULL);
	}
	exercise_log_done(&c->log);
	cleanup_closep(&c->wake_fd);
	cleanup_closep(&c->cancel_fd);
	pthread_mutex_destroy(&c->lock);
	pthread_cond_destroy(&c->answered);
	free(c->ports);
	free(c);
}
