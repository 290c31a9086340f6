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

/* Directories that hold the path at hand and that no layer lists, the outermost first: their numbers. */
struct open_directories {
	size_t *items, count, cap;
};

static void add_directory(struct findings_work *w, size_t first, size_t end, size_t len)
{
	w->directories = mem_grow(w->directories, w->n_directories, &w->directories_cap, sizeof(*w->directories));
	w->directories[w->n_directories++] = (struct findings_range){first, end, len};
}

/* Adds the directories in which the path is the first one, and that no layer lists. shared: bytes with which it begins
 * as the path before it does. */
static void open_directories(struct findings_work *w, struct open_directories *open, size_t path, size_t shared)
{
	const struct inspect_history *h = w->in->history;
	const char *s = h->paths[path].path;
	for (const char *slash = s + (shared ? shared : 1); (slash = strchr(slash, '/')); slash++) {
		const size_t len = (size_t)(slash - s);
		if (path && len == shared && !h->paths[path - 1].path[len]) /* it is the path before */
			continue;
		open->items = mem_grow(open->items, open->count, &open->cap, sizeof(*open->items));
		open->items[open->count++] = w->n_directories;
		add_directory(w, path, h->n_paths, len);
	}
}

/* Reads each path once. A directory ends at the first path that does not share its name and the slash behind it. */
static void list_directories(struct findings_work *w)
{
	const struct inspect_history *h = w->in->history;
	struct open_directories open = {0};
	for (size_t i = 0; i < h->n_paths; i++) {
		const char *path = h->paths[i].path, *before = i ? h->paths[i - 1].path : "";
		size_t shared = 0;
		while (path[shared] && path[shared] == before[shared])
			shared++;
		while (open.count && w->directories[open.items[open.count - 1]].len >= shared)
			w->directories[open.items[--open.count]].end = i;
		open_directories(w, &open, i, shared);
		if (h->paths[i].end > i + 1)
			add_directory(w, i, h->paths[i].end, strlen(path));
	}
	free(open.items);
}

void findings_each_directory(struct findings_work *w,
			     void (*each)(void *ctx, const char *path, const struct findings_range *r), void *ctx)
{
	for (size_t i = 0; i < w->n_directories; i++) {
		CLEANUP_FREE char *path = findings_range_path(w, &w->directories[i]);
		each(ctx, path, &w->directories[i]);
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
	list_directories(w);
	findings_each_directory(w, mark_vendor, w);
}

void findings_work_done(struct findings_work *w)
{
	free(w->nodes);
	free(w->vendor);
	free(w->matches);
	free(w->claimed);
	free(w->directories);
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
