/* sensor/sensor.h - follows a command (the OCI runtime) and all that it starts, and records what the container's
 * processes do with paths. It does not know OCI: it gets a command and a root, and hands out the filter that the
 * runtime must load. The first program executed under that filter is the container's.
 * How, by kind: with ptrace, PTRACE_SEIZE from the command's birth; the processes that loaded the filter stop at the
 * entry of the syscalls that it marks. Or with eBPF programs in the kernel, which stop nobody. With both, fanotify on
 * the root's file system is the second witness.
 * Lifetime: _new; any number of _start; events; when every task has ended, _finish; _free (kills what still runs).
 * Has threads of its own; the functions here are for one thread. */
#pragma once

#include "os/subproc.h"
#include "sensor/events.h"
#include "sensor/filter.h"
#include "sensor/programs.h"
#include "trace/trace.h"

extern const char *const sensor_kind_names[SENSOR_KINDS];

struct sensor;
/* rootfs: fd of the mounted root, borrowed; -1 = none, and without the second witness. Without it also where the kernel
 * refuses fanotify: to all but root of the machine; the trace says who was at work. capabilities: what the container
 * has, as for sensor_filter_init. programs: loaded ahead for this kind, borrowed; NULL = it loads its own.
 * ERR_UNSUPPORTED when eBPF is wanted and cannot be had here. */
int sensor_new(int rootfs, enum sensor_kind kind, const char *const *capabilities, struct sensor_programs *programs,
	       struct sensor **out, struct err *err) MUST_CHECK;
const struct sensor_filter *sensor_filter_of(const struct sensor *s); /* that the runtime must load */
enum sensor_kind sensor_kind_of(const struct sensor *s);              /* never SENSOR_AUTO */
const char *sensor_why_not_ebpf(const struct sensor *s);              /* of one that was to be SENSOR_AUTO, else "" */
/* Start a command. *task: its number, in its events. */
int sensor_start(struct sensor *s, const struct subproc_command *cmd, int *task, struct err *err) MUST_CHECK;
int sensor_fd(const struct sensor *s); /* readable while events wait */
/* The next event: 1, or 0 when none waits. Does not block. */
int sensor_next(struct sensor *s, struct sensor_event *out);
/* Numbers all that is recorded from now on (trace.step). Safe in any thread. */
void sensor_step(struct sensor *s, uint16_t step);
/* SIGKILL to everything of a task; its SENSOR_ENDED follows. */
void sensor_kill(struct sensor *s, int task);
/* The united recording of all tasks, added to out. A lost event is an error of the run. */
int sensor_finish(struct sensor *s, struct trace *out, struct err *err) MUST_CHECK;
void sensor_free(struct sensor *s);
static inline void sensor_freep(struct sensor **s)
{
	sensor_free(*s);
}
#define CLEANUP_SENSOR CLEANUP(sensor_freep)
