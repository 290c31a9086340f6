/* sensor/ebpf.h - the recorder that stops nobody: eBPF programs (bpf/recorder.bpf.c) follow the commands and all that
 * descends from them and write records, which a thread here turns into one trace. Private to lib/sensor/.
 * Scope: a command from before its exec on; of its descendants those count that execute a program under one seccomp
 * filter more than the command had: the container's.
 * Lifetime: _new loads and attaches; any number of _start; _join once SENSOR_ENDED came for each; _free (kills first,
 * if need be). When this process dies, all that is followed is killed. */
#pragma once

#include "sensor/events.h"
#include "sensor/fanotify.h"
#include "sensor/view.h"

struct ebpf;
/* ERR_UNSUPPORTED: it cannot be had here, and why. rootfs: fd, borrowed; -1 = none. */
int ebpf_new(int rootfs, struct event_queue *events, struct view *view, struct ebpf **out, struct err *err) MUST_CHECK;
int ebpf_start(struct ebpf *e, const struct subproc_command *cmd, int task, struct err *err) MUST_CHECK;
void ebpf_kill(struct ebpf *e, int task);
void ebpf_join(struct ebpf *e);
struct trace *ebpf_trace(struct ebpf *e);               /* after _join */
struct fanotify_hints ebpf_hints(const struct ebpf *e); /* after _join; lives as long */
void ebpf_free(struct ebpf *e);
