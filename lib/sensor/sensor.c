#include "sensor/sensor.h"

#include <errno.h>

#include "base/log.h"
#include "base/mem.h"
#include "sensor/profile.h"
#include "sensor/recorder.h"

const char *const sensor_kind_names[SENSOR_KINDS] = {"auto", "ptrace", "ebpf"};

struct sensor {
	struct sensor_event_queue events;
	struct sensor_paths paths;
	struct strset refused;
	struct sensor_filter filter;
	struct sensor_site site;
	struct sensor_programs *programs;
	const struct sensor_recorder *recorder; /* NULL = not yet */
	void *recording;
	struct err no_ebpf; /* why ptrace was taken */
	int n_tasks;
};

/* None where the kernel gives us none: marks on file systems are for root of the machine. */
static int open_witness(struct sensor_site *site, struct err *err)
{
	struct err e = {0};
	int r = sensor_fanotify_new(site->rootfs, site->paths, &site->witness, &e);
	if (r < 0 && (e.sys == EPERM || e.sys == ENOSYS)) {
		log_debug("recording without the second witness: %s", e.msg);
		return 0;
	}
	if (r < 0 && err)
		*err = e;
	return r;
}

static int open_recorder(struct sensor *s, const struct sensor_recorder *recorder, struct err *err)
{
	s->paths.witness = recorder->witness;
	int r = recorder->load ? sensor_programs_take(s->programs, &s->site.loaded, err) : 0;
	if (r == 0 && (r = recorder->open(&s->site, &s->recording, err)) < 0)
		sensor_programs_give(s->programs, steal_ptr(&s->site.loaded), false);
	if (r == 0)
		s->recorder = recorder;
	return r;
}

static int choose_recorder(struct sensor *s, enum sensor_kind kind, struct err *err)
{
	int r = kind == SENSOR_PTRACE ? -ERR_UNSUPPORTED : open_recorder(s, &sensor_ebpf, &s->no_ebpf);
	if (r == -ERR_UNSUPPORTED && kind != SENSOR_EBPF)
		return open_recorder(s, &sensor_ptrace, err);
	if (r < 0 && err)
		*err = s->no_ebpf;
	return r;
}

int sensor_new(int rootfs, enum sensor_kind kind, const char *const *capabilities, struct sensor_programs *programs,
	       struct sensor **out, struct err *err)
{
	CLEANUP_SENSOR struct sensor *s = mem_alloc(sizeof(*s));
	s->events.fd = -1;
	s->programs = programs;
	sensor_paths_init(&s->paths, 0);
	sensor_profile_refused(capabilities, &s->refused);
	s->site = (struct sensor_site){
	    .rootfs = rootfs, .events = &s->events, .paths = &s->paths, .refused = &s->refused, .filter = &s->filter};
	int r = sensor_event_queue_init(&s->events, err);
	if (r == 0)
		r = choose_recorder(s, kind, err);
	if (r == 0)
		sensor_filter_init(&s->filter, sensor_kind_of(s), capabilities);
	if (r == 0 && rootfs >= 0)
		r = open_witness(&s->site, err);
	if (r == 0)
		*out = steal_ptr(&s);
	return r;
}

enum sensor_kind sensor_kind_of(const struct sensor *s)
{
	return s->recorder == &sensor_ebpf ? SENSOR_EBPF : SENSOR_PTRACE;
}

const struct sensor_filter *sensor_filter_of(const struct sensor *s)
{
	return &s->filter;
}

const char *sensor_why_not_ebpf(const struct sensor *s)
{
	return s->no_ebpf.msg;
}

int sensor_start(struct sensor *s, const struct subproc_command *cmd, int *task, struct err *err)
{
	int r = s->recorder->start(s->recording, cmd, s->n_tasks, err);
	if (r == 0)
		*task = s->n_tasks++;
	return r;
}

int sensor_fd(const struct sensor *s)
{
	return s->events.fd;
}

int sensor_next(struct sensor *s, struct sensor_event *out)
{
	return sensor_event_queue_take(&s->events, out);
}

void sensor_kill(struct sensor *s, int task)
{
	s->recorder->kill(s->recording, task);
}

void sensor_step(struct sensor *s, uint16_t step)
{
	s->recorder->step(s->recording, step);
}

int sensor_finish(struct sensor *s, struct trace *out, struct err *err)
{
	struct sensor_fanotify *witness = s->site.witness;
	const struct sensor_fanotify_hints *hints = s->recorder->finish(s->recording, out);
	out->witnesses |= s->paths.witness | (witness ? TRACE_BY_FANOTIFY : 0);
	int r = witness ? sensor_fanotify_finish(witness, hints, out, err) : 0;
	if (r < 0)
		return r;
	if (out->unreadable || out->overflows)
		return err_set(err, ERR_SYS, "recording-incomplete",
			       "the recording is incomplete: memory of a program could not be read %llu times, and "
			       "events were lost %llu times; nothing was built, so run it again",
			       (unsigned long long)out->unreadable, (unsigned long long)out->overflows);
	return 0;
}

void sensor_free(struct sensor *s)
{
	if (!s)
		return;
	if (s->recorder)
		sensor_programs_give(s->programs, s->site.loaded, s->recorder->close(s->recording));
	sensor_fanotify_free(s->site.witness);
	sensor_event_queue_done(&s->events);
	sensor_paths_done(&s->paths);
	sensor_filter_done(&s->filter);
	strset_done(&s->refused);
	free(s);
}
