#include "run/record.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "base/clock.h"
#include "base/log.h"
#include "run/by_hand.h"
#include "run/container.h"
#include "run/output/container_log.h"
#include "run/driver.h"
#include "run/readiness.h"

#define POLL_MAX_MS 60000

struct recording {
	const struct run_options *options;
	const struct progress *progress;
	struct run_result *result;
	struct run_container container;
	struct run_machine machine;
	struct run_driver *driver;
	struct run_readiness readiness;
	struct exercise_published *published;
	int cancel_fd; /* readable once for each time that the user asks to stop; -1 = never */
	bool told_gone, told_printed, told_cut_off;
	size_t step;        /* of the timings, from the start of the runtime to the end of the container */
	struct err failure; /* the first thing that went wrong */
};

static void fail(struct recording *r, const struct err *err)
{
	if (!r->failure.code)
		r->failure = *err;
}

static void begin_step(struct recording *r, const char *name, const char *waits_for)
{
	timings_next(progress_timings(r->progress), &r->step, name, waits_for);
}

/* ---- actions ---- */

/* In the driver's thread. */
static void on_step(void *ctx, size_t nth)
{
	const struct recording *r = ctx;
	size_t step = nth ? r->options->first_step + nth : 0;
	sensor_step(r->container.sensor, step <= UINT16_MAX ? (uint16_t)step : 0);
}

/* The tcp ports that this machine has for the container's. */
static size_t list_published(struct recording *r)
{
	const struct run_bridge *b = &r->container.bridge;
	size_t n = 0;
	r->published = mem_realloc(r->published, b->n_ports + 1, sizeof(*r->published));
	for (size_t i = 0; i < b->n_ports; i++)
		if (!b->ports[i].inside.udp)
			r->published[n++] = (struct exercise_published){
			    *b->ports[i].host ? b->ports[i].host : "127.0.0.1", b->ports[i].number};
	return n;
}

static int begin_exercises(struct recording *r, struct err *err)
{
	size_t n, n_published = list_published(r);
	CLEANUP_FREE struct oci_port *ports = run_readiness_ports(&r->readiness, &n);
	const struct run_options *o = r->options;
	const struct run_driver_work work = {
	    .exercises = o->exercises,
	    .n_exercises = o->n_exercises,
	    .goes_on = o->accepts_failure,
	    .host_mount_ns = o->host_mount_ns,
	    .ready_until = r->machine.born + o->ready_timeout_ms,
	    .variant = o->variant,
	    .network_ns = r->container.network_ns,
	    .owns_network = o->bundle.network == RUNTIME_NETWORK_PRIVATE || o->bundle.network == RUNTIME_NETWORK_BRIDGE,
	    .published = r->published,
	    .n_published = n_published,
	    .hostname = r->container.bundle.hostname,
	    .root = run_container_root(&r->container),
	    .on_step = on_step,
	    .ctx = r,
	    .init = r->container.init,
	    .init_fd = r->container.init_fd,
	    .progress = r->progress,
	};
	return run_driver_start(&work, ports, n, &r->driver, err);
}

static bool was_ready(struct recording *r)
{
	return r->driver && run_driver_ready_at(r->driver);
}

static int join_exercises(struct recording *r, struct err *err)
{
	uint64_t ready_at = run_driver_ready_at(r->driver);
	if (ready_at)
		r->result->ready_ms = ready_at - r->machine.born;
	r->result->ports_remark = run_readiness_remark(&r->readiness);
	return run_driver_join(r->driver, &r->result->steps, err);
}

static void quit_exercises(struct recording *r)
{
	if (!r->driver)
		return;
	run_driver_stop(r->driver);
	(void)join_exercises(r, NULL); /* the run's own failure says why */
}

/* Adds to the failure, the reason for the kill, that the container survived it. */
static void fail_unkillable(struct recording *r)
{
	const struct err first = r->failure;
	CLEANUP_FREE char *process = r->container.init ? mem_printf(" (process %d)", (int)r->container.init) : NULL;
	r->container.leave_sensor = true;
	err_set(&r->failure, first.code ? first.code : ERR_SYS, "container-not-killed",
		"%s%sthe container%s could not be killed: it still runs after SIGKILL", first.code ? first.msg : "",
		first.code ? "; " : "", process ? process : "");
}

