/* In place of ebpf.c where slim is built without libbpf. */
#include "sensor/ebpf.h"

int ebpf_new(int rootfs, struct event_queue *events, struct view *view, struct ebpf **out, struct err *err)
{
	return err_set(err, ERR_UNSUPPORTED, "this slim was built without eBPF (libbpf and clang)");
}

int ebpf_start(struct ebpf *e, const struct subproc_command *cmd, int task, struct err *err)
{
	return err_set(err, ERR_UNSUPPORTED, "no eBPF");
}

void ebpf_kill(struct ebpf *e, int task)
{
}

void ebpf_join(struct ebpf *e)
{
}

struct trace *ebpf_trace(struct ebpf *e)
{
	return NULL;
}

struct fanotify_hints ebpf_hints(const struct ebpf *e)
{
	return (struct fanotify_hints){0};
}

void ebpf_free(struct ebpf *e)
{
}
