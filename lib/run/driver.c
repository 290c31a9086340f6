#include "run/driver.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "os/listeners.h"
#include "os/proc_tree.h"
#include "run/bridge/host_thread.h"
#include "run/readiness.h"
#include "runtime/network.h"

#define LOOPBACK "127.0.0.1"

#define SETTLE_MS 30000     /* for the ports to listen again after a signal */
#define SETTLE_BUSY_MS 3000 /* a service that is never idle has dealt with a signal by then */
#define ENDED_MS 10000      /* for the caller to learn that the container has ended */
#define SETTLE_LOOK_MS 50   /* between two looks */
#define IDLE_TICKS 1        /* of CPU time between two looks, at most */

struct run_driver {
	struct run_driver_work work;
	struct exercise_target target;
	struct progress progress; /* what the exercises see */
	int wake_fd, cancel_fd;
	pthread_t thread;
	bool joined;
	struct run_host_thread *outside; /* NULL = nothing is published */

	/* the thread's: what target points to */
	struct oci_port *ports;
	const char **hosts;
	struct listeners listeners;

	pthread_mutex_t lock; /* of all below */
	pthread_cond_t answered;
	struct oci_port *known;
	size_t n_known;
	bool done, stopping;
	uint64_t ready_at;
	enum { EXEC_NONE, EXEC_WAITS, EXEC_RUNS, EXEC_DONE } exec;
	char *const *exec_argv;
	int exec_status;
	struct exercise_answer exec_output;
	struct err exec_err;
	struct exercise_log log;
	struct err err;
};

/* ---- what the exercises ask for ---- */

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

static bool has_port(const struct oci_port *ports, size_t n, uint16_t number)
{
	for (size_t i = 0; i < n; i++)
		if (ports[i].number == number)
			return true;
	return false;
}

/* The ports that the caller knows, and in a network of its own those that it was not told of yet. */
static size_t all_ports(struct run_driver *d)
{
	pthread_mutex_lock(&d->lock);
	size_t n = d->n_known;
	d->ports = mem_realloc(d->ports, n + d->listeners.count + 1, sizeof(*d->ports));
	for (size_t i = 0; i < n; i++)
		d->ports[i] = d->known[i];
	pthread_mutex_unlock(&d->lock);
	for (size_t i = 0; d->work.owns_network && i < d->listeners.count; i++) {
		uint16_t port = d->listeners.items[i].port;
		if (!run_readiness_is_dynamic(port) && !has_port(d->ports, n, port))
			d->ports[n++] = (struct oci_port){.number = port};
	}
	return n;
}

/* target->look */
static void look(void *ctx)
{
	struct run_driver *d = ctx;
	struct err err = {0};
	const char *usual = d->work.host ? d->work.host : LOOPBACK;
	listeners_done(&d->listeners);
	if (!d->work.host && listeners_read(&d->listeners, &err) < 0)
		log_debug("%s", err.msg);
	size_t n = all_ports(d);
	d->hosts = mem_realloc(d->hosts, n + 1, sizeof(*d->hosts));
	for (size_t i = 0; i < n; i++) {
		const char *address = listeners_address(&d->listeners, d->ports[i].number);
		d->hosts[i] = address ? address : usual;
	}
	d->target.ports = d->ports;
	d->target.hosts = d->hosts;
	d->target.n_ports = n;
	d->target.host = n ? d->hosts[0] : usual;
}

/* Whether all of the target's ports listen, as far as the kernel tells. */
static bool all_listen(const struct run_driver *d)
{
	CLEANUP_LISTENERS struct listeners now = {0};
	bool told = listeners_read(&now, NULL) == 0;
	for (size_t i = 0; told && i < d->target.n_ports; i++)
		if (listeners_address(&d->listeners, d->ports[i].number) &&
		    !listeners_address(&now, d->ports[i].number))
			return false;
	return true;
}

/* target->signal */
static int send_signal(void *ctx, int sig, struct err *err)
{
	struct run_driver *d = ctx;
	uint64_t began = clock_ms(), ticks = proc_tree_ticks(d->work.init);
	look(d);
	if (d->work.init_fd < 0 || syscall(SYS_pidfd_send_signal, d->work.init_fd, sig, NULL, 0) < 0) {
		int e = d->work.init_fd < 0 ? ESRCH : errno;
		int r = e == ESRCH ? progress_wait(&d->progress, ENDED_MS, err) : 0; /* the caller learns it, too */
		return r < 0 ? r : err_sys(err, e, "signal-send", "signal to the container's first process");
	}
	for (;;) {
		int r = progress_wait(&d->progress, SETTLE_LOOK_MS, err);
		uint64_t now = proc_tree_ticks(d->work.init), passed = clock_ms() - began;
		bool idle = now <= ticks + IDLE_TICKS || passed >= SETTLE_BUSY_MS;
		ticks = now;
		if (r < 0 || (idle && all_listen(d)))
			return r;
		if (passed >= SETTLE_MS)
			return err_set(err, ERR_UNPROVEN, "service-not-settled",
				       "the service did not listen again within %d s", SETTLE_MS / 1000);
	}
}