static void explain(struct recording *r, enum run_failure failure)
{
	struct err err = {0};
	CLEANUP_FREE char *said = NULL;
	CLEANUP_BUF struct buf wanted = {0};
	switch (failure) {
	case RUN_FAILURE_NONE:
		return;
	case RUN_FAILURE_CANCELLED:
		err_set(&err, ERR_CANCELLED, "cancelled", "stopped on request");
		break;
	case RUN_FAILURE_LATE:
		(void)!run_readiness_late(&r->readiness, r->options->ready_timeout_ms / 1000, &err);
		break;
	case RUN_FAILURE_NOT_STARTED:
		said = run_log_last_line(r->options->log_fd);
		err_set(&err, ERR_SYS, "container-not-started",
			"the container did not start: %s ended with status %d: %s", r->options->runtime->path,
			r->result->status, *said ? said : "it said nothing");
		break;
	case RUN_FAILURE_NOT_LISTENING:
		run_readiness_wanted(&r->readiness, &wanted);
		err_set(&err, ERR_UNPROVEN, "container-ended-before-ready",
			"the container ended with status %d before it %s; if that is all it does, use "
			"--continue-after exit",
			r->result->status, wanted.data);
		break;
	case RUN_FAILURE_WHILE_EXERCISED:
		err_set(&err, ERR_UNPROVEN, "container-ended-in-exercise", "the container ended with status %d %s",
			r->result->status,
			was_ready(r) ? "while it was exercised" : "before it was ready, as --ready says");
		break;
	case RUN_FAILURE_SLOW:
		err_set(&err, ERR_UNPROVEN, "exercise-timeout",
			"the exercises did not end within %llu s; --drive-timeout gives them more",
			(unsigned long long)r->options->exercise_timeout_ms / 1000);
		break;
	case RUN_FAILURE_LINGERING:
		err_set(&err, ERR_SYS, "runtime-not-ended", "the container ended, but %s did not within %d s",
			r->options->runtime->path, RUN_MACHINE_LINGER_MS / 1000);
		break;
	case RUN_FAILURE_UNKILLABLE:
		fail_unkillable(r);
		return;
	}
	fail(r, &err);
}

/* Tells the machine, and does what it says. */
static void tell(struct recording *r, struct run_event e)
{
	struct err err = {0};
	const struct run_step step = run_machine_event(&r->machine, &e, clock_ms());
	explain(r, step.failure);
	if (step.actions & RUN_DO_QUIT)
		quit_exercises(r);
	if ((step.actions & RUN_DO_EXERCISE) && begin_exercises(r, &err) < 0) {
		fail(r, &err);
		tell(r, (struct run_event){.kind = RUN_EVENT_FAILED});
	}
	if (step.actions & RUN_DO_LOOK) {
		struct run_event looked = {.kind = RUN_EVENT_LOOKED};
		looked.heeds = run_container_heeds(&r->container, &looked.ticks);
		tell(r, looked);
	}
	if (step.actions & RUN_DO_SIGNAL)
		run_container_stop(&r->container);
	if (step.actions & RUN_DO_KILL)
		run_container_kill(&r->container);
	if (step.actions & RUN_DO_KILL_WHOLE)
		run_container_kill_whole(&r->container);
}

static void tell_failed(struct recording *r, const struct err *err)
{
	fail(r, err);
	tell(r, (struct run_event){.kind = RUN_EVENT_FAILED});
}

/* ---- events ---- */

static void on_started(struct recording *r, const struct sensor_event *e)
{
	struct err err = {0};
	r->result->started_ms = clock_ms() - r->machine.born;
	begin_step(r, "until it is ready", "the container");
	if (run_container_hold(&r->container, e->pid, &err) < 0)
		tell_failed(r, &err);
	tell(r, (struct run_event){.kind = RUN_EVENT_STARTED, .gone = r->container.gone});
}

