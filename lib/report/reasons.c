#include "report/reasons.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "image/file.h"
#include "text/json.h"

/* By enum keep_reason_kind. */
static const char *const names[] = {
    [KEEP_NONE] = "none",
    [KEEP_TRACE] = "used",
    [KEEP_PARENT] = "parent",
    [KEEP_SYMLINK] = "symlink",
    [KEEP_INTERPRETER] = "interpreter",
    [KEEP_LIBRARY] = "library",
    [KEEP_CONFIG] = "config",
    [KEEP_ENGINE] = "engine",
    [KEEP_IMPORT] = "import",
    [KEEP_COMMAND] = "command",
    [KEEP_ALIAS] = "alias",
    [KEEP_RULE] = "rule",
    [KEEP_PACKAGE] = "package",
    [KEEP_APPLICATION] = "application",
    [KEEP_NAMED] = "named-package",
    [KEEP_SCRIPTS] = "for-scripts",
    [KEEP_SKELETON] = "skeleton",
    [KEEP_REST] = "rest",
    [KEEP_POLICY] = "policy",
    [KEEP_DATABASE] = "package-database",
    [KEEP_HEALED] = "healed",
};

static json_t *path_json(const struct image_index *x, uint32_t node)
{
	CLEANUP_BUF struct buf path = {0};
	image_index_path(x, node, &path);
	return json_bytes(path.data, path.len);
}

static void describe(const struct keep_set *k, const struct packages *p, uint32_t id, json_t *out)
{
	const struct image_node *n = image_index_node(k->index, id);
	if (S_ISREG(n->mode))
		json_object_set_new(out, "size", json_integer((json_int_t)n->size));
	if (n->target)
		json_object_set_new(out, "target", json_bytes(n->target, strlen(n->target)));
	if (!S_ISDIR(n->mode) && p->count && p->owner[id] != PACKAGES_NONE) {
		const char *name = p->items[p->owner[id]].name;
		json_object_set_new(out, "package", json_bytes(name, strlen(name)));
	}
}

/* Its layer, and the name under which its bytes count. files: has the files of the names that came before. */
static void describe_origin(const struct image_index *x, struct image_files *files, uint32_t id, json_t *out)
{
	const struct image_node *n = image_index_node(x, id);
	const uint32_t first = S_ISREG(n->mode) ? image_files_first(files, x, id) : id;
	if (id) /* every layer has the root */
		json_object_set_new(out, "layer", json_integer(n->layer + 1));
	if (first != id)
		json_object_set_new(out, "link", path_json(x, first));
}

/* How a run used it. */
static void describe_use(const struct report_reasons_use *use, uint32_t entry, json_t *out)
{
	const struct trace *t = use->trace;
	const struct trace_entry *e = &t->entries[entry];
	const struct strset_item *path = &t->paths.items[entry];
	json_t *kinds = json_array();
	if (use->ordered)
		json_object_set_new(out, "order", json_integer((json_int_t)entry + 1));
	for (size_t i = 0; i < TRACE_KINDS; i++)
		if (e->kinds >> i & 1)
			json_array_append_new(kinds, json_string(trace_kind_names[i]));
	json_object_set_new(out, "as", json_bytes(path->s, path->len));
	json_object_set_new(out, "kinds", kinds);
	if (e->program < t->programs.count) {
		const struct strset_item *program = &t->programs.items[e->program];
		json_object_set_new(out, "program", json_bytes(program->s, program->len));
	}
}

/* Calls one for each node, in path order. */
static void walk(const struct image_index *x, uint32_t node, void (*one)(void *ctx, uint32_t node), void *ctx)
{
	const struct image_node *n = image_index_node(x, node);
	one(ctx, node);
	for (uint32_t i = 0; i < n->n_children; i++)
		walk(x, n->first_child + i, one, ctx);
}

json_t *report_reasons_runs(uint32_t runs)
{
	json_t *out = json_array();
	for (int i = 0; i < 32; i++)
		if (runs >> i & 1)
			json_array_append_new(out, json_integer(i + 1));
	return out;
}

struct listing {
	const struct keep_set *k;
	const struct packages *p;
	struct report_reasons_use use;
	const struct keep_unproven *unproven;
	struct image_files files; /* of the names that came before, and of all that are kept */
	report_reasons_each *each;
	void *ctx;
};

json_t *report_reasons_of(const struct keep_set *k, const struct packages *p, const struct report_reasons_use *use,
			  uint32_t id)
{
	const struct keep_reason *r = &k->reasons[id];
	if (r->kind == KEEP_NONE)
		return NULL;
	json_t *v = json_object();
	json_object_set_new(v, "path", path_json(k->index, id));
	json_object_set_new(v, "reason", json_string(names[r->kind]));
	if (r->kind == KEEP_TRACE && use->trace)
		describe_use(use, r->by, v);
	else if (r->kind != KEEP_TRACE && r->by != IMAGE_NONE)
		json_object_set_new(v, "by", path_json(k->index, r->by));
	if (r->note != KEEP_NO_NOTE) {
		const struct strset_item *note = &k->notes.items[r->note];
		json_object_set_new(v, "note", json_bytes(note->s, note->len));
	}
	if (use->steps && use->steps[id])
		json_object_set_new(v, "step", json_integer(use->steps[id]));
	if (use->seen && use->seen[id]) {
		json_object_set_new(v, "seen_in", report_reasons_runs(use->seen[id]));
		json_object_set_new(v, "seen_of", json_integer(use->variants));
	}
	describe(k, p, id, v);
	return v;
}

