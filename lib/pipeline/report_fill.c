#include "pipeline/report_fill.h"

#include <string.h>
#include <sys/stat.h>

#include "pipeline/shares.h"
#include "report/layers.h"
#include "report/needs.h"
#include "report/reasons.h"

void pipeline_report_fill_image(const struct transport_image *image, const struct image_layers *layers,
				const struct image_index *index, struct report_image *out)
{
	const struct oci_digest *digest =
	    image->manifest_digest.text[0] ? &image->manifest_digest : &image->manifest.config.digest;
	strcpy(out->digest, digest->text);
	out->layers = layers->count;
	for (size_t i = 0; i < image->manifest.n_layers; i++)
		out->compressed_bytes += image->manifest.layers[i].size;
	for (size_t i = 0; i < layers->count; i++)
		out->size_bytes += layers->items[i].bytes;
	for (uint32_t id = 0; index && id < image_index_count(index); id++)
		out->files += S_ISREG(image_index_node(index, id)->mode);
}

static void fill_source(const struct pipeline_session *s, struct report *out)
{
	if (!s->source)
		return;
	out->source.reference = s->options->source.scheme != OCI_SCHEME_NONE
				    ? mem_strdup(s->options->source_text)
				    : oci_ref_text(transport_source_ref(s->source));
	pipeline_report_fill_image(&s->image, &s->layers, s->index, &out->source);
	out->store_bytes = s->layers.written;
	for (size_t i = 0; i < s->layers.count; i++) {
		out->cached_layers += s->layers.items[i].cached;
		out->in_place_layers += s->layers.items[i].in_place;
	}
}

static void fill_application(const struct pipeline_selection *s, struct report_application *out)
{
	const struct keep_application *a = &s->application;
	out->bytes = a->bytes;
	out->files = a->files;
	for (size_t i = 0, n = 0; i < a->n_trees && n < REPORT_TREES; i++) {
		if (a->trees[i].dropped || !a->trees[i].bytes)
			continue;
		CLEANUP_BUF struct buf path = {0};
		image_index_path(s->keep.index, a->trees[i].node, &path);
		out->biggest[n++] = (struct report_tree){buf_steal(&path), a->trees[i].bytes};
	}
}

static void add_to_list(void *ctx, const json_t *element)
{
	json_list_add(ctx, element);
}

static void fill_stability(const struct evidence_stability *s, const struct image_index *x,
			   struct report_stability *out)
{
	*out = (struct report_stability){.runs = s->variants, .files = s->files, .files_in_some = s->files_in_some};
	out->items = mem_calloc(s->files_in_some, sizeof(*out->items));
	for (uint32_t id = 0; s->files_in_some && id < image_index_count(x); id++) {
		CLEANUP_BUF struct buf path = {0};
		if (!s->seen[id])
			continue;
		image_index_path(x, id, &path);
		out->items[out->n_items++] = (struct report_unstable){buf_steal(&path), s->seen[id]};
	}
}

static void fill_selection(const struct pipeline_report_sources *from, struct report *out)
{
	const struct pipeline_selection *s = from->selection;
	const struct pipeline_original *o = from->original;
	const struct trace *trace = &o->trace;
	CLEANUP_FREE uint16_t *steps = report_needs_steps(&s->keep, trace);
	fill_application(s, &out->application);
	pipeline_shares_fill(&s->keep, &out->shares);
	report_needs_fill(&s->keep, &s->packages, steps, &out->runs, &out->needs);
	if (from->paths) {
		out->kept.depth = out->dropped.depth = 1;
		const struct report_reasons_use use = {trace, from->ordered, steps, o->stability.seen,
						       o->stability.variants};
		report_reasons_kept(&s->keep, &s->packages, &use, add_to_list, &out->kept);
		report_reasons_dropped(&s->keep, &s->packages, &s->unproven, add_to_list, &out->dropped);
		json_list_end(&out->kept);
		json_list_end(&out->dropped);
	}
	out->packages = report_reasons_packages(&s->keep, &s->packages);
}

void pipeline_report_fill_unproven(const struct keep_set *keep, const struct keep_unproven *found,
				   struct report_unproven *out)
{
	size_t n = found->count < REPORT_UNPROVEN_LISTED ? found->count : REPORT_UNPROVEN_LISTED;
	*out = (struct report_unproven){.files = found->count, .bytes = found->bytes};
	out->items = mem_calloc(n, sizeof(*out->items));
	for (; out->count < n; out->count++) {
		const struct keep_unproven_file *f = &found->items[out->count];
		const struct keep_mention_namer *surest = keep_mention_surest(f->mention);
		CLEANUP_BUF struct buf path = {0}, namer = {0};
		image_index_path(keep->index, f->node, &path);
		keep_unproven_namer(keep, surest, &namer);
		out->items[out->count] = (struct report_unproven_file){
		    .path = buf_steal(&path),
		    .bytes = f->bytes,
		    .named_by = f->mention->named_by,
		    .example = buf_steal(&namer),
		    .how = keep_mention_way_name(keep_unproven_way(f)),
		};
	}
}

void pipeline_report_fill(const struct pipeline_report_sources *from, struct report *out)
{
	struct pipeline_original *o = from->original;
	fill_source(from->session, out);
	out->runs = o->runs;
	o->runs = (struct run_results){0};
	run_results_append(&out->runs, &o->variants);
	out->notes = o->notes;
	o->notes = (struct notes){0};
	if (from->session->index) /* else it was not resolved */
		report_trace_add(out, &o->trace);
	fill_stability(&o->stability, from->session->index, &out->stability);
	if (from->selection)
		fill_selection(from, out);
	if (from->session->index)
		out->layers = report_layers(&from->session->image.config, &from->session->layers, from->session->index,
					    from->selection ? &from->selection->keep : NULL);
	if (from->verdict) {
		out->verify = *from->verdict;
		*from->verdict = (struct verify_verdict){0};
	}
	if (from->result) {
		out->result = *from->result;
		*from->result = (struct report_image){0};
	}
}
