#include "pipeline/session.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "pipeline/found.h"
#include "pipeline/trial.h"
#include "pipeline/witness.h"
#include "rootfs/cache.h"

void session_init(struct session *s, const struct session_options *options, const struct progress *progress,
		  struct report *report)
{
	*s = (struct session){
	    .options = options,
	    .progress = progress,
	    .report = report,
	    .log_fd = -1,
	    .store.fd = -1,
	    .store.layers_fd = -1,
	    .cache_max = UINT64_MAX,
	};
}

int session_new_file(struct session *s, const char *name, int flags, struct err *err)
{
	int fd = openat(s->run.fd, name, O_RDWR | O_CREAT | O_CLOEXEC | flags, 0600);
	return fd < 0 ? err_sys(err, errno, "create %s/%s", s->run.path, name) : fd;
}

const char *session_digest(const struct session *s)
{
	return s->image.manifest_digest.text[0] ? s->image.manifest_digest.text : s->image.manifest.config.digest.text;
}

struct transport_options session_access(const struct session *s)
{
	struct transport_options t = s->options->access;
	t.tmp_dir = s->run.path;
	t.progress = s->progress;
	return t;
}

int session_fetch(struct session *s, struct err *err)
{
	const struct session_options *o = s->options;
	int r;
	if ((r = rootfs_cache_max(&s->cache_max, err)) < 0 || (r = rootfs_store_open(o->store, &s->store, err)) < 0 ||
	    (r = rootfs_run_new(&s->store, &s->run, err)) < 0)
		return r;
	const struct transport_options t = session_access(s);
	if ((r = transport_source_open(&o->source, &t, &s->source, err)) < 0)
		return r;
	return transport_source_image(s->source, o->platform, &s->image, err);
}

static int check_platform(const struct session *s, struct err *err)
{
	struct oci_platform host;
	char have[OCI_PLATFORM_TEXT], here[OCI_PLATFORM_TEXT];
	oci_platform_host(&host);
	if (oci_platform_matches(&s->image.config.platform, &host))
		return 0;
	return err_set(err, ERR_UNSUPPORTED, "the image is for %s and cannot run on this machine, which is %s",
		       oci_platform_text(&s->image.config.platform, have), oci_platform_text(&host, here));
}

int session_prepare_run(struct session *s, struct err *err)
{
	CLEANUP_FREE char *state = mem_printf("%s/runtime", s->run.path);
	int r = check_platform(s, err);
	if (r < 0 || (r = runtime_find(s->options->runtime, state, &s->runtime, err)) < 0 ||
	    (r = runtime_prepare(&s->runtime, err)) < 0 ||
	    (r = s->log_fd = session_new_file(s, "log", O_APPEND, err)) < 0)
		return r;
	return 0;
}

static void describe_source(struct session *s)
{
	struct report_image *to = &s->report->source;
	to->reference = s->options->source.scheme[0] ? mem_strdup(s->options->source_text)
						     : oci_ref_text(transport_source_ref(s->source));
	strcpy(to->digest, session_digest(s));
	for (size_t i = 0; i < s->image.manifest.n_layers; i++)
		to->compressed_bytes += s->image.manifest.layers[i].size;
	to->layers = s->layers.count;
	s->report->store_bytes = s->layers.written;
	for (size_t i = 0; i < s->layers.count; i++) {
		to->size_bytes += s->layers.items[i].bytes;
		s->report->cached_layers += s->layers.items[i].cached;
		s->report->in_place_layers += s->layers.items[i].in_place;
	}
}

int session_unpack(struct session *s, struct err *err)
{
	int r = progress_step(s->progress, "unpack", 0, 0, "", err);
	if (r < 0)
		return r;
	r = rootfs_unpack(&s->store, &s->run, s->source, &s->image, s->progress, &s->layers, err);
	if (r < 0)
		return r;
	describe_source(s);
	return index_builder_start(&s->indexing, &s->layers, err);
}

struct trial_image session_original(struct session *s)
{
	return (struct trial_image){&s->layers, &s->image.config};
}

static void note_silent_ports(struct report *rep)
{
	for (size_t i = 0; i < rep->n_runs; i++) {
		size_t asked = 0, answered = 0;
		for (size_t j = 0; j < rep->runs[i].steps.count; j++)
			if (rep->runs[i].steps.steps[j].kind == EXERCISE_HTTP) {
				asked++;
				answered += rep->runs[i].steps.steps[j].status >= 0;
			}
		if (asked && !answered)
			report_note(rep, "nothing answered HTTP: only the start and the stop of the service were "
					 "recorded; drive it with "
					 "--host-exec, or say --http-probe=false");
	}
}

