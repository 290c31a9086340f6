/* The recorder that works everywhere: a tracer (tracer.h) for each command. */
#include "base/mem.h"
#include "sensor/ptrace/tracer.h"
#include "sensor/recorder.h"

struct recorder {
	const struct sensor_site *site;
	struct ptrace_tracer **tracers; /* by task */
	size_t count, cap;
	atomic_ushort step; /* read by all tracers */
};

static int ptrace_open(const struct sensor_site *site, void **out, struct err *err)
{
	struct recorder *r = mem_alloc(sizeof(*r));
	r->site = site;
	*out = r;
	return 0;
}

static int ptrace_start(void *recorder, const struct subproc_command *cmd, int task, struct err *err)
{
	struct recorder *r = recorder;
	struct ptrace_tracer *t;
	int code = ptrace_tracer_start(cmd, task, r->site, &r->step, &t, err);
	if (code < 0)
		return code;
	r->tracers = mem_grow(r->tracers, r->count, &r->cap, sizeof(*r->tracers));
	r->tracers[r->count++] = t;
	return 0;
}

static void ptrace_kill(void *recorder, int task)
{
	struct recorder *r = recorder;
	ptrace_tracer_kill(r->tracers[task]);
}

static void ptrace_step(void *recorder, uint16_t step)
{
	struct recorder *r = recorder;
	atomic_store(&r->step, step);
}

/* The calls that the filter lets through unseen. */
static void add_assumed(const struct sensor_filter *f, struct trace *t)
{
	for (const struct sensor_filter_rule *r = f->rules; r < f->rules + f->count; r++)
		for (size_t i = 0; r->action == SENSOR_FILTER_ALLOW && i < r->n_names; i++)
			(void)strset_add(&t->assumed, r->names[i]);
}

static const struct sensor_fanotify_hints *ptrace_finish(void *recorder, struct trace *out)
{
	struct recorder *r = recorder;
	for (size_t i = 0; i < r->count; i++) {
		ptrace_tracer_join(r->tracers[i]);
		trace_take(out, ptrace_tracer_trace(r->tracers[i]));
	}
	add_assumed(r->site->filter, out);
	return NULL;
}

static bool ptrace_close(void *recorder)
{
	struct recorder *r = recorder;
	for (size_t i = 0; i < r->count; i++)
		ptrace_tracer_free(r->tracers[i]);
	free(r->tracers);
	free(r);
	return true;
}

const struct sensor_recorder sensor_ptrace = {
    .witness = TRACE_BY_PTRACE,
    .open = ptrace_open,
    .start = ptrace_start,
    .kill = ptrace_kill,
    .step = ptrace_step,
    .finish = ptrace_finish,
    .close = ptrace_close,
};
