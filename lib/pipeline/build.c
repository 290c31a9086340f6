#include "pipeline/build.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "keep/keep.h"
#include "pipeline/container_log.h"
#include "pipeline/destination.h"
#include "pipeline/index_builder.h"
#include "pipeline/publish.h"
#include "pipeline/witness.h"
#include "rewrite/rewrite.h"

struct build {
	const struct build_options *options;
	const struct progress *progress;
	struct report *report;
	struct rootfs_store store;
	struct rootfs_run run;
	struct transport_source *source;
	struct transport_image image;
	struct rootfs_layers layers;
	struct index_builder indexing;
	const struct rootfs_index *index; /* from the stage keep on */
	struct runtime runtime;
	struct trace trace;
	struct keep_set keep;
	struct rewrite_result result;
	struct oci_ref output;
	enum oci_family family;
	int log_fd, layer_fd;
};

static uint64_t blobs_size(const struct oci_manifest *m)
{
	uint64_t n = 0;
	for (size_t i = 0; i < m->n_layers; i++)
		n += m->layers[i].size;
	return n;
}

static int new_file(struct build *b, const char *name, int flags, struct err *err)
{
	int fd = openat(b->run.fd, name, O_RDWR | O_CREAT | O_CLOEXEC | flags, 0600);
	return fd < 0 ? err_sys(err, errno, "create %s/%s", b->run.path, name) : fd;
}

/* Source, destination and runtime are known to be usable before any work is done. */
static int prepare(struct build *b, struct err *err)
{
	const struct build_options *o = b->options;
	int r;
	if ((r = rootfs_store_open(o->store, &b->store, err)) < 0 || (r = rootfs_run_new(&b->store, &b->run, err)) < 0)
		return r;
	struct transport_options t = {.tmp_dir = b->run.path};
	if ((r = transport_source_open(&o->source, &t, &b->source, err)) < 0 ||
	    (r = transport_source_image(b->source, o->platform, &b->image, err)) < 0)
		return r;
	if (o->output.scheme)
		b->output = (struct oci_ref){mem_strdup(o->output.scheme), mem_strdup(o->output.location),
					     mem_strdup(o->output.tag)};
	else
		destination_default(&o->source, &b->output);
	if ((r = transport_family(&b->output, &b->family, err)) < 0)
		return r;
	CLEANUP_FREE char *state = mem_printf("%s/runtime", b->run.path);
	if ((r = runtime_find(o->runtime, state, &b->runtime, err)) < 0 || (r = runtime_prepare(&b->runtime, err)) < 0)
		return r;
	if ((b->log_fd = new_file(b, "log", O_APPEND, err)) < 0)
		return b->log_fd;
	b->layer_fd = new_file(b, "layer", 0, err);
	return b->layer_fd < 0 ? b->layer_fd : 0;
}

static int check_platform(const struct build *b, struct err *err)
{
	struct oci_platform host;
	char have[OCI_PLATFORM_TEXT], here[OCI_PLATFORM_TEXT];
	oci_platform_host(&host);
	if (oci_platform_matches(&b->image.config.platform, &host))
		return 0;
	return err_set(err, ERR_UNSUPPORTED, "the image is for %s and cannot run on this machine, which is %s",
		       oci_platform_text(&b->image.config.platform, have), oci_platform_text(&host, here));
}

static void describe_source(struct build *b)
{
	struct report_image *s = &b->report->source;
	s->reference = mem_strdup(b->options->source_text);
	strcpy(s->digest,
	       b->image.manifest_digest.text[0] ? b->image.manifest_digest.text : b->image.manifest.config.digest.text);
	s->compressed_bytes = blobs_size(&b->image.manifest);
	s->layers = b->layers.count;
	for (size_t i = 0; i < b->layers.count; i++) {
		s->size_bytes += b->layers.items[i].bytes;
		b->report->cached_layers += b->layers.items[i].cached;
	}
}

