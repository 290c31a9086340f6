#include "pipeline/build/dockerfiles.h"

#include <inttypes.h>

#include "base/mem.h"
#include "dockerfile/dockerfile.h"
#include "dockerfile/ignore.h"
#include "dockerfile/needs.h"
#include "os/output_file.h"
#include "pipeline/build/reached.h"
#include "pipeline/report_fill.h"
#include "report/step/step.h"

/* The original as a builder finds it: by its digest if a registry has it, by its name if an engine has it. */
static char *from_reference(const struct pipeline_session *s)
{
	const struct oci_ref *ref = transport_source_ref(s->source);
	const struct transport_traits *t = transport_traits(ref->scheme);
	if (!ref->name.host || (!t->registry && !t->engine))
		return NULL;
	if (t->registry && s->image.manifest_digest.text[0])
		return mem_printf("%s/%s@%s", ref->name.host, ref->name.path, s->image.manifest_digest.text);
	return oci_name_text(&ref->name);
}

static void add_figures(const char *what, const struct report_image *i, struct strlist *header)
{
	char size[32];
	strlist_take(header, mem_printf("%-10s%s in %" PRIu64 " files%s%s", what, report_step_size(i->size_bytes, size),
					i->files, *i->digest ? ", " : "", i->digest));
}

static void add_verdict(const struct verify_verdict *v, struct strlist *header)
{
	if (v->done)
		strlist_take(header, mem_printf("verified: %zu step%s and %zu run%s gave the same as in the original",
						v->equal_steps, v->equal_steps == 1 ? "" : "s", v->equal_runs,
						v->equal_runs == 1 ? "" : "s"));
	else
		strlist_take(header,
			     mem_printf("not verified%s%s", v->skipped ? ": " : "", v->skipped ? v->skipped : ""));
}

static void fill_header(const struct pipeline_dockerfiles *d, struct strlist *header)
{
	const struct pipeline_session *s = d->slim->session;
	CLEANUP_FREE char *reference = oci_ref_text(transport_source_ref(s->source));
	const struct oci_platform *p = &s->image.config.platform;
	struct report_image original = {0}, slim = {.size_bytes = d->result->size_bytes, .files = d->result->files};
	strlist_take(header,
		     mem_printf("The slim image of %s, for docker build and podman build. Written by slim build, "
				"see slim-build(1).",
				reference));
	pipeline_report_fill_image(&s->image, &s->layers, s->index, &original);
	add_figures("original:", &original, header);
	add_figures("slim:", &slim, header);
	strlist_take(header, mem_printf("platform: %s/%s%s%s", p->os, p->arch, *p->variant ? "/" : "", p->variant));
	add_verdict(d->verdict, header);
	if (d->created)
		strlist_take(header, mem_printf("made:     %s", d->created));
}

static int write_dockerfile(const struct pipeline_dockerfiles *d, struct err *err)
{
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config config = {0};
	CLEANUP_STRLIST struct strlist header = {0}, refused = {0};
	CLEANUP_FREE char *from = from_reference(d->slim->session);
	const struct buf *bytes = &d->slim->result.config_bytes;
	int r = oci_image_config_parse(bytes->data, bytes->len, &config, err);
	if (r < 0)
		return r;
	fill_header(d, &header);
	const struct dockerfile_source source = {
	    .keep = &d->selection->keep,
	    .edits = &d->selection->edits,
	    .config = &config,
	    .header = &header,
	    .from = from,
	    .unchanged = pipeline_prefers_source(d->slim),
	};
	if ((r = dockerfile_write(&source, d->dockerfile, &refused, err)) < 0)
		return r;
	if (refused.count)
		notes_add(d->notes, "dockerfile-incomplete",
			  "%s lacks %zu things of the result, which its comments name; the first is %s", d->dockerfile,
			  refused.count, refused.items[0]);
	return 0;
}

static int write_dockerignore(const struct pipeline_dockerfiles *d, struct err *err)
{
	const struct pipeline_session *s = d->slim->session;
	const struct keep_set *k = &d->selection->keep;
	const bool verified = d->verdict->done && d->verdict->equal && !pipeline_prefers_source(d->slim);
	CLEANUP_FREE char *reference = oci_ref_text(transport_source_ref(s->source));
	CLEANUP_FREE bool *reached = mem_calloc(image_index_count(k->index), sizeof(*reached));
	CLEANUP_BUF struct buf text = {0};
	int r = pipeline_reached(d->selection, d->evidence, reached, err);
	if (r < 0)
		return err_wrap(err, "--dockerignore-out");
	CLEANUP_FREE uint8_t *needs = dockerfile_needs(k, reached, verified);
	dockerfile_ignore(&s->image.config, s->index, needs, reference, &text);
	r = output_file_write(d->dockerignore, text.data, text.len, err);
	return r < 0 ? err_wrap(err, "--dockerignore-out") : 0;
}

int pipeline_dockerfiles_write(const struct pipeline_dockerfiles *d, struct err *err)
{
	int r = d->dockerfile ? write_dockerfile(d, err) : 0;
	return r == 0 && d->dockerignore ? write_dockerignore(d, err) : r;
}
