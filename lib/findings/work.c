#include "findings/work.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "keep/application/runtime_tree.h"

/* Walks the index in the order of the paths, and the history beside it. */
struct pairing {
	struct findings_work *w;
	size_t at; /* the next path of the history */
	struct buf path;
};

static void pair(struct pairing *p, uint32_t id)
{
	const struct inspect_history *h = p->w->in->history;
	const struct image_node *n = image_index_node(p->w->in->index, id);
	const size_t len = p->path.len;
	buf_str(&p->path, id ? "/" : "");
	buf_str(&p->path, n->name);
	const char *path = id ? p->path.data : "/";
	while (p->at < h->n_paths && inspect_path_order(h->paths[p->at].path, path) < 0)
		p->at++;
	if (p->at < h->n_paths && strcmp(h->paths[p->at].path, path) == 0)
		p->w->nodes[p->at] = id;
	for (uint32_t i = 0; i < n->n_children; i++)
		pair(p, n->first_child + i);
	p->path.len = len;
	p->path.data[len] = '\0';
}

/* ---- directories ---- */

static bool lies_in(const char *path, const char *dir, size_t len)
{
	return strncmp(path, dir, len) == 0 && (path[len] == '/' || !path[len]);
}

static size_t end_of(const struct inspect_history *h, size_t first, size_t len)
{
	size_t end = first;
	while (end < h->n_paths && lies_in(h->paths[end].path, h->paths[first].path, len))
		end = h->paths[end].end;
	return end;
}

void findings_each_directory(struct findings_work *w,
			     void (*each)(void *ctx, const char *path, const struct findings_range *r), void *ctx)
{
	const struct inspect_history *h = w->in->history;
	for (size_t i = 0; i < h->n_paths; i++) {
		const char *path = h->paths[i].path, *slash = path;
		while ((slash = strchr(slash + 1, '/'))) {
			const size_t len = (size_t)(slash - path);
			if (i && lies_in(h->paths[i - 1].path, path, len))
				continue;
			CLEANUP_FREE char *dir = mem_strndup(path, len);
			each(ctx, dir, &(struct findings_range){i, end_of(h, i, len), len});
		}
		if (h->paths[i].end > i + 1)
			each(ctx, path, &(struct findings_range){i, h->paths[i].end, strlen(path)});
	}
}

char *findings_range_path(const struct findings_work *w, const struct findings_range *r)
{
	return mem_strndup(w->in->history->paths[r->first].path, r->len);
}

static void mark_vendor(void *ctx, const char *path, const struct findings_range *r)
{
	struct findings_work *w = ctx;
	uint32_t layer, node;
	if (w->vendor[r->first])
		return;
	node = image_index_resolve(w->in->index, path, false, NULL, NULL);
	if (node != IMAGE_NONE && keep_runtime_tree_at(w->in->index, node, &layer) == KEEP_RUNTIME_TREE_WHOLE)
		for (size_t i = r->first; i < r->end; i++)
			w->vendor[i] = true;
}

void findings_work_init(struct findings_work *w, const struct findings_input *in, struct findings *out)
{
	*w = (struct findings_work){.in = in, .out = out};
	w->nodes = mem_calloc(in->history->n_paths, sizeof(*w->nodes));
	memset(w->nodes, 0xff, in->history->n_paths * sizeof(*w->nodes)); /* IMAGE_NONE */
	w->vendor = mem_calloc(in->history->n_paths, sizeof(*w->vendor));
	w->claimed = mem_calloc(in->history->n_paths, sizeof(*w->claimed));
	w->bytes = mem_calloc(in->history->n_layers, sizeof(*w->bytes));
	w->files = mem_calloc(in->history->n_layers, sizeof(*w->files));
	struct pairing p = {.w = w};
	if (image_index_count(in->index))
		pair(&p, 0);
	buf_done(&p.path);
	findings_each_directory(w, mark_vendor, w);
}

void findings_work_done(struct findings_work *w)
{
	free(w->nodes);
	free(w->vendor);
	free(w->matches);
	free(w->claimed);
	free(w->bytes);
	free(w->files);
}

uint32_t findings_owner(const struct findings_work *w, size_t path)
{
	return w->nodes[path] == IMAGE_NONE ? PACKAGES_NONE : w->in->packages->owner[w->nodes[path]];
}

const struct inspect_version *findings_file(const struct findings_work *w, size_t path)
{
	const struct inspect_version *v = inspect_history_final(w->in->history, path);
	return v && v->entry->kind == INSPECT_FILE ? v : NULL;
}

struct findings_item *findings_add(struct findings_work *w, const struct findings_rule *rule, uint32_t layer,
				   uint32_t removed, const char *what)
{
	if (findings_exceptions_have(w->in->exceptions, rule, what))
		return NULL;
	return findings_item_at(w->out, rule, layer, removed);
}

static bool may_claim(const struct findings_work *w, const struct findings_rule *rule, size_t path)
{
	if (w->claimed[path] || findings_exceptions_have(w->in->exceptions, rule, w->in->history->paths[path].path))
		return false;
	return !(rule->flags & FINDINGS_UNOWNED) || (!w->vendor[path] && findings_owner(w, path) == PACKAGES_NONE);
}

void findings_claim(struct findings_work *w, const struct findings_rule *rule, const struct findings_range *r)
{
	CLEANUP_FREE char *path = findings_range_path(w, r);
	for (size_t i = r->first; i < r->end; i++) {
		const struct inspect_version *v = findings_file(w, i);
		if (!v || !may_claim(w, rule, i))
			continue;
		w->claimed[i] = true;
		w->bytes[v->layer] += v->entry->bytes;
		w->files[v->layer]++;
	}
	for (uint32_t layer = 0; layer < w->in->history->n_layers; layer++) {
		struct findings_item *item =
		    !w->files[layer] ? NULL : findings_add(w, rule, layer, FINDINGS_NO_LAYER, path);
		if (item)
			findings_item_place(item, path, w->bytes[layer], w->files[layer]);
		w->bytes[layer] = w->files[layer] = 0;
	}
}

void findings_claim_file(struct findings_work *w, const struct findings_rule *rule, size_t path, uint64_t bytes)
{
	const struct inspect_version *v = findings_file(w, path);
	if (!v || !bytes || !may_claim(w, rule, path))
		return;
	w->claimed[path] = true;
	struct findings_item *item = findings_item_at(w->out, rule, v->layer, FINDINGS_NO_LAYER);
	if (item)
		findings_item_place(item, w->in->history->paths[path].path, bytes, 1);
}

const struct findings_program *findings_program_at(const struct findings_work *w, const char *path)
{
	const size_t at = inspect_history_find(w->in->history, path);
	const struct inspect_version *v = at == SIZE_MAX ? NULL : findings_file(w, at);
	if (!v)
		return NULL;
	const struct findings_watch_layer *l = &w->in->seen->layers[w->in->lists->items[v->layer].place];
	for (size_t i = l->n_programs; i-- > 0;)
		if (strcmp(l->programs[i].path, path) == 0)
			return &l->programs[i];
	return NULL;
}

char *findings_text_of(const struct findings_work *w, const char *path)
{
	const size_t at = inspect_history_find(w->in->history, path);
	const struct inspect_version *v = at == SIZE_MAX ? NULL : findings_file(w, at);
	const struct inspect_text *t =
	    v ? inspect_texts_find(&w->in->seen->texts, w->in->lists->items[v->layer].place, path) : NULL;
	return t ? mem_strndup(t->data, t->n) : NULL;
}
