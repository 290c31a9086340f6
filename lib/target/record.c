#include "target/record.h"

#include <stdlib.h>

#include "base/mem.h"
#include "target/processes.h"
#include "target/ports.h"

static size_t look(struct target_recording *r, const struct target_service *s)
{
	size_t n;
	CLEANUP_FREE pid_t *pids = target_processes(s, &n);
	r->processes = n > r->processes ? n : r->processes;
	return sensor_live_in_use(r->live, pids, n);
}

int target_record_begin(const struct target_service *s, struct target_recording *out, struct err *err)
{
	*out = (struct target_recording){0};
	if (s->address)
		return err_set(err, ERR_INVAL, "option-not-for-target",
			       "--record: a URL has no files to record; name the container, or pid:NUMBER");
	int r = sensor_live_new(s->root, s->pid, &out->live, err);
	if (r < 0)
		return err_wrap(err, "--record %s", s->what);
	out->before = look(out, s);
	return 0;
}

static void add_ports(const struct target_service *s, struct trace *t)
{
	CLEANUP_LISTENERS struct listeners l = {0};
	if (target_ports(s, &l, NULL) < 0)
		return;
	for (size_t i = 0; i < l.count; i++)
		trace_add_port(t, l.items[i].port, false);
}

int target_record_end(struct target_recording *r, const struct target_service *s, struct trace_file *out,
		      struct notes *notes, struct err *err)
{
	(void)look(r, s);
	int e = sensor_live_finish(r->live, &out->trace, err);
	if (e < 0)
		return e;
	out->trace.processes = r->processes;
	add_ports(s, &out->trace);
	if (s->container.image && s->container.image_id)
		trace_file_add_image(out, s->container.image, s->container.image_id);
	const bool by_calls = out->trace.witnesses & TRACE_BY_EBPF;
	notes_add(
	    notes, "recorded-late",
	    "the recording began late. It has the files that the processes had open or mapped, and those that were %s "
	    "meanwhile. It lacks files that they opened and closed before (configuration, source files)%s. Combine it "
	    "with a trace of slim record, which sees the start: slim build --trace START --trace THIS IMAGE",
	    by_calls ? "used" : "opened", by_calls ? "" : ", and files that they only looked for");
	if (out->trace.overflows)
		notes_add(notes, "recording-incomplete",
			  "events were lost, because more files were opened than slim could follow: slim build refuses "
			  "this trace");
	return 0;
}

void target_record_done(struct target_recording *r)
{
	sensor_live_free(r->live);
	*r = (struct target_recording){0};
}
