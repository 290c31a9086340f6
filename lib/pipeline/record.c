#include "pipeline/record.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "pipeline/conductor.h"
#include "pipeline/container_log.h"
#include "pipeline/output.h"
#include "pipeline/readiness.h"
#include "pipeline/seccomp.h"
#include "pipeline/signals.h"
#include "sensor/sensor.h"

#define NEVER UINT64_MAX
#define STOP_CHECK_MS 200
#define STOP_IDLE_MS 1000 /* without CPU time, of one that does not heed the stop signal any more */
#define MORE_PORTS_MS 300 /* how long other exposed ports may take to listen after the first */

enum phase { PHASE_STARTING, PHASE_EXERCISING, PHASE_WAITING, PHASE_STOPPING, PHASE_KILLED, PHASE_OVER };

struct recording {
	const struct record_image *image;
	const struct record_options *options;
	const struct progress *progress;
	struct report_run *report;

	struct rootfs_overlay overlay;
	struct bundle bundle;
	char *id;
	struct sensor *sensor;
	struct conductor *conductor;
	int network_ns, init_fd; /* pidfd of the container's first process */
	pid_t init;
	bool gone; /* it had ended before we could look at it: there is nothing to drive */
	enum phase phase;
	uint64_t born, deadline, more_ports_until; /* clock_ms */
	uint64_t stop_until, stop_ticks;
	unsigned stop_idle;          /* checks in a row */
	int container, exec_task;    /* tasks of the sensor, -1 = none */
	int job_output, exec_output; /* see output.h, -1 = none */
	unsigned n_execs;
	struct readiness readiness;
	bool exercised;
	struct err failure; /* the first thing that went wrong */
};

static void fail(struct recording *r, const struct err *err)
{
	if (!r->failure.code)
		r->failure = *err;
}

/* ---- start ---- */

/* Empty standard input for a container. Not /dev/null: crun gives the standard streams to the container's
 * user, and that would be the machine's own. */
static int empty_input(struct err *err)
{
	int p[2];
	if (pipe2(p, O_CLOEXEC) < 0)
		return err_sys(err, errno, "pipe");
	close(p[1]);
	return p[0];
}

/* A container that nothing drives: it is known by its output. */
static bool is_job(const struct recording *r)
{
	return !readiness_waits(&r->readiness) && !r->options->n_exercises;
}

static int start_command(struct recording *r, const struct strlist *argv, int out, int *task, struct err *err)
{
	CLEANUP_FD int in = empty_input(err);
	if (in < 0)
		return in;
	struct subproc_command cmd = {
	    .argv = argv->items,
	    .dir_fd = AT_FDCWD,
	    .in = in,
	    .out = out,
	    .err = r->options->log_fd,
	    .new_session = true,
	};
	return sensor_start(r->sensor, &cmd, task, err);
}

static char *command_text(const struct strlist *args)
{
	struct buf b = {0};
	for (size_t i = 0; i < args->count; i++)
		buf_printf(&b, "%s%s", i ? " " : "", args->items[i]);
	return buf_steal(&b);
}

static int start(struct recording *r, const char *name, struct err *err)
{
	const struct record_image *image = r->image;
	int rc = rootfs_overlay_mount(image->run, image->layers, name, &r->overlay, err);
	if (rc < 0)
		return rc;
	CLEANUP_FREE char *dir_name = mem_printf("%s-bundle", name);
	CLEANUP_FREE char *dir = mem_printf("%s/%s", image->run->path, dir_name);
	if ((rc = fd_mkdir_p(image->run->fd, dir_name, 0700, err)) < 0)
		return rc;

	if ((rc = sensor_new(r->overlay.fd, r->options->sensor, &r->sensor, err)) < 0)
		return rc;
	enum sensor_kind kind = sensor_kind_of(r->sensor);
	if (*sensor_why_not_ebpf(r->sensor))
		log_debug("recording with ptrace: %s", sensor_why_not_ebpf(r->sensor));
	struct bundle_options bundle = r->options->bundle;
	CLEANUP_FREE struct runtime_spec_seccomp_rule *rules = seccomp_rules(kind, &bundle.n_seccomp);
	bundle.seccomp = rules;
	bundle.seccomp_default = kind == SENSOR_EBPF ? SECCOMP_ALLOW : SECCOMP_TRACE;
	bundle.seccomp_default_errno = kind == SENSOR_EBPF ? 0 : sensor_filter_default();
	bundle.seccomp_architectures = sensor_filter_architectures();
	rc = bundle_write(dir, r->overlay.path, r->overlay.fd, r->id, image->config, &bundle, &r->bundle, err);
	if (rc < 0)
		return rc;
	r->report->command = command_text(&r->bundle.process.args);

	CLEANUP_STRLIST struct strlist delete = {0}, run = {0};
	runtime_delete_argv(r->options->runtime, r->id, &delete);
	if ((rc = rootfs_run_undo(image->run, &delete, err)) < 0)
		return rc;
	runtime_run_argv(r->options->runtime, dir, r->id, &run);
	r->born = clock_ms();
	r->deadline = r->born + r->options->ready_timeout_ms;
	if (is_job(r) && (r->job_output = rc = output_open(image->run->fd, err)) < 0)
		return rc;
	return start_command(r, &run, is_job(r) ? r->job_output : r->options->log_fd, &r->container, err);
}

