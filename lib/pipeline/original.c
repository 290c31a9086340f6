#include "pipeline/original.h"

#include <fcntl.h>
#include <string.h>

#include "evidence/presence.h"
#include "evidence/witness.h"
#include "exercise/remarks.h"
#include "os/binfmt.h"
#include "os/privilege.h"
#include "runtime/host.h"

#define NAMED 5 /* unexplained paths in a note */

void pipeline_original_init(struct pipeline_original *o)
{
	*o = (struct pipeline_original){.log_fd = -1};
}

void pipeline_original_begin(struct pipeline_original *o, const struct pipeline_session *s)
{
	o->programs = sensor_programs_begin(s->options->record.sensor, progress_timings(s->progress));
}

void pipeline_original_end(struct pipeline_original *o)
{
	sensor_programs_end(o->programs);
}

/* ---- running it ---- */

/* An image of another platform runs if an emulator is registered for it. */
static int check_platform(struct pipeline_original *o, const struct pipeline_session *s, struct err *err)
{
	const struct oci_platform *have = &s->image.config.platform;
	struct oci_platform host;
	char text[OCI_PLATFORM_TEXT], here[OCI_PLATFORM_TEXT];
	const char *why = "slim runs Linux images only";
	oci_platform_host(&host);
	if (oci_platform_matches(have, &host))
		return 0;
	if (strcmp(have->os, "linux") == 0 && binfmt_find_emulator(have->arch, BINFMT_DIR, &o->emulator, &why)) {
		notes_add(
		    &o->notes, "platform-emulated",
		    "the image is for %s and ran on this machine, which is %s, under emulation by %s: that is slow; "
		    "slim record on such a machine and --trace avoid it",
		    oci_platform_text(have, text), oci_platform_text(&host, here), o->emulator);
		return 0;
	}
	return err_set(err, ERR_UNSUPPORTED, "platform-foreign",
		       "the image is for %s and cannot run on this machine, which is %s: %s; build from a trace that "
		       "was recorded on such a machine (--trace)",
		       oci_platform_text(have, text), oci_platform_text(&host, here), why);
}

/* Leaves the limits that this machine can enforce. */
static void note_limits(struct pipeline_original *o, struct run_options *options)
{
	const struct runtime_cgroups *c = &o->runtime.cgroups;
	CLEANUP_FREE char *missing = NULL;
	options->bundle.limits = runtime_limits_possible(&options->bundle.limits, c, &missing);
	if (missing)
		notes_add(&o->notes, "limits-absent", "the container ran without a limit on %s: %s%s", missing,
			  c->usable ? "this machine's cgroups have no controller for it"
				    : "it could have no cgroup of its own, since ",
			  c->why_unusable);
}

static void note_options(struct pipeline_original *o, const struct notes *given)
{
	for (size_t i = 0; given && i < given->count; i++)
		notes_add_again(&o->notes, &given->items[i]);
}

static void set_site(struct pipeline_original *o, struct pipeline_session *s)
{
	const struct pipeline_session_options *from = s->options;
	o->site = (struct run_site){
	    .dir = &s->run,
	    .options = from->record,
	    .restarts = from->restarts,
	    .is_service = s->image.config.n_ports > 0 || from->n_expose > 0 || from->record.needs_port,
	    .expose = from->expose,
	    .n_expose = from->n_expose,
	    .volumes = from->volumes,
	    .commands = from->runs,
	    .n_commands = from->n_runs,
	    .programs = from->programs,
	    .n_programs = from->n_programs,
	    .expected = from->expected,
	    .progress = s->progress,
	};
	struct run_options *to = &o->site.options;
	to->runtime = &o->runtime;
	to->programs = o->programs;
	to->log_fd = o->log_fd;
	to->names_ports = from->n_expose > 0;
	to->accepts_failure = from->expected.accepts_failure;
	note_options(o, from->notes);
	note_limits(o, to);
	to->n_exercises = from->plan(from->plan_ctx, &s->image.config, &to->exercises);
}

