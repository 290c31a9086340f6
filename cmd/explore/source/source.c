#include "cmd/explore/source/source.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/explore/source/layers.h"
#include "cmd/explore/source/story.h"
#include "report/why.h"
#include "report/why_annotation.h"
#include "view/tree_from_layer.h"
#include "view/tree_of_inspect.h"
#include "view/tree_of_report.h"

/* ---- a report ---- */

static void answer(struct report_why_lists *lists, const char *path, struct buf *out)
{
	struct err err = {0};
	bool kept;
	if (report_why_answer(lists, path, &kept, out, &err) == 0)
		return;
	buf_escape(out, err.msg, strlen(err.msg));
	buf_char(out, '\n');
}

static void why_of_report(void *ctx, const char *path, struct buf *out)
{
	struct explore_source *s = ctx;
	answer(&s->lists, path, out);
}

static const struct view_tree *layer_of_report(void *ctx, size_t layer)
{
	struct explore_source *s = ctx;
	view_tree_done(&s->layer_tree);
	view_tree_from_layer(&s->tree, layer, &s->layer_tree);
	return &s->layer_tree;
}

int explore_source_report(const char *file, struct explore_source *out, struct err *err)
{
	*out = (struct explore_source){.lists = REPORT_WHY_LISTS_NONE};
	int r = report_why_lists_load(file, &out->lists, err);
	out->has_lists = r == 0;
	if (r == 0 && (r = view_tree_of_lists(&out->lists, &out->tree, err)) < 0)
		(void)err_wrap(err, "%s", file);
	if (r < 0) {
		explore_source_done(out);
		return r;
	}
	const size_t n = explore_layers_of_report(out->lists.layers, &out->layers);
	out->model = (struct explore_model){
	    .title = file,
	    .compares = true,
	    .tree = &out->tree,
	    .layers = out->layers,
	    .n_layers = n,
	    .size_names = explore_layers_report_names,
	    .layer_tree = layer_of_report,
	    .why = why_of_report,
	    .ctx = out,
	};
	return 0;
}

/* ---- an image ---- */

static struct view_inspected inspected(const struct explore_source *s)
{
	return (struct view_inspected){&s->image.history, &s->image.packages, s->image.index};
}

static const struct view_tree *layer_of_image(void *ctx, size_t layer)
{
	struct explore_source *s = ctx;
	const struct view_inspected from = inspected(s);
	struct view_tree tree;
	view_tree_of_layer(&from, layer, &tree);
	view_tree_done(&s->layer_tree);
	s->layer_tree = tree;
	return &s->layer_tree;
}

static void why_of_image(void *ctx, const char *path, struct buf *out)
{
	struct explore_source *s = ctx;
	explore_story(&s->image, &s->tree, path, out);
	buf_char(out, '\n');
	if (s->has_lists)
		answer(&s->lists, path, out);
	else
		buf_str(out, "Why a build keeps or removes a path is in its report: slim build --report FILE,\n"
			     "then slim explore FILE.\n");
}

/* The reasons that a slim image may have. An annotation that cannot be read is as good as none. */
static void read_annotation(struct explore_source *s)
{
	const json_t *v = json_object_get(s->image.image.manifest.annotations, REPORT_WHY_ANNOTATION);
	const char *value = json_string_value(v);
	s->has_lists = value && report_why_annotation_read(value, &s->lists, NULL) == 0;
}

int explore_source_image(const char *name, const struct oci_ref *ref, const struct oci_platform *platform,
			 const struct transport_options *access, const struct progress *progress,
			 struct explore_source *out, struct err *err)
{
	*out = (struct explore_source){.lists = REPORT_WHY_LISTS_NONE};
	int r = pipeline_inspect(ref, platform, access, NULL, progress, &out->image, err);
	if (r < 0)
		return r;
	inspect_texts_done(&out->image.texts); /* the packages are read */
	const struct view_inspected from = inspected(out);
	if ((r = view_tree_of_image(&from, &out->tree, err)) < 0) {
		explore_source_done(out);
		return err_wrap(err, "%s", name);
	}
	read_annotation(out);
	out->layers = explore_layers_of_image(&out->image);
	out->model = (struct explore_model){
	    .title = name,
	    .tree = &out->tree,
	    .layers = out->layers,
	    .n_layers = out->image.history.n_layers,
	    .size_names = explore_layers_image_names,
	    .layer_tree = layer_of_image,
	    .why = why_of_image,
	    .ctx = out,
	};
	return 0;
}

void explore_source_done(struct explore_source *s)
{
	view_tree_done(&s->tree);
	view_tree_done(&s->layer_tree);
	if (s->has_lists)
		report_why_lists_done(&s->lists);
	pipeline_inspected_done(&s->image);
	free(s->layers);
	*s = (struct explore_source){0};
}