/* ---- ready ---- */

static int begin_exercises(struct recording *r, struct err *err)
{
	r->report->ready_ms = clock_ms() - r->born;
	r->phase = PHASE_EXERCISING;
	r->deadline = NEVER;
	size_t n;
	CLEANUP_FREE struct oci_port *ports = readiness_ports(&r->readiness, &n);
	struct exercise_target target = {
	    .host = "127.0.0.1",
	    .ports = ports,
	    .n_ports = n,
	    .host_mount_ns = r->options->host_mount_ns,
	};
	return conductor_start(r->options->exercises, r->options->n_exercises, &target, r->network_ns, r->progress,
			       &r->conductor, err);
}

static int check_ready(struct recording *r, struct err *err)
{
	bool all = true, now = readiness_waits(&r->readiness) ? readiness_reached(&r->readiness, &all)
							      : r->init > 0 && r->options->n_exercises > 0;
	if (r->phase != PHASE_STARTING || !now || r->gone)
		return 0;
	if (!all && !r->more_ports_until) {
		r->more_ports_until = clock_ms() + MORE_PORTS_MS;
		r->deadline = r->more_ports_until;
		return 0;
	}
	if (!all && clock_ms() < r->more_ports_until)
		return 0;
	return begin_exercises(r, err);
}

/* ---- stop ---- */

static void send_signal(struct recording *r, int sig)
{
	if (r->init_fd >= 0)
		(void)syscall(SYS_pidfd_send_signal, r->init_fd, sig, NULL, 0); /* it may have ended just now */
}

static void kill_container(struct recording *r)
{
	r->phase = PHASE_KILLED;
	r->deadline = clock_ms() + 10000;
	send_signal(r, SIGKILL);
	if (r->init_fd < 0)
		sensor_kill(r->sensor, r->container);
}

static void stop_container(struct recording *r)
{
	int sig = signal_by_name(r->image->config->stop_signal);
	if (!signal_is_heeded(r->init, sig)) {
		log_debug("signal %d would be ignored by the container's first process: killing it", sig);
		kill_container(r);
		return;
	}
	r->phase = PHASE_STOPPING;
	r->stop_until = clock_ms() + r->options->stop_timeout_ms;
	r->deadline = clock_ms() + STOP_CHECK_MS;
	send_signal(r, sig);
}

/* Some handlers only set the signal back to its default and send it again, which the first process of a container
 * does not notice: one that no longer heeds it and does nothing will not end. */
static void check_stopping(struct recording *r)
{
	uint64_t now = clock_ms(), ticks = signal_cpu_ticks(r->init);
	bool idle = !signal_is_heeded(r->init, signal_by_name(r->image->config->stop_signal)) && ticks == r->stop_ticks;
	r->stop_idle = idle ? r->stop_idle + 1 : 0;
	r->stop_ticks = ticks;
	if (now >= r->stop_until || r->stop_idle * STOP_CHECK_MS >= STOP_IDLE_MS)
		kill_container(r);
	else
		r->deadline = now + STOP_CHECK_MS < r->stop_until ? now + STOP_CHECK_MS : r->stop_until;
}

static void exercises_over(struct recording *r)
{
	struct err err = {0};
	r->exercised = true;
	if (conductor_join(r->conductor, &r->report->steps, &err) < 0)
		fail(r, &err);
	if (r->failure.code) {
		kill_container(r);
		return;
	}
	r->phase = PHASE_WAITING;
	r->deadline = NEVER;
	if (r->options->until == RECORD_UNTIL_SECONDS)
		r->deadline = clock_ms() + r->options->seconds * 1000ull;
	else if (r->options->until == RECORD_UNTIL_EXERCISED)
		stop_container(r);
}

/* ---- events ---- */

/* Take hold of the container's first process and of its network. It may be over already: a short job's end is
 * told by an event of its own. */