/* target->on_host */
static int call_on_host(void *ctx, int (*fn)(void *arg), void *arg)
{
	struct run_driver *d = ctx;
	return run_host_thread_call(d->outside, fn, arg);
}

/* ---- the thread ---- */

static void set_ready(struct run_driver *d)
{
	pthread_mutex_lock(&d->lock);
	d->ready_at = clock_ms();
	pthread_mutex_unlock(&d->lock);
}

static int perform_all(struct run_driver *d, struct exercise_log *log, struct err *err)
{
	const struct exercise *e = d->work.exercises, *end = e + d->work.n_exercises;
	if (e == end || !e->is_readiness)
		set_ready(d);
	for (; e < end; e++) {
		look(d);
		int r = e->run(e->ctx, &d->target, log, err);
		if (r == -ERR_UNPROVEN && d->work.goes_on)
			*err = (struct err){0}; /* its step says it */
		else if (r < 0)
			return err_wrap(err, "%s", e->name);
		if (e->is_readiness)
			set_ready(d);
	}
	return 0;
}

static void *perform(void *arg)
{
	struct run_driver *d = arg;
	int e = d->work.network_ns >= 0 ? runtime_network_enter(d->work.network_ns) : 0;
	struct err err = {0};
	struct exercise_log log = {.added = on_added, .added_ctx = d};
	on_added(d, 0);
	if (e)
		err_sys(&err, e, "network-namespace-enter", "cannot enter the container's network namespace");
	else
		(void)!perform_all(d, &log, &err);
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

/* ---- the caller's side ---- */

static void set_target(struct run_driver *d)
{
	const struct run_driver_work *o = &d->work;
	d->target = (struct exercise_target){
	    .host = o->host ? o->host : LOOPBACK,
	    .hostname = o->hostname,
	    .name = o->name,
	    .process = o->init,
	    .root = o->root,
	    .host_mount_ns = o->host_mount_ns,
	    .ready_until = o->ready_until,
	    .variant = o->variant,
	    .progress = &d->progress,
	    .exec = exec_in_container,
	    .look = look,
	    .signal = send_signal,
	    .published = o->published,
	    .n_published = o->n_published,
	    .on_host = o->n_published ? call_on_host : NULL,
	    .exec_ctx = d,
	};
}

int run_driver_start(const struct run_driver_work *o, const struct oci_port *ports, size_t n_ports,
		     struct run_driver **out, struct err *err)
{
	struct run_driver *d = mem_alloc(sizeof(*d));
	d->work = *o;
	d->known = mem_dup(ports, n_ports * sizeof(*ports));
	d->n_known = n_ports;
	d->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	d->cancel_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (o->progress)
		d->progress = *o->progress;
	d->progress.cancel_fd = d->cancel_fd;
	set_target(d);
	pthread_mutex_init(&d->lock, NULL);
	pthread_cond_init(&d->answered, NULL);
	d->joined = true;
	int r = o->n_published ? run_host_thread_start(&d->outside, err) : 0;
	if (r < 0) {
		run_driver_free(d);
		return r;
	}
	if (d->wake_fd < 0 || d->cancel_fd < 0 || pthread_create(&d->thread, NULL, perform, d) != 0) {
		r = err_sys(err, errno ? errno : EAGAIN, "thread-start", "start the exercises");
		run_driver_free(d);
		return r;
	}
	d->joined = false;
	*out = d;
	return 0;
}

void run_driver_ports(struct run_driver *d, const struct oci_port *ports, size_t n_ports)
{
	pthread_mutex_lock(&d->lock);
	free(d->known);
	d->known = mem_dup(ports, n_ports * sizeof(*ports));
	d->n_known = n_ports;
	pthread_mutex_unlock(&d->lock);
}

uint64_t run_driver_ready_at(struct run_driver *d)
{
	pthread_mutex_lock(&d->lock);
	uint64_t at = d->ready_at;
	pthread_mutex_unlock(&d->lock);
	return at;
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
	run_host_thread_end(d->outside);
	exercise_log_done(&d->log);
	cleanup_closep(&d->wake_fd);
	cleanup_closep(&d->cancel_fd);
	pthread_mutex_destroy(&d->lock);
	pthread_cond_destroy(&d->answered);
	listeners_done(&d->listeners);
	free(d->known);
	free(d->ports);
	free(d->hosts);
	free(d);
}
