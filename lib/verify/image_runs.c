#include "verify/image_runs.h"

#include <stdlib.h>

#include "run/record.h"

/* A repetition is given up this much later than the first run was ready. */
#define READY_TIMES 10
#define READY_MORE_MS 5000
#define BY_HAND_SECONDS 1 /* of a repetition, where the user's hand ended the first run */

/* A trial on its way. */
struct trying {
	struct run_site *site;
	const struct run_image *image;
	struct run_options options; /* of the next run */
	struct verify_image_runs *trial;
	struct notes *notes; /* NULL = a repetition, whose runs may fail */
};

static bool has_port(const struct oci_image_config *c, const struct oci_port *p)
{
	for (size_t i = 0; i < c->n_ports; i++)
		if (c->ports[i].number == p->number && c->ports[i].udp == p->udp)
			return true;
	return false;
}

/* The image's configuration with what the user adds to a run. *out borrows all but its ports and volumes. */
static void add_to_config(const struct run_site *site, const struct oci_image_config *config,
			  struct oci_image_config *out)
{
	*out = *config;
	out->ports = mem_calloc(config->n_ports + site->n_expose, sizeof(*out->ports));
	for (size_t i = 0; i < config->n_ports; i++)
		out->ports[i] = config->ports[i];
	for (size_t i = 0; i < site->n_expose; i++)
		if (!has_port(out, &site->expose[i]))
			out->ports[out->n_ports++] = site->expose[i];
	out->volumes = (struct strlist){0};
	strlist_extend(&out->volumes, &config->volumes);
	if (site->volumes)
		strlist_extend(&out->volumes, site->volumes);
}

static int record(struct trying *t, struct run_result *result, struct err *err)
{
	struct run_site *site = t->site;
	CLEANUP_FREE char *name = mem_printf("run%u", site->n_containers++);
	struct oci_image_config config;
	add_to_config(site, t->image->config, &config);
	const struct run_image image = {t->image->layers, &config};
	int r = run_record(site->dir, name, &image, &t->options, site->progress, &t->trial->trace, result, err);
	free(config.ports);
	strlist_done(&config.volumes);
	return r;
}

static int run_one(struct trying *t, struct err *err)
{
	struct run_result *result = run_results_add(&t->trial->runs);
	struct err failure = {0};
	int r = record(t, result, &failure);
	if (r < 0 && !t->notes && r != -ERR_CANCELLED) {
		result->failure = mem_strdup(failure.msg);
		return 0;
	}
	if (r < 0 && err)
		*err = failure;
	if (r == 0 && t->notes && t->options.may_exit && result->status != 0)
		notes_add(t->notes, "run-failed",
			  "the run `%s` ended with status %d; what it did until then was recorded", result->command,
			  result->status);
	return r;
}

/* The image's own command, unless there are others and it is no service; then the others, as jobs. */
static int run_all(struct trying *t, struct err *err)
{
	const struct run_site *site = t->site;
	int r = 0;
	t->options.may_exit = !site->is_service || site->n_commands || t->options.until == RUN_UNTIL_EXIT;
	if (site->is_service || site->n_commands == 0)
		r = run_one(t, err);
	for (size_t i = 0; r == 0 && i < site->n_commands; i++) {
		t->options.bundle.cmd = &site->commands[i];
		t->options.may_exit = true;
		if (!site->is_service)
			t->options.n_exercises = 0;
		r = run_one(t, err);
	}
	return r;
}

int verify_image_runs_record(struct run_site *site, const struct run_image *image, struct verify_image_runs *out,
			     struct notes *notes, struct err *err)
{
	struct trying t = {.site = site, .image = image, .options = site->options, .trial = out, .notes = notes};
	return run_all(&t, err);
}

/* How long a repetition may take to listen: a slim image that lacks something may never do. */
static unsigned ready_timeout(const struct run_site *site, const struct run_results *first)
{
	uint64_t slowest = 0, most = site->options.ready_timeout_ms;
	for (size_t i = 0; i < first->count; i++)
		if (first->items[i].ready_ms > slowest)
			slowest = first->items[i].ready_ms;
	slowest = slowest * READY_TIMES + READY_MORE_MS;
	return (unsigned)(slowest < most ? slowest : most);
}

int verify_image_runs_repeat(struct run_site *site, const struct run_image *image, const struct run_results *first,
			     int log_fd, struct verify_image_runs *out, struct err *err)
{
	struct trying t = {.site = site, .image = image, .options = site->options, .trial = out};
	t.options.log_fd = log_fd;
	t.options.ready_timeout_ms = ready_timeout(site, first);
	if (t.options.until == RUN_UNTIL_FD) {
		t.options.until = RUN_UNTIL_SECONDS;
		t.options.seconds = BY_HAND_SECONDS;
	}
	return run_all(&t, err);
}

void verify_image_runs_done(struct verify_image_runs *t)
{
	run_results_done(&t->runs);
	trace_done(&t->trace);
	*t = (struct verify_image_runs){0};
}