static void on_ended(struct recording *r, const struct sensor_event *e)
{
	struct err err = {0};
	if (e->task == r->container.exec_task) {
		CLEANUP_ANSWER struct exercise_answer answer = {0};
		int bad = run_container_exec_ended(&r->container, &answer, &err);
		run_driver_exec_answer(r->driver, bad ? -1 : e->status, &answer, bad ? &err : NULL);
	} else if (e->task == r->container.task) {
		if (run_container_ended(&r->container, &err) < 0)
			fail(r, &err);
		r->result->limit_hit = run_container_limit_hit(&r->container);
		r->result->output_left_out = r->container.left_out;
		r->result->status = e->status;
		r->result->end = run_machine_end(&r->machine);
		r->result->ignored_stop = r->result->end == RUN_END_KILLED && r->machine.signalled;
		r->result->ms = clock_ms() - r->machine.born;
		tell(r, (struct run_event){.kind = RUN_EVENT_ENDED});
	}
}

static void on_settled(struct recording *r)
{
	tell(r, (struct run_event){.kind = RUN_EVENT_SETTLED,
				   .ports = run_readiness_reached(&r->readiness),
				   .n_listen = r->readiness.n_ports,
				   .printed = run_output_watch_is_complete(r->container.watch)});
}

static void on_listen(struct recording *r, const struct trace_port *port)
{
	size_t n;
	run_readiness_add(&r->readiness, port);
	if (r->machine.phase != RUN_PHASE_EXERCISING)
		return;
	CLEANUP_FREE struct oci_port *ports = run_readiness_ports(&r->readiness, &n);
	run_driver_ports(r->driver, ports, n);
}

static void on_sensor(struct recording *r)
{
	struct sensor_event e;
	while (sensor_next(r->container.sensor, &e)) {
		if (e.kind == SENSOR_STARTED && e.task == r->container.task)
			on_started(r, &e);
		else if (e.kind == SENSOR_LISTEN)
			on_listen(r, &e.port);
		else if (e.kind == SENSOR_ENDED)
			on_ended(r, &e);
	}
	on_settled(r);
}

static void on_driver(struct recording *r)
{
	struct err err = {0};
	if (run_driver_done(r->driver)) {
		r->result->exercised_ms = clock_ms() - r->machine.born;
		bool failed = join_exercises(r, &err) < 0;
		if (failed)
			fail(r, &err);
		tell(r, (struct run_event){.kind = RUN_EVENT_EXERCISED, .failed = failed});
		return;
	}
	char *const *argv = run_driver_exec_request(r->driver);
	if (argv && run_container_exec(&r->container, argv, &err) < 0)
		run_driver_exec_answer(r->driver, -1, NULL, &err);
}

static void on_hand(struct recording *r)
{
	enum run_by_hand h = run_by_hand_take(r->options->continue_fd);
	r->result->input_ended = h == RUN_BY_HAND_ENDED;
	if (h != RUN_BY_HAND_NOT_YET)
		tell(r, (struct run_event){.kind = RUN_EVENT_CONTINUE});
}

/* ---- watching ---- */

/* A cancel fd stays readable; seen through an edge, each further request shows. */
static int watch_cancel(const struct progress *progress, struct err *err)
{
	if (!progress || progress->cancel_fd < 0)
		return -1;
	int fd = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event e = {.events = EPOLLIN | EPOLLET};
	if (fd >= 0 && epoll_ctl(fd, EPOLL_CTL_ADD, progress->cancel_fd, &e) == 0)
		return fd;
	int r = err_sys(err, errno, "eventfd-create", "watch for a request to stop");
	cleanup_closep(&fd);
	return r;
}

static int poll_timeout(const struct run_machine *m)
{
	uint64_t now = clock_ms(), deadline = run_machine_deadline(m);
	if (deadline == RUN_MACHINE_NEVER)
		return -1;
	uint64_t left = deadline > now ? deadline - now : 0;
	return left > POLL_MAX_MS ? POLL_MAX_MS : (int)left;
}