static int unpack(struct build *b, struct err *err)
{
	int r = progress_step(b->progress, "unpack", 0, 0, "", err);
	if (r < 0 || (r = check_platform(b, err)) < 0)
		return r;
	r = rootfs_unpack(&b->store, &b->run, b->source, &b->image, b->progress, &b->layers, err);
	if (r < 0)
		return r;
	describe_source(b);
	return index_builder_start(&b->indexing, &b->layers, err);
}

static int record_one(struct build *b, const struct record_options *options, struct err *err)
{
	struct report *rep = b->report;
	CLEANUP_FREE char *name = mem_printf("run%zu", rep->n_runs);
	rep->runs = mem_realloc(rep->runs, rep->n_runs + 1, sizeof(*rep->runs));
	struct report_run *run = &rep->runs[rep->n_runs++];
	*run = (struct report_run){0};
	struct record_image image = {&b->store, &b->run, &b->layers, &b->image.config};
	int r = record_container(&image, name, options, b->progress, &b->trace, run, err);
	if (r == 0 && options->may_exit && run->status != 0)
		report_note(rep, "the run `%s` ended with status %d; what it did until then was recorded", run->command,
			    run->status);
	return r;
}

static void note_silent_ports(struct report *rep)
{
	for (size_t i = 0; i < rep->n_runs; i++) {
		size_t asked = 0, answered = 0;
		for (size_t j = 0; j < rep->runs[i].steps.count; j++)
			if (strcmp(rep->runs[i].steps.steps[j].kind, "http") == 0) {
				asked++;
				answered += rep->runs[i].steps.steps[j].status >= 0;
			}
		if (asked && !answered)
			report_note(rep, "nothing answered HTTP: only the start and the stop of the service were "
					 "recorded; drive it with "
					 "--host-exec, or say --http-probe=false");
	}
}

static int record_all(struct build *b, struct err *err)
{
	const struct build_options *o = b->options;
	const struct oci_image_config *config = &b->image.config;
	bool service = config->n_ports > 0 || o->record.needs_port;
	struct record_options options = o->record;
	options.runtime = &b->runtime;
	options.log_fd = b->log_fd;
	options.n_exercises = o->plan(o->plan_ctx, config, &options.exercises);
	options.may_exit = !service || options.until == RECORD_UNTIL_EXIT;
	int r = 0;
	if (service || o->n_runs == 0)
		r = record_one(b, &options, err);
	for (size_t i = 0; r == 0 && i < o->n_runs; i++) {
		options.bundle.cmd = &o->runs[i];
		options.may_exit = true;
		if (!service)
			options.n_exercises = 0;
		r = record_one(b, &options, err);
	}
	b->report->paths = b->trace.paths.count;
	b->report->processes = b->trace.processes;
	if (b->trace.ptraces)
		report_note(b->report,
			    "a program of the container tried to trace another (a debugger, strace), %llu times: that "
			    "fails while slim follows it, and what it would have done is not recorded",
			    (unsigned long long)b->trace.ptraces);
	note_silent_ports(b->report);
	return r;
}

static int decide(struct build *b, struct err *err)
{
	int r = progress_step(b->progress, "keep", 0, 0, "", err);
	if (r < 0 || (r = index_builder_wait(&b->indexing, &b->index, err)) < 0)
		return r;
	for (uint32_t id = 0; id < rootfs_index_count(b->index); id++)
		b->report->source.files += S_ISREG(rootfs_index_node(b->index, id)->mode);
	b->report->kernel_paths = witness_kernel_only(b->index, &b->trace);
	keep_set_init(&b->keep, b->index);
	keep_trace(&b->keep, &b->trace);
	keep_config(&b->keep, &b->image.config);
	return keep_closures(&b->keep, err);
}

/* The compression that most bytes of the source have. */
static int source_compression(const struct oci_manifest *m, enum oci_compression *out, struct err *err)
{
	size_t biggest = 0;
	for (size_t i = 0; i < m->n_layers; i++)
		if (m->layers[i].size > m->layers[biggest].size)
			biggest = i;
	*out = OCI_COMPRESSION_GZIP;
	return m->n_layers ? oci_layer_compression(m->layers[biggest].media_type, out, err) : 0;
}

