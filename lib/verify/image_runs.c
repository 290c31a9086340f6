#include "verify/image_runs.h"

#include <stdio.h>
#include <stdlib.h>

#include "run/record.h"

/* A repetition is given up this much later than the first run was ready. */
#define READY_TIMES 10
#define READY_MORE_MS 5000
#define BY_HAND_SECONDS 1 /* of a repetition, where the user's hand ended the first run */

/* The runs of one image on their way. */
struct series {
	struct run_site *site;
	const struct run_image *image;
	struct run_options options; /* of the next run */
	struct run_results *out;
	struct trace *trace;             /* what they do is added to it */
	size_t steps_before;             /* that the runs before those of out have */
	struct notes *notes;             /* NULL = a repetition, whose runs may fail */
	const struct run_results *first; /* of a repetition: the original's runs */
	const bool *which;               /* the runs to do; NULL = all */
	size_t n_seen;                   /* runs that were done or left out */
	char name[2][16];                /* of the container, and of its second start */
	bool input_ended;                /* nobody can end another run by hand */
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

static int record(struct series *s, struct run_result *result, struct err *err)
{
	struct run_site *site = s->site;
	char *name = s->name[s->options.scratch != NULL];
	snprintf(name, sizeof(s->name[0]), "run%u", site->n_containers++);
	struct oci_image_config config;
	add_to_config(site, s->image->config, &config);
	const struct run_image image = {s->image->layers, &config};
	s->options.first_step = s->steps_before;
	for (const struct run_result *before = s->out->items; before < result; before++)
		s->options.first_step += before->steps.count;
	result->variant = s->options.variant;
	int r = run_record(site->dir, name, &image, &s->options, site->progress, s->trace, result, err);
	free(config.ports);
	strlist_done(&config.volumes);
	if (s->options.scratch && result->command) {
		char *command = mem_printf("%s (second start)", result->command);
		free(result->command);
		result->command = command;
	}
	return r;
}

/* Of a repetition. A second start needs the first. */
static bool is_wanted(const struct series *s, size_t i)
{
	return !s->which || s->which[i] || (s->site->restarts && s->which[i ^ 1]);
}

/* The run's result, if it is to be run now; NULL = it is not. */
static struct run_result *next_result(struct series *s)
{
	struct run_results *runs = s->out;
	size_t i = s->n_seen++;
	if (i == runs->count)
		run_results_add(runs)->skipped = true;
	struct run_result *result = &runs->items[i];
	if (!result->skipped || !is_wanted(s, i))
		return NULL;
	result->skipped = false;
	return result;
}

/* A run of the original against what is expected of it; r: how it went. Returns r if it was right. */
static int judge(struct series *s, struct run_result *result, size_t nth, bool is_own, int r, struct err *failure)
{
	const struct run_expectation *e = &s->site->expected;
	const bool ended = r == 0;
	if (r == 0)
		r = run_expectation_end(e, result, nth, failure);
	const bool driven =
	    is_own && s->options.n_exercises && (result->ready_ms || !s->options.exercises[0].if_listens);
	if (r == 0 && driven) {
		r = run_expectation_steps(result, failure);
		if (r == 0)
			r = run_expectation_http(e, result, failure);
		if (r == -ERR_UNPROVEN && s->options.variant) {
			notes_add(s->notes, "variant-unexpected",
				  "%s; that was in run %u of --repeat, which sends requests in another order or more "
				  "of them at once",
				  failure->msg, s->options.variant + 1);
			r = 0;
		}
	}
	if (r != -ERR_UNPROVEN || !e->accepts_failure)
		return r;
	if (!ended)
		result->failure = mem_strdup(failure->msg);
	notes_add(s->notes, "run-failed", "%s; what was done until then was recorded, as --allow-failed-run says",
		  failure->msg);
	return 0;
}

/* nth: of the expected statuses. is_own: the image's command, which is driven. */
static int run_one(struct series *s, size_t nth, bool is_own, struct err *err)
{
	struct run_result *result = next_result(s);
	struct err failure = {0};
	if (!result)
		return 0;
	s->options.ignores_stop =
	    s->first && s->n_seen <= s->first->count && s->first->items[s->n_seen - 1].ignored_stop;
	if (s->input_ended)
		return err_set(
		    err, ERR_INVAL, "continue-input-ended",
		    "--continue-after enter takes a line for each run, but standard input ended with run %zu",
		    s->n_seen - 1);
	int r = record(s, result, &failure);
	s->input_ended = result->input_ended;
	if (s->notes && result->output_left_out)
		notes_add(
		    s->notes, "output-left-out",
		    "the run `%s` printed so much that slim kept only the beginning and the end: %llu bytes between "
		    "them were left out",
		    result->command ? result->command : "", (unsigned long long)result->output_left_out);
	if (s->notes && result->ports_remark)
		notes_add(s->notes, "port-not-exposed", "%s", result->ports_remark);
	if (s->notes && result->limit_hit)
		notes_add(s->notes, "limit-reached", "%s, in the run `%s`", result->limit_hit,
			  result->command ? result->command : "");
	if (s->notes)
		r = judge(s, result, nth, is_own, r, &failure);
	if (r < 0 && !s->notes && r != -ERR_CANCELLED) {
		result->failure = mem_strdup(failure.msg);
		return 0;
	}
	if (r < 0 && err)
		*err = failure;
	return r;
}

/* The same, and once more on what the container wrote, if the user asks for that. */
static int run_and_restart(struct series *s, size_t nth, bool is_own, struct err *err)
{
	s->options.leaves_scratch = s->site->restarts;
	int r = run_one(s, nth, is_own, err);
	s->options.leaves_scratch = false;
	if (r < 0 || !s->site->restarts)
		return r;
	s->options.scratch = s->name[0];
	r = run_one(s, nth, is_own, err);
	s->options.scratch = NULL;
	return r;
}

/* Runs the commands of --exec, each in a container of its own. */
static int run_programs(struct series *s, struct err *err)
{
	static const struct strlist none;
	int r = 0;
	s->options.bundle.cmd = &none;
	s->options.may_exit = true;
	for (size_t i = 0; r == 0 && i < s->site->n_programs; i++) {
		s->options.bundle.entrypoint = &s->site->programs[i];
		r = run_and_restart(s, SIZE_MAX, false, err);
	}
	return r;
}

/* Runs the image's own command, unless there are others and it is not a service; then the others, as jobs. */
static int run_all(struct series *s, struct err *err)
{
	const struct run_site *site = s->site;
	int r = 0;
	s->options.may_exit = !site->is_service || site->n_commands || s->options.until == RUN_UNTIL_EXIT;
	if (site->alone)
		s->options.n_exercises = 0;
	if (site->is_service || site->n_commands == 0)
		r = run_and_restart(s, site->n_commands ? SIZE_MAX : 0, true, err);
	for (size_t i = 0; r == 0 && i < site->n_commands; i++) {
		s->options.bundle.cmd = &site->commands[i];
		s->options.may_exit = true;
		if (!site->is_service)
			s->options.n_exercises = 0;
		r = run_and_restart(s, i, false, err);
	}
	return r == 0 && site->alone ? run_programs(s, err) : r;
}

/* Whether the first run ended by itself before, or while, --exec was at work in it; such a run is another one the next
 * time. */
static bool ended_under_exec(const struct run_site *site, const struct run_results *runs)
{
	if (!site->n_programs || site->is_service || !runs->count || runs->items[0].end != RUN_END_ITSELF)
		return false;
	const struct run_result *run = &runs->items[0];
	bool failed = !run->exercised_ms || site->options.until == RUN_UNTIL_EXERCISED;
	for (size_t i = 0; i < run->steps.count; i++)
		failed |= run->steps.steps[i].kind == EXERCISE_EXEC && run->steps.steps[i].status != 0;
	return failed;
}

static struct series series_of(struct run_site *site, const struct run_image *image, struct run_results *out,
			       struct trace *trace)
{
	return (struct series){.site = site, .image = image, .options = site->options, .out = out, .trace = trace};
}

int verify_runs_record(struct run_site *site, const struct run_image *image, struct verify_runs *out,
		       struct notes *notes, struct err *err)
{
	struct series s = series_of(site, image, &out->runs, &out->trace);
	struct err failure = {0};
	s.notes = notes;
	int r = run_all(&s, &failure);
	if ((r == 0 || r == -ERR_UNPROVEN) && ended_under_exec(site, &out->runs)) {
		notes_add(
		    notes, "exec-alone",
		    "the container ended before --exec was done in it: its commands ran in containers of their own");
		verify_runs_done(out);
		site->alone = true;
		s = series_of(site, image, &out->runs, &out->trace);
		s.notes = notes;
		return run_all(&s, err);
	}
	if (r < 0 && err)
		*err = failure;
	return r;
}

int verify_runs_vary(struct run_site *site, const struct run_image *image, unsigned variant, struct verify_runs *done,
		     struct notes *notes, struct err *err)
{
	CLEANUP_TRACE struct trace trace = {0};
	struct series s = series_of(site, image, &done->variants, &trace);
	s.notes = notes;
	s.n_seen = done->variants.count;
	s.options.variant = variant;
	for (size_t i = 0; i < done->runs.count; i++)
		s.steps_before += done->runs.items[i].steps.count;
	int r = run_all(&s, err);
	trace_mark_variant(&trace, variant);
	trace_take(&done->trace, &trace);
	return r;
}

/* The limit for a repetition to listen; a slim image that lacks a file may never listen. */
static unsigned ready_timeout(const struct run_site *site, const struct run_results *first)
{
	uint64_t slowest = 0, most = site->options.ready_timeout_ms;
	for (size_t i = 0; i < first->count; i++)
		if (first->items[i].failure)
			return site->options.ready_timeout_ms; /* so that the repetition fails alike */
		else if (first->items[i].ready_ms > slowest)
			slowest = first->items[i].ready_ms;
	slowest = slowest * READY_TIMES + READY_MORE_MS;
	return (unsigned)(slowest < most ? slowest : most);
}

int verify_runs_repeat(struct run_site *site, const struct run_image *image, const struct run_results *first,
		       const bool *which, int log_fd, struct verify_runs *out, struct err *err)
{
	struct series s = series_of(site, image, &out->runs, &out->trace);
	s.which = which;
	s.first = first;
	s.options.log_fd = log_fd;
	s.options.ready_timeout_ms = ready_timeout(site, first);
	if (s.options.until == RUN_UNTIL_FD) {
		s.options.until = RUN_UNTIL_SECONDS;
		s.options.seconds = BY_HAND_SECONDS;
	}
	return run_all(&s, err);
}

void verify_runs_done(struct verify_runs *r)
{
	run_results_done(&r->runs);
	run_results_done(&r->variants);
	trace_done(&r->trace);
	*r = (struct verify_runs){0};
}
