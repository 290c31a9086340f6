#include "view/page/whys.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "report/why.h"

struct filler {
	const struct view_tree *tree;
	struct view_page_whys *whys;
};

static const char *text(const json_t *v, const char *key)
{
	const char *s = json_string_value(json_object_get(v, key));
	return s ? s : "";
}

static uint32_t intern(struct strset *set, const char *s)
{
	return (uint32_t)strset_add(set, s);
}

static uint32_t node_of(const struct view_tree *t, const char *path)
{
	const size_t at = *path ? view_tree_find(t, path) : SIZE_MAX;
	return at == SIZE_MAX ? VIEW_NONE : (uint32_t)at;
}

/* What is said of the node; takes value over. */
static void add_rare(json_t *list, uint32_t node, json_t *value)
{
	json_array_append_new(list, json_integer(node));
	json_array_append_new(list, value);
}

/* How a run used it, without the name by which it did. */
static void add_use(const json_t *v, struct buf *out)
{
	CLEANUP_BUF struct buf use = {0};
	json_auto_t *bare = json_copy((json_t *)v);
	json_object_del(bare, "as");
	report_why_reason(bare, &use);
	for (size_t i = 0; i < use.len; i++) {
		buf_char(out, use.data[i]);
		if (use.data[i] == '%')
			buf_char(out, '%');
	}
}

static void fill_kept(struct filler *f, uint32_t node, const json_t *v)
{
	struct view_page_why *w = &f->whys->items[node];
	const char *as = text(v, "as"), *note = text(v, "note");
	const char *sentence = report_why_sentence(text(v, "reason"), note);
	const json_t *seen = json_object_get(v, "seen_in");
	CLEANUP_BUF struct buf use = {0};
	if (!sentence)
		add_use(v, &use);
	w->sentence = intern(&f->whys->sentences, sentence ? sentence : use.data ? use.data : "");
	w->by = node_of(f->tree, text(v, "by"));
	if (*note)
		w->note = intern(&f->whys->notes, note);
	w->order = (uint32_t)json_integer_value(json_object_get(v, "order"));
	if (*as && strcmp(as, text(v, "path")) != 0)
		add_rare(f->whys->as, node, json_incref(json_object_get(v, "as")));
	if (json_array_size(seen))
		add_rare(f->whys->seen, node, json_incref((json_t *)seen));
}

static void fill_dropped(struct filler *f, uint32_t node, const json_t *v)
{
	const bool excluded = json_is_true(json_object_get(v, "excluded"));
	json_t *count = json_object_get(v, "named_by"), *names = json_object_get(v, "named_in");
	f->whys->items[node].sentence =
	    intern(&f->whys->sentences, excluded ? "the user excluded it"
					: count  ? "no run used it"
						 : "no run used it, and nothing that is kept is known to need it");
	if (count && names)
		add_rare(f->whys->named, node, json_pack("{s:O, s:O}", "count", count, "in", names));
}

static int fill(void *ctx, const struct json_split_element *e, struct err *err)
{
	struct filler *f = ctx;
	const uint32_t node = node_of(f->tree, text(e->value, "path"));
	if (node == VIEW_NONE)
		return 0;
	json_t *link = json_object_get(e->value, "link");
	if (link)
		add_rare(f->whys->link, node, json_incref(link));
	if (e->list == REPORT_WHY_KEPT)
		fill_kept(f, node, e->value);
	else
		fill_dropped(f, node, e->value);
	return 0;
}

int view_page_whys_make(const struct report *r, const struct view_tree *t, struct view_page_whys *out, json_t **facts,
			struct err *err)
{
	CLEANUP_VIEW_PAGE_WHYS struct view_page_whys w = {.items = mem_calloc(t->count, sizeof(*w.items)),
							  .count = t->count,
							  .as = json_array(),
							  .named = json_array(),
							  .link = json_array(),
							  .seen = json_array()};
	for (size_t i = 0; i < w.count; i++)
		w.items[i] = (struct view_page_why){VIEW_NONE, VIEW_NONE, VIEW_NONE, 0};
	struct filler f = {t, &w};
	const int e = view_report_each(r, fill, &f, facts, err);
	if (e < 0)
		return e;
	*out = w;
	w = (struct view_page_whys){0};
	return 0;
}

void view_page_whys_done(struct view_page_whys *w)
{
	strset_done(&w->sentences);
	strset_done(&w->notes);
	free(w->items);
	json_decref(w->as);
	json_decref(w->named);
	json_decref(w->link);
	json_decref(w->seen);
	*w = (struct view_page_whys){0};
}