/* With it a container can mount what shows the machine's devices; only a cgroup keeps it from using them. */
static int check_capabilities(const struct pipeline_original *o, const struct pipeline_session *s, struct err *err)
{
	const struct run_options *r = &s->options->record;
	const struct strlist *more = r->bundle.capabilities;
	bool has = more && (strlist_has(more, "CAP_SYS_ADMIN") || strlist_has(more, "ALL"));
	if (!has || !privilege_is_full() || o->runtime.cgroups.usable || r->allow_unconfined)
		return 0;
	return err_set(
	    err, ERR_UNSUPPORTED, "capability-unconfined",
	    "--cap-add SYS_ADMIN: the container can have no cgroup of its own, since %s, so that nothing would "
	    "keep it from this machine's devices; --allow-unconfined accepts that",
	    o->runtime.cgroups.why_unusable);
}

static void note_published(struct pipeline_original *o, const struct pipeline_session *s)
{
	const enum runtime_network network = s->options->record.bundle.network;
	if (s->options->publishes && network != RUNTIME_NETWORK_HOST && network != RUNTIME_NETWORK_BRIDGE)
		notes_add(&o->notes, "port-not-published",
			  "no port was published on this machine: the service was driven inside its own network, which "
			  "--host-exec reaches, too; --network bridge publishes it, with pasta (package passt) or "
			  "slirp4netns");
}

int pipeline_original_prepare(struct pipeline_original *o, struct pipeline_session *s, struct err *err)
{
	CLEANUP_FREE char *state = mem_printf("%s/runtime", s->run.path);
	int r = check_platform(o, s, err);
	if (r < 0 || (r = runtime_find(s->options->runtime, state, &o->runtime, err)) < 0 ||
	    (r = runtime_prepare(&o->runtime, err)) < 0 || (r = check_capabilities(o, s, err)) < 0 ||
	    (r = o->log_fd = pipeline_session_new_file(s, "log", O_APPEND, err)) < 0)
		return r;
	set_site(o, s);
	note_published(o, s);
	if (!s->options->surround)
		return 0;
	o->surrounded = s->options;
	return s->options->surround(s->options->surround_ctx, s, &o->site.options, err);
}

static void note_probes(struct pipeline_original *o, const struct pipeline_session *s)
{
	for (size_t i = 0; i < o->runs.count; i++)
		exercise_remarks_add(&o->runs.items[i].steps, s->options->crawls, &o->notes);
}

static void note_refused(struct pipeline_original *o)
{
	CLEANUP_BUF struct buf names = {0};
	CLEANUP_FREE size_t *sorted = strset_sorted(&o->trace.refused);
	for (size_t i = 0; i < o->trace.refused.count; i++)
		buf_printf(&names, "%s%s", i ? ", " : "", strset_get(&o->trace.refused, sorted[i]));
	if (names.len)
		notes_add(&o->notes, "syscalls-refused",
			  "refused to programs of the container, as under Docker's default profile: %s; what they "
			  "would have done with it was not seen",
			  names.data);
}

static void note_tracing(struct pipeline_original *o)
{
	if (o->trace.ptraces)
		notes_add(&o->notes, "tracing-refused",
			  "a program of the container tried to trace another (a debugger, strace), %llu times: that "
			  "fails while slim follows it, and what it would have done is not recorded",
			  (unsigned long long)o->trace.ptraces);
}

/* For an ordinary user engines have no profile either. */
static void note_apparmor(struct pipeline_original *o)
{
	CLEANUP_RUNTIME_HOST struct runtime_host host;
	runtime_host_look("", &host);
	if (host.apparmor_lacks_profile && privilege_is_full())
		notes_add(
		    &o->notes, "apparmor-profile-missing",
		    "AppArmor did not confine the container: the profile docker-default is not loaded; Docker loads "
		    "it when it starts");
}

static struct run_image image_of(const struct pipeline_session *s)
{
	return (struct run_image){&s->layers, &s->image.config};
}

