#include "view/tree_of_report.h"

#include <string.h>

#include "report/why.h"
#include "view/depth.h"

static uint32_t intern(struct strset *set, const char *text, size_t len)
{
	return text ? (uint32_t)strset_add_len(set, text, len, NULL) : VIEW_NONE;
}

static uint64_t number(const json_t *v, const char *key)
{
	const json_int_t n = json_integer_value(json_object_get(v, key));
	return n > 0 ? (uint64_t)n : 0;
}

static enum view_kind kind_of(const json_t *v)
{
	if (json_is_integer(json_object_get(v, "size")))
		return VIEW_FILE;
	if (json_is_string(json_object_get(v, "target")))
		return VIEW_SYMLINK;
	return json_is_string(json_object_get(v, "package")) ? VIEW_OTHER : VIEW_DIRECTORY;
}

/* Why a path went. */
static void add_loss(const json_t *v, struct buf *out)
{
	const uint64_t named = number(v, "named_by");
	if (json_is_true(json_object_get(v, "excluded")))
		buf_str(out, "the user excluded it");
	else
		buf_str(out, "no run used it");
	if (named)
		buf_printf(out, ", but %llu kept file%s it", (unsigned long long)named,
			   named == 1 ? " names" : "s name");
	else if (!json_is_true(json_object_get(v, "excluded")))
		buf_str(out, ", and nothing that is kept is known to need it");
}

static void add_element(struct view_tree *tree, enum report_why_list list, const json_t *v)
{
	const char *path = json_string_value(json_object_get(v, "path"));
	const char *link = json_string_value(json_object_get(v, "link"));
	const json_t *package = json_object_get(v, "package");
	const uint64_t step = number(v, "step"), layer = number(v, "layer");
	CLEANUP_BUF struct buf why = {0};
	if (!path || path[0] != '/')
		return;
	const bool kept = list == REPORT_WHY_KEPT;
	struct view_node *n = view_tree_add(tree, path, strlen(path));
	n->kind = (uint8_t)kind_of(v);
	n->state = kept ? VIEW_KEPT : VIEW_REMOVED;
	n->bytes_before = link ? 0 : number(v, "size");
	n->bytes_after = kept ? n->bytes_before : 0;
	n->package = intern(&tree->packages, json_string_value(package), json_string_length(package));
	n->step = step < UINT16_MAX ? (uint16_t)step : 0;
	if (layer && layer < UINT16_MAX)
		n->layer = (uint16_t)(layer - 1);
	if (kept)
		report_why_reason(v, &why);
	else
		add_loss(v, &why);
	if (link)
		buf_printf(&why, "; another name of %s", link);
	n->why = intern(&tree->reasons, why.data, why.len);
}

static int add(void *ctx, const struct json_split_element *e, struct err *err)
{
	add_element(ctx, (enum report_why_list)e->list, e->value);
	return 0;
}

static int to_split(void *ctx, const char *data, size_t n, struct err *err)
{
	return json_split_add(ctx, data, n, err);
}

int view_report_each(const struct report *r, json_split_each *each, void *ctx, json_t **rest, struct err *err)
{
	CLEANUP_JSON_SPLIT struct json_split s = {report_why_list_keys, REPORT_WHY_LISTS, each, ctx, "the report"};
	const int e = report_json_write(r, true, to_split, &s, err);
	return e < 0 ? e : json_split_end(&s, rest, err);
}

int view_tree_of_report(const struct report *r, struct view_tree *tree, struct err *err)
{
	json_auto_t *rest = NULL;
	const int e = view_report_each(r, add, tree, &rest, err);
	if (e == 0)
		view_tree_finish(tree);
	return e;
}

int view_tree_of_lists(struct report_why_lists *w, struct view_tree *tree, struct err *err)
{
	if (!w->lists[REPORT_WHY_KEPT].exists)
		return err_set(err, ERR_CORRUPT, "report-without-reasons",
			       "this report was written without the reasons: it has no array \"kept\"");
	struct view_depth depth = {0};
	for (int list = 0; list < REPORT_WHY_LISTS; list++) {
		const struct strset *paths = &w->lists[list].paths;
		for (size_t id = 0; id < paths->count; id++) {
			const char *path = strset_get(paths, id);
			const int r = view_depth_add(&depth, path, err);
			if (r < 0)
				return r;
			json_auto_t *v = report_why_lists_find(w, (enum report_why_list)list, path);
			if (v)
				add_element(tree, (enum report_why_list)list, v);
		}
	}
	if (w->failed.code) {
		if (err)
			*err = w->failed;
		return -(int)w->failed.code;
	}
	view_tree_finish(tree);
	return 0;
}