static int pack(struct build *b, struct err *err)
{
	const struct build_options *o = b->options;
	int r = progress_step(b->progress, "pack", 0, 0, "", err);
	struct rewrite_options w = {
	    .compression = o->compression,
	    .level = o->level,
	    .family = b->family,
	    .base_name = b->image.name && *b->image.name ? b->image.name : NULL,
	    .base_digest = b->image.manifest_digest.text[0] ? &b->image.manifest_digest : NULL,
	    .created = o->created,
	};
	if (r == 0 && !o->compression_set)
		r = source_compression(&b->image.manifest, &w.compression, err);
	if (r < 0 || (r = rewrite_image(&b->keep, &b->image.config, b->layer_fd, &w, b->progress, &b->result, err)) < 0)
		return r;
	struct report_image *t = &b->report->result;
	t->size_bytes = b->result.bytes;
	t->compressed_bytes = b->result.layer.blob_size;
	t->layers = 1;
	for (uint32_t id = 0; id < rootfs_index_count(b->index); id++)
		t->files += keep_has(&b->keep, id) && S_ISREG(rootfs_index_node(b->index, id)->mode);
	return 0;
}

static int publish(struct build *b, struct err *err)
{
	int r = progress_step(b->progress, "publish", 0, 0, "", err);
	if (r < 0)
		return r;
	struct report_image *t = &b->report->result;
	CLEANUP_FREE char *name = destination_name(b->image.name);
	struct oci_descriptor d = b->result.manifest_descriptor;
	/* Only when the user did not choose the compression: a chosen one may cost what it costs. */
	bool larger = !b->options->compression_set && t->compressed_bytes >= b->report->source.compressed_bytes &&
		      t->size_bytes >= b->report->source.size_bytes;
	if (larger) {
		report_note(b->report, "the image holds nothing that could go: the result has the source's own layers");
		r = publish_source(b->source, &b->image, b->family, b->run.fd, &b->output, name, &d, err);
		t->compressed_bytes = b->report->source.compressed_bytes;
		t->size_bytes = b->report->source.size_bytes;
		t->layers = b->report->source.layers;
	} else {
		r = publish_image(&b->output, name, &b->result, b->layer_fd, err);
	}
	if (r < 0)
		return r;
	t->reference = oci_ref_text(&b->output);
	strcpy(t->digest, d.digest.text);
	return 0;
}

static int run_stages(struct build *b, struct err *err)
{
	static const struct {
		const char *name;
		int (*run)(struct build *b, struct err *err);
	} stages[] = {
	    {"fetch", prepare}, {"unpack", unpack}, {"record", record_all},
	    {"keep", decide},   {"pack", pack},     {"publish", publish},
	};
	int r = 0;
	for (size_t i = 0; r == 0 && i < sizeof(stages) / sizeof(stages[0]); i++) {
		uint64_t from = clock_ms();
		r = stages[i].run(b, err);
		report_stage_add(b->report, stages[i].name, clock_ms() - from);
	}
	return r;
}

int build_image(const struct build_options *options, const struct progress *progress, struct report *report,
		struct buf *log, struct err *err)
{
	struct build b = {
	    .options = options,
	    .progress = progress,
	    .report = report,
	    .log_fd = -1,
	    .layer_fd = -1,
	    .store.fd = -1,
	    .store.layers_fd = -1,
	};
	int r = run_stages(&b, err);
	log_tail(b.log_fd, 1 << 20, log);
	rewrite_result_done(&b.result);
	keep_set_done(&b.keep);
	trace_done(&b.trace);
	index_builder_done(&b.indexing);
	rootfs_layers_done(&b.layers);
	transport_image_done(&b.image);
	transport_source_close(b.source);
	runtime_done(&b.runtime);
	cleanup_closep(&b.log_fd);
	cleanup_closep(&b.layer_fd);
	rootfs_run_done(&b.run);
	rootfs_store_done(&b.store);
	oci_ref_done(&b.output);
	return r;
}