int pipeline_original_record(struct pipeline_original *o, struct pipeline_session *s, struct err *err)
{
	struct verify_runs all = {0};
	const struct run_image image = image_of(s);
	int r = verify_runs_record(&o->site, &image, &all, &o->notes, err);
	if (s->options->variants > 1)
		trace_mark_variant(&all.trace, 0);
	for (unsigned v = 1; r == 0 && v < s->options->variants; v++) {
		r = progress_step(s->progress, "repeat", v + 1, s->options->variants, "runs", err);
		if (r == 0)
			r = verify_runs_vary(&o->site, &image, v, &all, &o->notes, err);
	}
	o->runs = all.runs;
	o->variants = all.variants;
	o->trace = all.trace;
	note_probes(o, s);
	note_refused(o);
	note_tracing(o);
	note_apparmor(o);
	return r;
}

/* ---- what the trace says ---- */

static void note_unexplained(struct pipeline_original *o)
{
	const struct trace_comparison *c = &o->trace.comparison;
	uint64_t n = c->rules[TRACE_RULE_UNEXPLAINED];
	if (!n)
		return;
	CLEANUP_FREE size_t *order = strset_sorted(&c->unexplained);
	CLEANUP_BUF struct buf names = {0};
	for (size_t i = 0; i < c->unexplained.count && i < NAMED; i++)
		buf_printf(&names, "%s%s", i ? ", " : "", strset_get(&c->unexplained, order[i]));
	notes_add(&o->notes, "witnesses-differ",
		  "the witnesses of the recording differ in %llu path%s and no rule of slim-trace(5) says why: %s%s",
		  (unsigned long long)n, n == 1 ? "" : "s", names.data ? names.data : "-", n > NAMED ? ", ..." : "");
}

static void note_absent_witness(struct pipeline_original *o)
{
	if (o->trace.witnesses && !(o->trace.witnesses & TRACE_BY_FANOTIFY))
		notes_add(
		    &o->notes, "fanotify-absent",
		    "fanotify, the second witness, was absent, as only root may use it. Files that the kernel opens by "
		    "itself were not seen. Interpreters of programs and scripts are kept because the files name them");
}

int pipeline_original_resolve(struct pipeline_original *o, struct pipeline_session *s, struct err *err)
{
	int r = pipeline_session_index(s, err);
	if (r < 0 || (r = evidence_init(&o->evidence, s->index, &o->trace, err)) < 0)
		return r;
	evidence_presence_fill(&o->evidence, &o->trace);
	if (o->runs.count) /* else the stored traces tell */
		evidence_witness_compare(&o->evidence, &o->trace);
	evidence_witness_count_files(&o->evidence, &o->trace);
	if (o->variants.count)
		evidence_stability_find(&o->evidence, s->options->variants, &o->stability);
	note_unexplained(o);
	note_absent_witness(o);
	return 0;
}

/* ---- the slim image beside it ---- */

int pipeline_original_verify(struct pipeline_original *o, struct pipeline_session *s,
			     const struct verify_options *options, struct verify_verdict *out, struct err *err)
{
	CLEANUP_FD int log_fd = pipeline_session_new_file(s, "verify-log", O_APPEND, err);
	struct verify_original original = {
	    .image = image_of(s),
	    .evidence = &o->evidence,
	    .runs = &o->runs,
	};
	return log_fd < 0 ? log_fd : verify_slim(&o->site, &original, options, log_fd, out, &o->notes, err);
}

void pipeline_original_done(struct pipeline_original *o)
{
	if (o->surrounded)
		o->surrounded->leave(o->surrounded->surround_ctx);
	sensor_programs_free(o->programs);
	notes_done(&o->notes);
	run_results_done(&o->runs);
	run_results_done(&o->variants);
	evidence_stability_done(&o->stability);
	evidence_done(&o->evidence);
	trace_done(&o->trace);
	runtime_done(&o->runtime);
	free(o->emulator);
	cleanup_closep(&o->log_fd);
}
