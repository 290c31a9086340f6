#include "sensor/sensor.h"

#include <errno.h>

#include "base/log.h"
#include "base/mem.h"
#include "sensor/ebpf.h"
#include "sensor/events.h"
#include "sensor/fanotify.h"
#include "sensor/tracer.h"

const char *const sensor_kind_names[SENSOR_KINDS] = {"auto", "ptrace", "ebpf"};

struct sensor {
	struct event_queue events;
	struct fanotify_witness *witness;
	struct view view;
	struct err no_ebpf; /* why ptrace was taken */
	struct ebpf *ebpf;  /* else: */
	struct tracer **tasks;
	size_t n_tasks, cap;
};

/* None where the kernel gives us none: marks on file systems are for root of the machine. */
static int new_witness(int rootfs, const struct view *view, struct fanotify_witness **out, struct err *err)
{
	struct err e = {0};
	int r = fanotify_witness_new(rootfs, view, out, &e);
	if (r < 0 && (e.sys == EPERM || e.sys == ENOSYS)) {
		log_debug("recording without the second witness: %s", e.msg);
		return 0;
	}
	if (r < 0 && err)
		*err = e;
	return r;
}

int sensor_new(int rootfs, enum sensor_kind kind, struct sensor **out, struct err *err)
{
	CLEANUP_SENSOR struct sensor *s = mem_alloc(sizeof(*s));
	s->events.fd = -1;
	view_init(&s->view, TRACE_BY_EBPF);
	int r = event_queue_init(&s->events, err);
	if (r == 0 && kind != SENSOR_PTRACE) {
		r = ebpf_new(rootfs, &s->events, &s->view, &s->ebpf, &s->no_ebpf);
		if (r == -ERR_UNSUPPORTED && kind == SENSOR_AUTO)
			r = 0;
		else if (r < 0 && err)
			*err = s->no_ebpf;
	}
	if (!s->ebpf)
		s->view.witness = TRACE_BY_PTRACE;
	if (r == 0 && rootfs >= 0)
		r = new_witness(rootfs, &s->view, &s->witness, err);
	if (r == 0)
		*out = steal_ptr(&s);
	return r;
}

enum sensor_kind sensor_kind_of(const struct sensor *s)
{
	return s->ebpf ? SENSOR_EBPF : SENSOR_PTRACE;
}

const char *sensor_why_not_ebpf(const struct sensor *s)
{
	return s->no_ebpf.msg;
}

static int start_ebpf(struct sensor *s, const struct subproc_command *cmd, int *task, struct err *err)
{
	int r = ebpf_start(s->ebpf, cmd, (int)s->n_tasks, err);
	if (r == 0)
		*task = (int)s->n_tasks++;
	return r;
}

int sensor_start(struct sensor *s, const struct subproc_command *cmd, int *task, struct err *err)
{
	if (s->ebpf)
		return start_ebpf(s, cmd, task, err);
	struct tracer *t;
	int r = tracer_start(cmd, (int)s->n_tasks, &s->events, s->witness, &s->view, &t, err);
	if (r < 0)
		return r;
	s->tasks = mem_grow(s->tasks, s->n_tasks, &s->cap, sizeof(*s->tasks));
	*task = (int)s->n_tasks;
	s->tasks[s->n_tasks++] = t;
	return 0;
}

int sensor_fd(const struct sensor *s)
{
	return s->events.fd;
}

int sensor_next(struct sensor *s, struct sensor_event *out)
{
	return event_queue_take(&s->events, out);
}

void sensor_kill(struct sensor *s, int task)
{
	if (s->ebpf)
		ebpf_kill(s->ebpf, task);
	else
		tracer_kill(s->tasks[task]);
}

/* What the filter let through. */
static void add_assumed(struct trace *t)
{
	size_t n;
	const struct sensor_filter_rule *rules = sensor_filter(SENSOR_PTRACE, &n);
	for (size_t i = 0; i < n; i++)
		for (const char *const *name = rules[i].names; !rules[i].deny_errno && *name; name++)
			(void)strset_add(&t->assumed, *name);
}

int sensor_finish(struct sensor *s, struct trace *out, struct err *err)
{
	struct fanotify_hints hints = {0};
	if (s->ebpf) {
		ebpf_join(s->ebpf);
		trace_merge(out, ebpf_trace(s->ebpf));
		hints = ebpf_hints(s->ebpf);
	} else {
		for (size_t i = 0; i < s->n_tasks; i++) {
			tracer_join(s->tasks[i]);
			trace_merge(out, tracer_trace(s->tasks[i]));
		}
		add_assumed(out);
	}
	out->witnesses |= s->view.witness | (s->witness ? TRACE_BY_FANOTIFY : 0);
	int r = s->witness ? fanotify_witness_finish(s->witness, s->ebpf ? &hints : NULL, out, err) : 0;
	if (r < 0)
		return r;
	if (out->unreadable || out->overflows)
		return err_set(err, ERR_SYS,
			       "the recording is not complete: memory of a program could not be read %llu times, "
			       "events were lost %llu "
			       "times; nothing was built from it, run again",
			       (unsigned long long)out->unreadable, (unsigned long long)out->overflows);
	return 0;
}

void sensor_free(struct sensor *s)
{
	if (!s)
		return;
	ebpf_free(s->ebpf);
	for (size_t i = 0; s->tasks && i < s->n_tasks; i++)
		tracer_free(s->tasks[i]);
	free(s->tasks);
	fanotify_witness_free(s->witness);
	event_queue_done(&s->events);
	view_done(&s->view);
	free(s);
}