static void note_refused(const struct session *s)
{
	CLEANUP_BUF struct buf names = {0};
	CLEANUP_FREE size_t *sorted = strset_sorted(&s->trace.refused);
	for (size_t i = 0; i < s->trace.refused.count; i++)
		buf_printf(&names, "%s%s", i ? ", " : "", strset_get(&s->trace.refused, sorted[i]));
	if (names.len)
		report_note(s->report,
			    "refused to programs of the container, as under Docker's default profile: %s; what they "
			    "would have done with it was not seen",
			    names.data);
}

int session_record(struct session *s, struct err *err)
{
	CLEANUP_TRIAL struct trial t = {0};
	const struct trial_image original = session_original(s);
	int r = trial_record(s, &original, &t, err);
	s->report->runs = t.runs;
	s->report->n_runs = t.n_runs;
	s->trace = t.trace;
	t = (struct trial){0};
	note_silent_ports(s->report);
	note_refused(s);
	if (s->trace.ptraces)
		report_note(s->report,
			    "a program of the container tried to trace another (a debugger, strace), %llu times: that "
			    "fails while slim follows it, and what it would have done is not recorded",
			    (unsigned long long)s->trace.ptraces);
	return r;
}

#define NAMED 5 /* unexplained paths in a note */

static void note_unexplained(const struct session *s)
{
	const struct trace_comparison *c = &s->trace.comparison;
	uint64_t n = c->rules[TRACE_RULE_UNEXPLAINED];
	if (!n)
		return;
	CLEANUP_FREE size_t *order = strset_sorted(&c->unexplained);
	CLEANUP_BUF struct buf names = {0};
	for (size_t i = 0; i < c->unexplained.count && i < NAMED; i++)
		buf_printf(&names, "%s%s", i ? ", " : "", strset_get(&c->unexplained, order[i]));
	report_note(s->report,
		    "the witnesses of the recording differ in %llu path%s and no rule of slim-trace(5) says why: %s%s",
		    (unsigned long long)n, n == 1 ? "" : "s", names.data ? names.data : "-", n > NAMED ? ", ..." : "");
}

static void note_absent_witness(struct session *s)
{
	if (s->trace.witnesses && !(s->trace.witnesses & TRACE_BY_FANOTIFY))
		report_note(
		    s->report,
		    "fanotify, the second witness, was absent, as it is for all but root: what the kernel opens by "
		    "itself, such as the interpreters of programs and scripts, was not seen but is kept because the "
		    "files name it");
}

int session_resolve(struct session *s, struct err *err)
{
	int r = index_builder_wait(&s->indexing, &s->index, err);
	if (r < 0)
		return r;
	for (uint32_t id = 0; id < rootfs_index_count(s->index); id++)
		s->report->source.files += S_ISREG(rootfs_index_node(s->index, id)->mode);
	found_fill(s->index, &s->trace);
	if (s->report->n_runs) /* else the stored traces tell */
		witness_compare(s->index, &s->trace);
	witness_count_files(s->index, &s->trace);
	note_unexplained(s);
	note_absent_witness(s);
	report_trace_add(s->report, &s->trace);
	return 0;
}

/* What this run used is the last that goes. */
static void trim_store(struct session *s)
{
	const struct rootfs_cache_limits limits = {.by_size = true, .max_bytes = s->cache_max};
	CLEANUP_CACHE struct rootfs_cache all = {0};
	struct err e = {0};
	if (s->cache_max != UINT64_MAX && s->run.path &&
	    rootfs_cache_prune(&s->store, &s->run, &limits, s->progress, &all, &e) < 0)
		log_debug("the store is not pruned: %s", e.msg); /* the run's result does not depend on it */
}

void session_done(struct session *s)
{
	trace_done(&s->trace);
	index_builder_done(&s->indexing);
	rootfs_layers_done(&s->layers);
	transport_image_done(&s->image);
	transport_source_close(s->source);
	runtime_done(&s->runtime);
	cleanup_closep(&s->log_fd);
	trim_store(s);
	rootfs_run_done(&s->run);
	rootfs_store_done(&s->store);
}

int session_run_stages(const struct session_stage *stages, size_t n, void *ctx, struct report *report, struct err *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < n; i++) {
		uint64_t from = clock_ms();
		r = stages[i].run(ctx, err);
		report_stage_add(report, stages[i].name, clock_ms() - from);
	}
	return r;
}
