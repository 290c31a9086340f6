#include "verify/heal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "verify/said.h"

/* Bounds of what one round adds without having seen a lookup fail. */
#define SUSPECT_FILES 2000
#define SUSPECT_BYTES (64ull << 20)

int verify_heal_case_init(struct verify_heal_case *c, const struct evidence *recorded, const struct image_index *slim,
			  const struct trace *trace, struct err *err)
{
	*c = (struct verify_heal_case){.recorded = recorded};
	int r = evidence_init(&c->original, recorded->index, trace, err);
	return r < 0 ? r : evidence_init(&c->slim, slim, trace, err);
}

void verify_heal_case_done(struct verify_heal_case *c)
{
	evidence_done(&c->original);
	evidence_done(&c->slim);
}

/* ---- lookups ---- */

static void add_lookup(struct verify_heal_lookups *l, const struct evidence *e, size_t id,
		       const struct evidence_way *way)
{
	const struct trace *t = e->trace;
	uint32_t program = t->entries[id].program;
	l->items = mem_grow(l->items, l->count, &l->cap, sizeof(*l->items));
	l->items[l->count++] = (struct verify_heal_lookup){
	    .path = strset_get(&t->paths, id),
	    .program = program < t->programs.count ? strset_get(&t->programs, program) : NULL,
	    .node = way->node,
	    .way = way,
	    .steps = &e->steps,
	    .listed = t->entries[id].kinds & TRACE_LIST,
	};
}

static bool slim_lacks(const struct verify_heal_case *c, const struct evidence *e, size_t id, bool follow)
{
	uint8_t found = e->trace == c->slim.trace
			    ? evidence_presence_of(&c->slim, id, follow)
			    : evidence_presence_look(&c->slim, strset_get(&e->trace->paths, id), follow);
	return found == TRACE_FOUND_NO;
}

/* Both ways in which the run of e, which is resolved in the original, took the path. */
static void look(const struct verify_heal_case *c, const struct evidence *e, size_t id, struct verify_heal_lookups *out)
{
	for (int follow = 1; follow >= 0; follow--) {
		const struct trace_entry *entry = &e->trace->entries[id];
		const struct evidence_way *way = evidence_way(e, id, follow);
		if (!(follow ? evidence_follows(entry) : evidence_names(entry)) || !slim_lacks(c, e, id, follow) ||
		    evidence_presence_of(e, id, follow) != TRACE_FOUND_YES ||
		    S_ISSOCK(image_index_node(e->index, way->node)->mode))
			continue;
		add_lookup(out, e, id, way);
		return;
	}
}

/* Whether the run listed the directory that the path is in. */
static bool is_in_listed(const struct trace *t, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t id = slash ? strset_find_len(&t->paths, path, slash == path ? 1 : (size_t)(slash - path)) : STRSET_NONE;
	return id != STRSET_NONE && (t->entries[id].kinds & TRACE_LIST);
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct verify_heal_lookup *)a)->path, ((const struct verify_heal_lookup *)b)->path);
}

void verify_heal_lookups_find(const struct verify_heal_case *c, struct verify_heal_lookups *out)
{
	const struct trace *seen = c->slim.trace, *recorded = c->recorded->trace;
	for (size_t id = 0; id < seen->paths.count; id++)
		look(c, &c->original, id, out);
	for (size_t id = 0; id < recorded->paths.count; id++) {
		const char *path = strset_get(&recorded->paths, id);
		if (recorded->entries[id].found == TRACE_FOUND_YES && is_in_listed(seen, path) &&
		    strset_find(&seen->paths, path) == STRSET_NONE)
			look(c, c->recorded, id, out);
	}
	if (out->count)
		qsort(out->items, out->count, sizeof(*out->items), by_path);
}

void verify_heal_lookups_done(struct verify_heal_lookups *l)
{
	free(l->items);
	*l = (struct verify_heal_lookups){0};
}

bool verify_heal_is_left_out(const struct keep_set *k, uint32_t node)
{
	return k && k->excluded && k->excluded[node];
}

/* ---- keeping ---- */

struct healer {
	struct keep_set *k;
	unsigned round;
	uint32_t note;
	const char *why;
	struct verify_verdict *out;
	uint32_t files;
	uint64_t bytes;
};

static const struct image_node *info(const struct healer *h, uint32_t node)
{
	return image_index_node(h->k->index, node);
}

static struct keep_reason reason(const struct healer *h)
{
	return KEEP_WHY_NOTED(KEEP_HEALED, IMAGE_NONE, h->note);
}

static void set_why(struct healer *h, const char *why)
{
	h->why = why;
	h->note = keep_note(h->k, why);
}

static void tell(struct healer *h, uint32_t node)
{
	CLEANUP_BUF struct buf path = {0};
	image_index_path(h->k->index, node, &path);
	verify_healed_add(h->out, path.data, h->why, h->round);
}