/* NULL: nothing that the user is told. */
static const char *stage_name(enum run_phase p, enum run_until until)
{
	static const char *const names[] = {
	    [RUN_PHASE_STARTING] = "start", [RUN_PHASE_EXERCISING] = "exercise",
	    [RUN_PHASE_WAITING] = "run",    [RUN_PHASE_STOPPING] = "stop",
	    [RUN_PHASE_OVER] = NULL,
	};
	return p == RUN_PHASE_WAITING && until == RUN_UNTIL_FD ? RUN_STAGE_BY_HAND : names[p];
}

/* Waits for the next event, once. One that is due by now comes before the deadline. */
static void wait_once(struct recording *r)
{
	struct err err = {0};
	struct epoll_event cancel;
	bool waits_for_user = r->machine.phase == RUN_PHASE_WAITING && r->options->until == RUN_UNTIL_FD;
	bool exercising = r->machine.phase == RUN_PHASE_EXERCISING;
	bool starting = r->machine.phase == RUN_PHASE_STARTING && !r->told_printed;
	struct pollfd fds[8] = {
	    {.fd = sensor_fd(r->container.sensor), .events = POLLIN},
	    {.fd = exercising ? run_driver_fd(r->driver) : -1, .events = POLLIN},
	    {.fd = r->cancel_fd, .events = POLLIN},
	    {.fd = waits_for_user ? r->options->continue_fd : -1, .events = POLLIN},
	    {.fd = run_pressure_fd(&r->container.pressure), .events = POLLIN},
	    {.fd = r->told_gone ? -1 : r->container.init_fd, .events = POLLIN},
	    {.fd = starting ? run_output_watch_fd(r->container.watch) : -1, .events = POLLIN},
	    {.fd = r->told_cut_off ? -1 : run_bridge_fd(&r->container.bridge), .events = POLLIN},
	};
	int timeout = poll_timeout(&r->machine);
	int n = poll(fds, 8, timeout);
	if (n > 0 && fds[4].revents)
		run_pressure_read(&r->container.pressure); /* while its cgroup is there */
	if (n > 0 && fds[5].revents) {
		r->told_gone = true;
		begin_step(r, "remove the container", "the runtime");
		tell(r, (struct run_event){.kind = RUN_EVENT_GONE});
	}
	if (n < 0 && errno != EINTR) {
		err_sys(&err, errno, "container-watch", "poll");
		tell_failed(r, &err);
	} else if (n > 0 && fds[2].revents) {
		(void)epoll_wait(r->cancel_fd, &cancel, 1, 0);
		tell(r, (struct run_event){.kind = RUN_EVENT_CANCEL});
	} else if (n > 0 && (fds[0].revents & POLLIN)) {
		on_sensor(r);
	} else if (n > 0 && fds[7].revents) {
		r->told_cut_off = true;
		(void)!run_bridge_ended(&r->container.bridge, &err);
		tell_failed(r, &err);
	} else if (n > 0 && fds[6].revents) {
		r->told_printed = true;
		on_settled(r);
	} else if (n > 0 && (fds[1].revents & POLLIN)) {
		on_driver(r);
	} else if (n > 0 && fds[3].revents) {
		on_hand(r);
	}
	if (n <= 0 || timeout == 0)
		tell(r, (struct run_event){.kind = RUN_EVENT_TICK});
}

static void watch(struct recording *r)
{
	const char *told = NULL;
	while (r->machine.phase != RUN_PHASE_OVER) {
		const char *stage = stage_name(r->machine.phase, r->options->until);
		if (stage && stage != told && progress_step(r->progress, stage, 0, 0, "", NULL) < 0)
			log_debug("asked to stop at the stage %s", stage); /* wait_once sees it, too */
		if (stage && stage != told && told)
			begin_step(r, stage, "the container");
		told = stage ? stage : told;
		wait_once(r);
	}
}

/* ---- the whole ---- */