static int hold_init(struct recording *r, struct err *err)
{
	struct err e = {0};
	r->init_fd = (int)syscall(SYS_pidfd_open, r->init, 0);
	if (r->init_fd < 0 && errno != ESRCH)
		return err_sys(err, errno, "pidfd_open");
	r->gone = r->init_fd < 0;
	if (r->gone || r->options->bundle.network != RUNTIME_NETWORK_PRIVATE)
		return 0;
	int ns = network_of(r->init, &e);
	r->gone = ns == -ERR_NOTFOUND;
	if (ns < 0 && !r->gone) {
		*err = e;
		return ns;
	}
	r->network_ns = r->gone ? -1 : ns;
	return 0;
}

static int on_started(struct recording *r, const struct sensor_event *e, struct err *err)
{
	if (e->task != r->container)
		return 0;
	r->init = e->pid;
	int rc = hold_init(r, err);
	if (rc < 0)
		return rc;
	if (is_job(r)) {
		/* runs to its end, or until the user says */
		r->phase = PHASE_WAITING;
		r->deadline = NEVER;
		if (r->options->until == RECORD_UNTIL_SECONDS)
			r->deadline = clock_ms() + r->options->seconds * 1000ull;
	}
	return 0;
}

static int on_ended(struct recording *r, const struct sensor_event *e, struct err *err)
{
	if (e->task == r->exec_task) {
		CLEANUP_ANSWER struct exercise_answer answer = {0};
		r->exec_task = -1;
		output_take(&r->exec_output, r->options->log_fd, &answer);
		conductor_exec_answer(r->conductor, e->status, &answer, NULL);
		return 0;
	}
	if (e->task != r->container)
		return 0;
	enum phase was = r->phase;
	r->phase = PHASE_OVER;
	r->report->status = e->status;
	r->report->ms = clock_ms() - r->born;
	if (r->conductor && !r->exercised) {
		conductor_stop(r->conductor);
		(void)conductor_join(r->conductor, &r->report->steps, NULL); /* what follows says why */
		if (was == PHASE_EXERCISING && !r->options->may_exit)
			return err_set(err, ERR_SYS, "the container ended with status %d while it was exercised",
				       e->status);
	}
	if (!r->init) {
		CLEANUP_FREE char *why = log_last_line(r->options->log_fd);
		return err_set(err, ERR_SYS, "the container did not start: %s ended with status %d: %s",
			       r->options->runtime->path, e->status, *why ? why : "it said nothing");
	}
	if (was == PHASE_STARTING && readiness_waits(&r->readiness) && !r->options->may_exit)
		return err_set(err, ERR_SYS,
			       "the container ended with status %d before it listened on a port; if that is all it "
			       "does, say --continue-after exit",
			       e->status);
	return 0;
}

static int on_events(struct recording *r, struct err *err)
{
	struct sensor_event e;
	int rc = 0;
	while (rc == 0 && sensor_next(r->sensor, &e)) {
		switch (e.kind) {
		case SENSOR_STARTED:
			rc = on_started(r, &e, err);
			break;
		case SENSOR_LISTEN:
			readiness_add(&r->readiness, &e.port);
			break;
		case SENSOR_ENDED:
			rc = on_ended(r, &e, err);
			break;
		}
	}
	return rc < 0 ? rc : check_ready(r, err);
}

static void on_conductor(struct recording *r)
{
	if (conductor_done(r->conductor)) {
		exercises_over(r);
		return;
	}
	char *const *argv = conductor_exec_request(r->conductor);
	if (!argv)
		return;
	struct err err = {0};
	CLEANUP_FREE char *name = mem_printf("exec%u", r->n_execs++);
	CLEANUP_FREE char *file = NULL;
	CLEANUP_STRLIST struct strlist exec = {0};
	int rc = bundle_write_exec(&r->bundle, name, argv, &file, &err);
	if (rc == 0)
		r->exec_output = rc = output_open(r->image->run->fd, &err);
	if (rc >= 0) {
		runtime_exec_argv(r->options->runtime, r->id, file, &exec);
		rc = start_command(r, &exec, r->exec_output, &r->exec_task, &err);
	}
	if (rc < 0) {
		cleanup_closep(&r->exec_output);
		r->exec_output = -1;
		conductor_exec_answer(r->conductor, -1, NULL, &err);
	}
}

static int on_deadline(struct recording *r, struct err *err)
{
	r->deadline = NEVER;
	switch (r->phase) {
	case PHASE_STARTING:
		if (r->more_ports_until)
			return check_ready(r, err);
		return readiness_late(&r->readiness, r->options->ready_timeout_ms / 1000, err);
	case PHASE_WAITING:
		stop_container(r);
		return 0;
	case PHASE_STOPPING:
		check_stopping(r);
		return 0;
	case PHASE_KILLED:
		sensor_kill(r->sensor, r->container);
		return 0;
	default:
		return 0;
	}
}

static int poll_timeout(const struct recording *r)
{
	if (r->deadline == NEVER)
		return -1;
	uint64_t now = clock_ms();
	uint64_t left = r->deadline > now ? r->deadline - now : 0;
	return left > 60000 ? 60000 : (int)left;
}