static void add_kept(void *ctx, uint32_t id)
{
	struct listing *l = ctx;
	json_auto_t *v = report_reasons_of(l->k, l->p, &l->use, id);
	if (v && l->use.trace)
		describe_origin(l->k->index, &l->files, id, v);
	if (v)
		l->each(l->ctx, v);
}

void report_reasons_kept(const struct keep_set *k, const struct packages *p, const struct report_reasons_use *use,
			 report_reasons_each *each, void *ctx)
{
	struct listing l = {.k = k, .p = p, .use = *use, .each = each, .ctx = ctx};
	walk(k->index, 0, add_kept, &l);
	image_files_done(&l.files);
}

/* The files that name it, as far as they are remembered. */
static void describe_names(const struct keep_set *k, uint32_t id, const struct keep_mention *m, json_t *out)
{
	json_t *named_in = json_array();
	for (unsigned i = 0; i < m->named_by && i < KEEP_MENTION_NAMERS; i++) {
		CLEANUP_BUF struct buf path = {0};
		enum keep_mention_way way = m->node == id ? m->namers[i].way : KEEP_MENTION_DIRECTORY;
		json_t *v = json_object();
		keep_unproven_namer(k, &m->namers[i], &path);
		json_object_set_new(v, "path", json_bytes(path.data, path.len));
		json_object_set_new(v, "how", json_string(keep_mention_way_name(way)));
		json_array_append_new(named_in, v);
	}
	json_object_set_new(out, "named_by", json_integer(m->named_by));
	json_object_set_new(out, "named_in", named_in);
}

static void add_kept_file(void *ctx, uint32_t id)
{
	struct listing *l = ctx;
	if (keep_has(l->k, id) && S_ISREG(image_index_node(l->k->index, id)->mode))
		(void)image_files_first(&l->files, l->k->index, id);
}

static void add_dropped(void *ctx, uint32_t id)
{
	struct listing *l = ctx;
	const struct image_node *n = image_index_node(l->k->index, id);
	if (keep_has(l->k, id) || (S_ISDIR(n->mode) && n->n_children)) /* those are dropped with what is in them */
		return;
	json_auto_t *v = json_object();
	json_object_set_new(v, "path", path_json(l->k->index, id));
	describe(l->k, l->p, id, v);
	describe_origin(l->k->index, &l->files, id, v);
	if (l->k->excluded && l->k->excluded[id])
		json_object_set_new(v, "excluded", json_true());
	const struct keep_mention *named = keep_unproven_of(l->unproven, id);
	if (named)
		describe_names(l->k, id, named, v);
	l->each(l->ctx, v);
}

void report_reasons_dropped(const struct keep_set *k, const struct packages *p, const struct keep_unproven *u,
			    report_reasons_each *each, void *ctx)
{
	struct listing l = {.k = k, .p = p, .unproven = u, .each = each, .ctx = ctx};
	walk(k->index, 0, add_kept_file, &l);
	walk(k->index, 0, add_dropped, &l);
	image_files_done(&l.files);
}

/* ---- packages ---- */

struct share {
	const struct package *package;
	uint64_t bytes[2], files[2]; /* dropped, kept */
};

static int by_name(const void *a, const void *b)
{
	const struct package *x = ((const struct share *)a)->package, *y = ((const struct share *)b)->package;
	int order = strcmp(x->name, y->name);
	return order ? order : strcmp(x->architecture, y->architecture);
}

static json_t *share_json(const struct share *s)
{
	const struct package *p = s->package;
	json_t *v = json_object();
	json_object_set_new(v, "name", json_bytes(p->name, strlen(p->name)));
	json_object_set_new(v, "version", json_bytes(p->version, strlen(p->version)));
	json_object_set_new(v, "manager", json_string(packages_manager_names[p->manager]));
	json_object_set_new(v, "kept_bytes", json_integer((json_int_t)s->bytes[1]));
	json_object_set_new(v, "kept_files", json_integer((json_int_t)s->files[1]));
	json_object_set_new(v, "dropped_bytes", json_integer((json_int_t)s->bytes[0]));
	json_object_set_new(v, "dropped_files", json_integer((json_int_t)s->files[0]));
	return v;
}

json_t *report_reasons_packages(const struct keep_set *k, const struct packages *p)
{
	json_t *out = json_array();
	CLEANUP_FREE struct share *shares = mem_calloc(p->count, sizeof(*shares));
	for (size_t i = 0; i < p->count; i++)
		shares[i].package = &p->items[i];
	for (uint32_t id = 0; p->count && id < image_index_count(k->index); id++) {
		const struct image_node *n = image_index_node(k->index, id);
		if (p->owner[id] == PACKAGES_NONE || S_ISDIR(n->mode))
			continue;
		struct share *s = &shares[p->owner[id]];
		s->files[keep_has(k, id)]++;
		s->bytes[keep_has(k, id)] += S_ISREG(n->mode) ? n->size : 0;
	}
	if (p->count)
		qsort(shares, p->count, sizeof(*shares), by_name);
	for (size_t i = 0; i < p->count; i++)
		json_array_append_new(out, share_json(&shares[i]));
	return out;
}
