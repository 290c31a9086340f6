#include "sensor/sensor.h"

#include "base/mem.h"
#include "sensor/events.h"
#include "sensor/fanotify.h"
#include "sensor/tracer.h"

struct sensor {
	struct event_queue events;
	struct fanotify_witness *witness;
	struct view view;
	struct tracer **tasks;
	size_t n_tasks, cap;
};

int sensor_new(int rootfs, struct sensor **out, struct err *err)
{
	CLEANUP_SENSOR struct sensor *s = mem_alloc(sizeof(*s));
	s->events.fd = -1;
	view_init(&s->view, TRACE_BY_PTRACE);
	int r = event_queue_init(&s->events, err);
	if (r == 0 && rootfs >= 0)
		r = fanotify_witness_new(rootfs, &s->witness, err);
	if (r == 0)
		*out = steal_ptr(&s);
	return r;
}

int sensor_start(struct sensor *s, const struct subproc_command *cmd, int *task, struct err *err)
{
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
	tracer_kill(s->tasks[task]);
}

int sensor_finish(struct sensor *s, struct trace *out, struct err *err)
{
	for (size_t i = 0; i < s->n_tasks; i++) {
		tracer_join(s->tasks[i]);
		trace_merge(out, tracer_trace(s->tasks[i]));
	}
	int r = s->witness ? fanotify_witness_finish(s->witness, out, err) : 0;
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
	for (size_t i = 0; i < s->n_tasks; i++)
		tracer_free(s->tasks[i]);
	free(s->tasks);
	fanotify_witness_free(s->witness);
	event_queue_done(&s->events);
	view_done(&s->view);
	free(s);
}