static struct run_machine_rules rules_of(const struct recording *r)
{
	const struct run_options *o = r->options;
	struct run_machine_rules rules = {
	    .awaits_port = run_readiness_waits(&r->readiness),
	    .awaits_print = o->ready.prints && o->ready.prints->count,
	    .may_exit = o->may_exit,
	    .ignores_stop = o->ignores_stop,
	    .until = o->until,
	    .seconds = o->seconds,
	    .ready_timeout_ms = o->ready_timeout_ms,
	    .stop_timeout_ms = o->stop_timeout_ms,
	    .exercise_timeout_ms = o->exercise_timeout_ms,
	};
	for (size_t i = 0; i < o->n_exercises; i++) {
		rules.has_exercises |= !o->exercises[i].if_listens;
		if (o->exercises[i].is_readiness && o->exercise_timeout_ms)
			rules.exercise_timeout_ms += o->ready_timeout_ms;
	}
	rules.may_serve = o->n_exercises && run_machine_is_job(&rules);
	return rules;
}

static int start(struct recording *r, const struct run_image *image, const char *name, struct err *err)
{
	const struct run_machine_rules rules = rules_of(r);
	int rc = run_container_prepare(&r->container, image, name, &r->result->command, err);
	if (rc < 0)
		return rc;
	struct err e = {0};
	r->cancel_fd = watch_cancel(r->progress, &e);
	if (e.code) {
		*err = e;
		return r->cancel_fd;
	}
	run_machine_init(&r->machine, &rules, clock_ms());
	begin_step(r, "start", "the runtime");
	return run_container_start(&r->container, run_machine_is_job(&rules), err);
}

static int begin_around(const struct run_options *o, const struct progress *progress, struct err *err)
{
	const struct run_around *a = o->around;
	return a && a->begin ? a->begin(a->ctx, o->scratch != NULL, progress, err) : 0;
}

/* What surrounds the container may say why the run failed, or that it proves nothing. */
static void end_around(struct recording *r)
{
	const struct run_around *a = r->options->around;
	struct err why = {0};
	if (!a || !a->end || a->end(a->ctx, &why) == 0 || r->failure.code == ERR_CANCELLED)
		return;
	if (r->failure.code)
		err_wrap(&r->failure, "%s", why.msg);
	else
		r->failure = why;
}

int run_record(struct store_run *dir, const char *name, const struct run_image *image,
	       const struct run_options *options, const struct progress *progress, struct trace *trace,
	       struct run_result *out, struct err *err)
{
	struct err failure = {0};
	struct recording r = {
	    .options = options,
	    .progress = progress,
	    .result = out,
	    .cancel_fd = -1,
	    .step = TIMINGS_NONE,
	    .readiness = {.config = image->config,
			  .ready = &options->ready,
			  .is_strict = options->names_ports,
			  .needs_port = options->needs_port},
	};
	CLEANUP_FREE char *label = mem_printf("container %s", name);
	struct timings *timings = progress_timings(progress);
	const size_t whole = timings_enter(timings, label, NULL);
	out->status = -1;
	run_container_init(&r.container, dir, name, options);
	r.container.timings = timings;
	if (begin_around(options, progress, &failure) < 0 || start(&r, image, name, &failure) < 0)
		fail(&r, &failure);
	else
		watch(&r);
	failure = (struct err){0};
	begin_step(&r, "collect the recording", "the recorder");
	if (run_container_recorded(&r.container, trace, &out->witnesses, &failure) < 0)
		fail(&r, &failure);
	begin_step(&r, "unload the recorder and unmount", "the kernel");
	run_driver_free(r.driver);
	run_container_done(&r.container, r.failure.code != 0, &out->output);
	if (r.machine.served) /* it was no job */
		exercise_answer_done(&out->output);
	end_around(&r);
	timings_end(timings, whole);
	run_readiness_done(&r.readiness);
	free(r.published);
	cleanup_closep(&r.cancel_fd);
	if (r.failure.code && out->limit_hit)
		err_wrap(&r.failure, "%s", out->limit_hit);
	if (r.failure.code && err)
		*err = r.failure;
	return -(int)r.failure.code;
}
