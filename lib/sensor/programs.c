#include "sensor/programs.h"

#include <pthread.h>

#include "base/mem.h"
#include "base/thread.h"
#include "sensor/recorder.h"

struct sensor_programs {
	struct timings *timings;
	pthread_t thread;
	bool running;
	/* The thread's until it is joined. */
	void (*work)(struct sensor_programs *p);
	void *loaded; /* NULL = none, or a sensor has it */
	struct err err;
};

/* ---- in the thread ---- */

static void load(struct sensor_programs *p)
{
	const size_t step =
	    timings_begin_apart(p->timings, "load the recorder", "the kernel, which checks its programs");
	(void)!sensor_ebpf.load(&p->loaded, &p->err); /* err tells */
	timings_end(p->timings, step);
}

static void unload(struct sensor_programs *p)
{
	sensor_ebpf.unload(steal_ptr(&p->loaded));
}

static void reset(struct sensor_programs *p)
{
	const size_t step = timings_begin_apart(p->timings, "empty the recorder", "the kernel");
	if (!sensor_ebpf.reset(p->loaded))
		unload(p);
	timings_end(p->timings, step);
}

static void *work(void *ctx)
{
	struct sensor_programs *p = ctx;
	p->work(p);
	return NULL;
}

/* ---- around it ---- */

static void join(struct sensor_programs *p)
{
	if (p->running)
		pthread_join(p->thread, NULL);
	p->running = false;
}

static void begin(struct sensor_programs *p, void (*what)(struct sensor_programs *p))
{
	join(p);
	p->work = what;
	p->running = thread_start(&p->thread, work, p) == 0;
	if (!p->running)
		what(p);
}

struct sensor_programs *sensor_programs_begin(enum sensor_kind kind, struct timings *timings)
{
	if (kind == SENSOR_PTRACE)
		return NULL;
	struct sensor_programs *p = mem_alloc(sizeof(*p));
	*p = (struct sensor_programs){.timings = timings};
	begin(p, load);
	return p;
}

int sensor_programs_take(struct sensor_programs *p, void **out, struct err *err)
{
	if (!p)
		return sensor_ebpf.load(out, err);
	join(p);
	if (p->err.code) {
		if (err)
			*err = p->err;
		return -(int)p->err.code;
	}
	if (!p->loaded)
		return sensor_ebpf.load(out, err);
	*out = steal_ptr(&p->loaded);
	return 0;
}

void sensor_programs_give(struct sensor_programs *p, void *loaded, bool reusable)
{
	if (p)
		join(p);
	if (p && loaded && !p->loaded) {
		p->loaded = loaded;
		begin(p, reusable ? reset : unload);
	} else if (loaded) {
		sensor_ebpf.unload(loaded);
	}
}

void sensor_programs_end(struct sensor_programs *p)
{
	if (p)
		join(p);
	if (p && p->loaded)
		begin(p, unload);
}

void sensor_programs_free(struct sensor_programs *p)
{
	if (!p)
		return;
	join(p);
	if (p->loaded)
		unload(p);
	free(p);
}