static const char *stage_name(enum phase p)
{
	return p == PHASE_STARTING ? "start" : p == PHASE_EXERCISING ? "exercise" : p == PHASE_WAITING ? "run" : "stop";
}

/* Watch until the container has ended. A failure kills it and goes on watching. */
static void watch(struct recording *r)
{
	bool cancelled = false;
	enum phase told = PHASE_OVER;
	while (r->phase != PHASE_OVER) {
		struct err err = {0};
		if (told != r->phase && r->phase != PHASE_KILLED) {
			told = r->phase;
			if (progress_step(r->progress, stage_name(told), 0, 0, "", &err) < 0 && !cancelled) {
				cancelled = true;
				fail(r, &err);
				kill_container(r);
			}
		}
		bool waiting = r->phase == PHASE_WAITING && r->options->until == RECORD_UNTIL_FD;
		struct pollfd fds[4] = {
		    {.fd = sensor_fd(r->sensor), .events = POLLIN},
		    {.fd = r->phase == PHASE_EXERCISING ? conductor_fd(r->conductor) : -1, .events = POLLIN},
		    {.fd = r->progress && !cancelled ? r->progress->cancel_fd : -1, .events = POLLIN},
		    {.fd = waiting ? r->options->continue_fd : -1, .events = POLLIN},
		};
		int n = poll(fds, 4, poll_timeout(r));
		int rc = 0;
		if (n < 0 && errno != EINTR)
			rc = err_sys(&err, errno, "poll");
		else if (n == 0 && r->deadline != NEVER && clock_ms() >= r->deadline)
			rc = on_deadline(r, &err);
		if (n > 0 && (fds[2].revents & POLLIN)) {
			cancelled = true;
			rc = err_set(&err, ERR_CANCELLED, "stopped on request");
		} else if (n > 0 && (fds[0].revents & POLLIN)) {
			rc = on_events(r, &err);
		} else if (n > 0 && (fds[1].revents & POLLIN)) {
			on_conductor(r);
		} else if (n > 0 && fds[3].revents) {
			stop_container(r);
		}
		if (rc < 0) {
			fail(r, &err);
			if (r->phase != PHASE_OVER)
				kill_container(r);
		}
	}
}

static void finish(struct recording *r)
{
	conductor_free(r->conductor);
	sensor_free(r->sensor);
	if (r->bundle.path) {
		/* A container that ended in order is gone; one that was killed early may have left its cgroup. */
		CLEANUP_STRLIST struct strlist argv = {0};
		runtime_delete_argv(r->options->runtime, r->id, &argv);
		struct subproc_command cmd = {.argv = argv.items, .dir_fd = AT_FDCWD, .in = -1, .out = -1, .err = -1};
		CLEANUP_SUBPROC struct subproc p = {0};
		int status;
		struct err ignored;
		if (r->failure.code && subproc_start(&cmd, &p, &ignored) == 0 &&
		    subproc_wait(&p, 10000, NULL, &status, &ignored) < 0)
			log_debug("%s", ignored.msg);
	}
	bundle_done(&r->bundle);
	rootfs_overlay_done(&r->overlay);
	output_take(&r->job_output, r->options->log_fd, &r->report->output);
	cleanup_closep(&r->exec_output);
	cleanup_closep(&r->network_ns);
	cleanup_closep(&r->init_fd);
	readiness_done(&r->readiness);
	free(r->id);
}

int record_container(const struct record_image *image, const char *name, const struct record_options *options,
		     const struct progress *progress, struct trace *trace, struct report_run *out, struct err *err)
{
	struct recording r = {
	    .image = image,
	    .options = options,
	    .progress = progress,
	    .report = out,
	    .id = mem_printf("slim-%s-%s", image->run->id, name),
	    .network_ns = -1,
	    .init_fd = -1,
	    .container = -1,
	    .exec_task = -1,
	    .job_output = -1,
	    .exec_output = -1,
	    .deadline = NEVER,
	    .readiness = {.config = image->config, .needs_port = options->needs_port},
	};
	out->status = -1;
	struct err failure = {0};
	if (start(&r, name, &failure) < 0)
		fail(&r, &failure);
	else
		watch(&r);
	struct trace mine = {0};
	if (r.exec_task >= 0)
		sensor_kill(r.sensor, r.exec_task);
	failure = (struct err){0};
	if (r.sensor && sensor_finish(r.sensor, &mine, &failure) < 0)
		fail(&r, &failure);
	out->witnesses = mine.witnesses;
	trace_merge(trace, &mine);
	trace_done(&mine);
	finish(&r);
	if (r.failure.code && err)
		*err = r.failure;
	return -(int)r.failure.code;
}
