#include "pipeline/trial.h"

#include <stdlib.h>

/* A repetition is given up this much later than the first run was ready. */
#define READY_TIMES 10
#define READY_MORE_MS 5000
#define BY_HAND_SECONDS 1 /* of a repetition, where the user's hand ended the first run */

static bool has_port(const struct oci_image_config *c, const struct oci_port *p)
{
	for (size_t i = 0; i < c->n_ports; i++)
		if (c->ports[i].number == p->number && c->ports[i].udp == p->udp)
			return true;
	return false;
}

/* The image's configuration with what the user adds to a run. *out borrows all but its ports and volumes. */
static void add_to_config(const struct session_options *o, const struct oci_image_config *config,
			  struct oci_image_config *out)
{
	*out = *config;
	out->ports = mem_calloc(config->n_ports + o->n_expose, sizeof(*out->ports));
	for (size_t i = 0; i < config->n_ports; i++)
		out->ports[i] = config->ports[i];
	for (size_t i = 0; i < o->n_expose; i++)
		if (!has_port(out, &o->expose[i]))
			out->ports[out->n_ports++] = o->expose[i];
	out->volumes = (struct strlist){0};
	strlist_extend(&out->volumes, &config->volumes);
	if (o->volumes)
		strlist_extend(&out->volumes, o->volumes);
}

static int run_one(struct session *s, const struct trial_image *image, const struct record_options *options,
		   struct trial *t, struct err *err)
{
	CLEANUP_FREE char *name = mem_printf("run%u", s->n_containers++);
	t->runs = mem_realloc(t->runs, t->n_runs + 1, sizeof(*t->runs));
	struct report_run *run = &t->runs[t->n_runs++];
	*run = (struct report_run){0};
	struct oci_image_config config;
	add_to_config(s->options, image->config, &config);
	struct record_image what = {&s->run, image->layers, &config};
	int r = record_container(&what, name, options, s->progress, &t->trace, run, err);
	free(config.ports);
	strlist_done(&config.volumes);
	return r;
}

static int run_all(struct session *s, const struct trial_image *image, struct record_options *options,
		   int (*one)(struct session *s, const struct trial_image *image, const struct record_options *options,
			      struct trial *t, struct err *err),
		   struct trial *t, struct err *err)
{
	const struct session_options *o = s->options;
	bool service = s->image.config.n_ports > 0 || o->n_expose > 0 || o->record.needs_port;
	if (!s->exercises)
		s->n_exercises = o->plan(o->plan_ctx, &s->image.config, &s->exercises);
	options->runtime = &s->runtime;
	options->exercises = s->exercises;
	options->n_exercises = s->n_exercises;
	options->may_exit = !service || o->n_runs || options->until == RECORD_UNTIL_EXIT;
	int r = 0;
	if (service || o->n_runs == 0)
		r = one(s, image, options, t, err);
	for (size_t i = 0; r == 0 && i < o->n_runs; i++) {
		options->bundle.cmd = &o->runs[i];
		options->may_exit = true;
		if (!service)
			options->n_exercises = 0;
		r = one(s, image, options, t, err);
	}
	return r;
}

static int record_one(struct session *s, const struct trial_image *image, const struct record_options *options,
		      struct trial *t, struct err *err)
{
	int r = run_one(s, image, options, t, err);
	const struct report_run *run = &t->runs[t->n_runs - 1];
	if (r == 0 && options->may_exit && run->status != 0)
		report_note(s->report, "the run `%s` ended with status %d; what it did until then was recorded",
			    run->command, run->status);
	return r;
}

int trial_record(struct session *s, const struct trial_image *image, struct trial *out, struct err *err)
{
	struct record_options options = s->options->record;
	options.log_fd = s->log_fd;
	return run_all(s, image, &options, record_one, out, err);
}

static int repeat_one(struct session *s, const struct trial_image *image, const struct record_options *options,
		      struct trial *t, struct err *err)
{
	struct err failure = {0};
	int r = run_one(s, image, options, t, &failure);
	if (r == -ERR_CANCELLED) {
		*err = failure;
		return r;
	}
	if (r < 0)
		t->runs[t->n_runs - 1].failure = mem_strdup(failure.msg);
	return 0;
}

/* How long a repetition may take to listen: a slim image that lacks something may never do. */
static unsigned ready_timeout(const struct session *s)
{
	uint64_t slowest = 0, most = s->options->record.ready_timeout_ms;
	for (size_t i = 0; i < s->report->n_runs; i++)
		if (s->report->runs[i].ready_ms > slowest)
			slowest = s->report->runs[i].ready_ms;
	slowest = slowest * READY_TIMES + READY_MORE_MS;
	return (unsigned)(slowest < most ? slowest : most);
}

int trial_repeat(struct session *s, const struct trial_image *image, int log_fd, struct trial *out, struct err *err)
{
	struct record_options options = s->options->record;
	options.log_fd = log_fd;
	options.ready_timeout_ms = ready_timeout(s);
	if (options.until == RECORD_UNTIL_FD) {
		options.until = RECORD_UNTIL_SECONDS;
		options.seconds = BY_HAND_SECONDS;
	}
	struct err e = {0};
	int r = run_all(s, image, &options, repeat_one, out, &e);
	if (r < 0 && err)
		*err = e;
	return r;
}

void trial_done(struct trial *t)
{
	report_runs_done(t->runs, t->n_runs);
	trace_done(&t->trace);
	*t = (struct trial){0};
}
