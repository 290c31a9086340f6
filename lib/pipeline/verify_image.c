#include "pipeline/verify_image.h"

#include <string.h>

#include "base/mem.h"
#include "evidence/content.h"
#include "pipeline/report_fill.h"
#include "pipeline/stages.h"
#include "run/output/container_log.h"

struct pair {
	struct pipeline_session session; /* of the original */
	struct pipeline_original original;
	const struct oci_ref *slim_ref;
	const char *slim_text;
	const struct pipeline_verify_watch *watch;
	bool stores; /* what the original does becomes a file */
	struct pipeline_unpacked_image slim;
	struct report_image described; /* the slim image, once it was opened */
	struct verify_verdict verdict;
};

static int fetch(void *ctx, struct err *err)
{
	struct pair *p = ctx;
	pipeline_original_begin(&p->original, &p->session);
	int r = pipeline_session_fetch(&p->session, err);
	return r < 0 ? r : pipeline_original_prepare(&p->original, &p->session, err);
}

static int unpack(void *ctx, struct err *err)
{
	struct pair *p = ctx;
	return pipeline_session_unpack(&p->session, err);
}

static int record(void *ctx, struct err *err)
{
	struct pair *p = ctx;
	int r = pipeline_original_record(&p->original, &p->session, err);
	if (r == 0)
		r = pipeline_original_resolve(&p->original, &p->session, err);
	return r < 0 || !p->stores ? r : evidence_content_fill(&p->original.evidence, &p->original.trace, err);
}

/* A slim image has only paths of its original. One that has others was made of another image. */
static void check_origin(struct pair *p, const struct image_index *slim)
{
	const struct image_index *original = p->session.index;
	uint32_t n = image_index_count(slim), foreign = 0, first = 0;
	CLEANUP_FREE uint32_t *there = mem_calloc(n, sizeof(*there)); /* of the original, by node of slim */
	for (uint32_t id = 1; id < n; id++) {
		const struct image_node *node = image_index_node(slim, id);
		uint32_t parent = there[node->parent];
		there[id] = parent == IMAGE_NONE ? IMAGE_NONE
						 : image_index_child(original, parent, node->name, strlen(node->name));
		if (there[id] == IMAGE_NONE && foreign++ == 0)
			first = id;
	}
	if (!foreign)
		return;
	CLEANUP_BUF struct buf path = {0};
	image_index_path(slim, first, &path);
	notes_add(&p->original.notes, "paths-of-other-image",
		  "%s has %u paths that the original does not have, such as %s: was it made of another image?",
		  p->slim_text, foreign, path.data);
}

/* There is nothing to heal, so that it is opened once. */
static int open_slim(void *ctx, unsigned round, struct verify_target *out, struct err *err)
{
	struct pair *p = ctx;
	struct pipeline_session *s = &p->session;
	struct pipeline_unpacked_image *u = &p->slim;
	int r = pipeline_unpacked_open(p->slim_ref, s->options->platform, &s->store, &s->run, &s->options->access,
				       s->progress, u, err);
	if (r < 0)
		return r;
	p->described.reference = mem_strdup(p->slim_text);
	pipeline_report_fill_image(&u->image, &u->layers, u->index, &p->described);
	check_origin(p, u->index);
	if (p->watch)
		p->watch->see(p->watch->ctx, &(struct pipeline_verify_seen){s->index, u->index, &p->original.evidence,
									    &u->image.manifest});
	*out = (struct verify_target){{&u->layers, &u->image.config}, u->index};
	return 0;
}

static void close_slim(void *ctx)
{
	pipeline_unpacked_done(&((struct pair *)ctx)->slim);
}

static int verify(void *ctx, struct err *err)
{
	struct pair *p = ctx;
	const struct verify_options o = {.open = open_slim, .close = close_slim, .ctx = p};
	return pipeline_original_verify(&p->original, &p->session, &o, &p->verdict, err);
}

int pipeline_verify(const struct pipeline_session_options *options, const struct oci_ref *slim, const char *slim_text,
		    const struct pipeline_verify_watch *watch, const struct progress *progress, struct report *report,
		    struct trace_file *out, struct buf *log, struct err *err)
{
	static const struct pipeline_stage stages[] = {
	    {"fetch", fetch}, {"unpack", unpack}, {"record", record}, {"verify", verify}};
	struct pair p = {.slim_ref = slim, .slim_text = slim_text, .watch = watch, .stores = out != NULL};
	pipeline_session_init(&p.session, options, progress);
	pipeline_original_init(&p.original);
	int r = pipeline_stages_run(stages, sizeof(stages) / sizeof(stages[0]), &p, report, err);
	run_log_tail(p.original.log_fd, 1 << 20, log);
	const struct pipeline_report_sources sources = {
	    .session = &p.session, .original = &p.original, .verdict = &p.verdict, .result = &p.described};
	pipeline_report_fill(&sources, report);
	if (out && (r == 0 || r == -ERR_DIFFERS)) {
		trace_file_add_image(out, options->source_text, pipeline_session_digest(&p.session));
		out->trace = p.original.trace;
		p.original.trace = (struct trace){0};
	}
	pipeline_original_done(&p.original);
	pipeline_session_done(&p.session);
	return r;
}