/* A node on suspicion, a directory with all below it; nothing beyond the bounds. */
static void keep_suspect(struct healer *h, uint32_t node)
{
	const struct image_node *n = info(h, node);
	if (verify_heal_is_left_out(h->k, node) || h->files >= SUSPECT_FILES || h->bytes + n->size > SUSPECT_BYTES)
		return;
	if (!keep_has(h->k, node)) {
		h->files++;
		h->bytes += S_ISREG(n->mode) ? n->size : 0;
		keep_node(h->k, node, reason(h));
		tell(h, node);
	}
	for (uint32_t i = 0; S_ISDIR(n->mode) && i < n->n_children; i++)
		keep_suspect(h, n->first_child + i);
}

static const char *extension(const char *name)
{
	const char *dot = strrchr(name, '.');
	return dot && dot != name ? dot : "";
}

static bool same_kind(const struct image_node *a, const struct image_node *b)
{
	return (a->mode & S_IFMT) == (b->mode & S_IFMT) && strcmp(extension(a->name), extension(b->name)) == 0;
}

/* The files beside it, or what is in it. */
static void keep_neighbours(struct healer *h, uint32_t node)
{
	const struct image_node *n = info(h, node), *dir = S_ISDIR(n->mode) ? n : info(h, n->parent);
	if (!S_ISDIR(n->mode) && n->parent == 0)
		return;
	for (uint32_t i = 0; i < dir->n_children; i++) {
		const struct image_node *c = info(h, dir->first_child + i);
		if (!S_ISDIR(c->mode) && (dir == n || same_kind(c, n)))
			keep_suspect(h, dir->first_child + i);
	}
}

uint32_t verify_heal_keep_lookups(struct keep_set *k, const struct verify_heal_lookups *l, unsigned round,
				  struct verify_verdict *out)
{
	struct healer h = {.k = k, .round = round, .out = out};
	uint32_t before = k->n_kept;
	for (size_t i = 0; i < l->count; i++) {
		const struct verify_heal_lookup *it = &l->items[i];
		if (verify_heal_is_left_out(k, it->node))
			continue;
		uint32_t had = k->n_kept;
		CLEANUP_FREE char *why =
		    mem_printf("%s looked for %s", it->program ? it->program : "the container", it->path);
		set_why(&h, why);
		keep_way(k, it->way, it->steps, reason(&h));
		if (k->n_kept > had)
			verify_healed_add(out, it->path, why, round);
		if (round > 1 || it->listed)
			keep_neighbours(&h, it->node);
	}
	return k->n_kept - before;
}

/* ---- listed directories ---- */

/* Whether a kept file of the directory is of the kind of node, or none is kept at all. */
static bool is_like_kept(const struct healer *h, const struct image_node *dir, const struct image_node *node)
{
	bool any = false;
	for (uint32_t i = 0; i < dir->n_children; i++) {
		const struct image_node *c = info(h, dir->first_child + i);
		if (S_ISDIR(c->mode) || !keep_has(h->k, dir->first_child + i))
			continue;
		if (same_kind(c, node))
			return true;
		any = true;
	}
	return !any;
}

/* there: the same directory of the slim image, or IMAGE_NONE. */
static void keep_listed(struct healer *h, uint32_t dir, const struct image_index *slim, uint32_t there,
			const struct buf *said)
{
	const struct image_node *d = info(h, dir);
	for (uint32_t i = 0; i < d->n_children; i++) {
		const struct image_node *c = info(h, d->first_child + i);
		if (there != IMAGE_NONE && image_index_child(slim, there, c->name, strlen(c->name)) != IMAGE_NONE)
			continue;
		if (said ? verify_said_names(said, c->name) : !S_ISDIR(c->mode) && is_like_kept(h, d, c))
			keep_suspect(h, d->first_child + i);
	}
}

static void keep_all_listed(struct healer *h, const struct verify_heal_case *c, const struct buf *said)
{
	const struct trace *t = c->slim.trace;
	CLEANUP_FREE size_t *order = strset_sorted(&t->paths);
	for (size_t i = 0; i < t->paths.count; i++) {
		const char *path = strset_get(&t->paths, order[i]);
		if (!(t->entries[order[i]].kinds & TRACE_LIST))
			continue;
		uint32_t dir = evidence_way(&c->original, order[i], true)->node;
		if (dir == IMAGE_NONE || dir == 0 || !S_ISDIR(info(h, dir)->mode))
			continue;
		CLEANUP_FREE char *why = mem_printf("missing in %s, which the container listed", path);
		set_why(h, why);
		keep_listed(h, dir, c->slim.index, evidence_way(&c->slim, order[i], true)->node, said);
	}
}

uint32_t verify_heal_keep_listed(struct keep_set *k, const struct verify_heal_case *c, const struct buf *said,
				 unsigned round, struct verify_verdict *out)
{
	struct healer h = {.k = k, .round = round, .out = out};
	uint32_t before = k->n_kept;
	keep_all_listed(&h, c, said);
	if (k->n_kept == before)
		keep_all_listed(&h, c, NULL);
	return k->n_kept - before;
}
