#include "pipeline/verify_image.h"

#include <string.h>

#include "base/mem.h"
#include "pipeline/container_log.h"
#include "pipeline/verify.h"

struct pair {
	struct session session; /* of the original */
	const struct oci_ref *slim;
	const char *slim_text;
};

static int fetch(void *ctx, struct err *err)
{
	struct pair *p = ctx;
	int r = session_fetch(&p->session, err);
	return r < 0 ? r : session_prepare_run(&p->session, err);
}

static int unpack(void *ctx, struct err *err)
{
	struct pair *p = ctx;
	return session_unpack(&p->session, err);
}

static int record(void *ctx, struct err *err)
{
	struct pair *p = ctx;
	int r = session_record(&p->session, err);
	return r < 0 ? r : session_resolve(&p->session, err);
}

static void describe(struct pair *p, const struct unpacked *u)
{
	struct report_image *to = &p->session.report->result;
	const struct oci_digest *digest =
	    u->image.manifest_digest.text[0] ? &u->image.manifest_digest : &u->image.manifest.config.digest;
	to->reference = mem_strdup(p->slim_text);
	strcpy(to->digest, digest->text);
	to->layers = u->layers.count;
	for (size_t i = 0; i < u->layers.count; i++) {
		to->size_bytes += u->layers.items[i].bytes;
		to->compressed_bytes += u->image.manifest.layers[i].size;
	}
	for (uint32_t id = 0; id < rootfs_index_count(u->index); id++)
		to->files += S_ISREG(rootfs_index_node(u->index, id)->mode);
}

/* A slim image has only paths of its original. One that has others was made of another image. */
static void check_origin(struct pair *p, const struct rootfs_index *slim)
{
	const struct rootfs_index *original = p->session.index;
	uint32_t n = rootfs_index_count(slim), foreign = 0, first = 0;
	CLEANUP_FREE uint32_t *there = mem_calloc(n, sizeof(*there)); /* of the original, by node of slim */
	for (uint32_t id = 1; id < n; id++) {
		const struct rootfs_node *node = rootfs_index_node(slim, id);
		uint32_t parent = there[node->parent];
		there[id] = parent == ROOTFS_NONE
				? ROOTFS_NONE
				: rootfs_index_child(original, parent, node->name, strlen(node->name));
		if (there[id] == ROOTFS_NONE && foreign++ == 0)
			first = id;
	}
	if (!foreign)
		return;
	CLEANUP_BUF struct buf path = {0};
	rootfs_index_path(slim, first, &path);
	report_note(p->session.report,
		    "%s has %u paths that the original has not, such as %s: was it made of another "
		    "image?",
		    p->slim_text, foreign, path.data);
}

static int open_slim(void *ctx, unsigned round, struct unpacked *out, struct err *err)
{
	struct pair *p = ctx;
	struct session *s = &p->session;
	int r = unpacked_open(p->slim, s->options->platform, &s->store, &s->run, &s->options->access, s->progress, out,
			      err);
	if (r < 0)
		return r;
	describe(p, out);
	check_origin(p, out->index);
	return 0;
}

static int verify(void *ctx, struct err *err)
{
	struct pair *p = ctx;
	const struct verify_options o = {.open = open_slim, .ctx = p};
	return verify_slim(&p->session, &o, err);
}

int verify_image(const struct session_options *options, const struct oci_ref *slim, const char *slim_text,
		 const struct progress *progress, struct report *report, struct trace_file *out, struct buf *log,
		 struct err *err)
{
	static const struct session_stage stages[] = {
	    {"fetch", fetch}, {"unpack", unpack}, {"record", record}, {"verify", verify}};
	struct pair p = {.slim = slim, .slim_text = slim_text};
	session_init(&p.session, options, progress, report);
	int r = session_run_stages(stages, sizeof(stages) / sizeof(stages[0]), &p, report, err);
	log_tail(p.session.log_fd, 1 << 20, log);
	if (r == 0 || r == -ERR_DIFFERS) {
		trace_file_add_image(out, options->source_text, session_digest(&p.session));
		out->trace = p.session.trace;
		p.session.trace = (struct trace){0};
	}
	session_done(&p.session);
	return r;
}
