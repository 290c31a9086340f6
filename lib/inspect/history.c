#include "inspect/history.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/stop.h"

const char *const inspect_change_names[INSPECT_CHANGES] = {"added", "changed", "removed"};

/* The state of a path after the layers so far. */
struct state {
	const struct inspect_entry *entry; /* NULL = the image does not have it */
	const struct inspect_entry *lost;  /* what the removal below took away */
	uint32_t removal;                  /* number of the version that removed it, plus 1; 0 = none did */
};

struct making {
	const struct inspect_lists *lists;
	struct inspect_history *h;
	struct state *states; /* by path */
	uint32_t *owners;     /* by version: its path */
	size_t cap;
	uint64_t *there; /* bit by path: the image has it */
};

static int by_path(const void *a, const void *b)
{
	return inspect_path_order(*(const char *const *)a, *(const char *const *)b);
}

static int collect_paths(struct making *m, struct err *err)
{
	size_t n = 0;
	for (size_t i = 0; i < m->lists->count; i++)
		n += m->lists->items[i].count;
	if (n > LIMIT_ENTRIES)
		return err_set(err, ERR_LIMIT, "too-many-files", "the layers have more than %d entries", LIMIT_ENTRIES);
	const char **all = mem_calloc(n, sizeof(*all));
	size_t at = 0;
	for (size_t i = 0; i < m->lists->count; i++)
		for (size_t j = 0; j < m->lists->items[i].count; j++)
			all[at++] = m->lists->items[i].items[j].path;
	if (n)
		qsort(all, n, sizeof(*all), by_path);
	struct inspect_history *h = m->h;
	h->paths = mem_calloc(n, sizeof(*h->paths));
	for (size_t i = 0; i < n; i++)
		if (!h->n_paths || strcmp(h->paths[h->n_paths - 1].path, all[i]) != 0)
			h->paths[h->n_paths++].path = all[i];
	free(all);
	return 0;
}

/* From the last path to the first: the end of a path is found by leaping over what is below it. */
static void find_ends(struct inspect_history *h)
{
	for (size_t i = h->n_paths; i-- > 0;) {
		size_t end = i + 1;
		while (end < h->n_paths && inspect_path_is_below(h->paths[end].path, h->paths[i].path))
			end = h->paths[end].end;
		h->paths[i].end = (uint32_t)end;
	}
}

size_t inspect_history_find(const struct inspect_history *h, const char *path)
{
	size_t from = 0, to = h->n_paths;
	while (from < to) {
		const size_t mid = from + (to - from) / 2;
		const int c = inspect_path_order(h->paths[mid].path, path);
		if (c == 0)
			return mid;
		if (c < 0)
			from = mid + 1;
		else
			to = mid;
	}
	return SIZE_MAX;
}

static void set_there(struct making *m, size_t path, const struct inspect_entry *entry)
{
	const uint64_t bit = 1ull << path % 64;
	struct state *s = &m->states[path];
	s->lost = entry ? NULL : s->entry;
	s->removal = entry ? 0 : (uint32_t)m->h->n_versions;
	s->entry = entry;
	m->there[path / 64] = entry ? m->there[path / 64] | bit : m->there[path / 64] & ~bit;
}

static void count(struct making *m, const struct inspect_version *v, const struct inspect_entry *e, bool more)
{
	struct inspect_sum *sum = &m->h->layers[v->layer][v->change];
	const uint64_t paths = e->kind != INSPECT_DIRECTORY;
	sum->paths = more ? sum->paths + paths : sum->paths - paths;
	sum->bytes = more ? sum->bytes + e->bytes : sum->bytes - e->bytes;
}

static void add_version(struct making *m, size_t path, const struct inspect_version *v)
{
	struct inspect_history *h = m->h;
	const size_t cap = m->cap;
	h->versions = mem_grow(h->versions, h->n_versions, &m->cap, sizeof(*h->versions));
	if (cap != m->cap)
		m->owners = mem_realloc(m->owners, m->cap, sizeof(*m->owners));
	m->owners[h->n_versions] = (uint32_t)path;
	h->versions[h->n_versions++] = *v;
	count(m, v, v->entry ? v->entry : m->states[path].entry, true);
	set_there(m, path, v->entry);
}

/* Everything below paths[path], and the path itself if self is set. */
static void remove_tree(struct making *m, size_t path, uint16_t layer, bool self)
{
	const size_t end = m->h->paths[path].end;
	for (size_t i = path + !self; i < end;) {
		const uint64_t word = m->there[i / 64] >> i % 64;
		if (!word) {
			i = (i / 64 + 1) * 64;
			continue;
		}
		i += (size_t)__builtin_ctzll(word);
		if (i < end)
			add_version(m, i++, &(struct inspect_version){.layer = layer, .change = INSPECT_REMOVED});
	}
}

static bool is_same_directory(const struct inspect_entry *a, const struct inspect_entry *b)
{
	return a->kind == INSPECT_DIRECTORY && b->kind == INSPECT_DIRECTORY && a->mode == b->mode && a->uid == b->uid &&
	       a->gid == b->gid;
}

static bool has_same_content(const struct inspect_entry *a, const struct inspect_entry *b)
{
	return a->kind == INSPECT_FILE && b->kind == INSPECT_FILE && a->bytes == b->bytes && a->crc == b->crc;
}

/* A path that the same layer removes and has again was changed. */
static bool revive(struct making *m, size_t path, uint16_t layer, const struct inspect_entry *e)
{
	const struct state *s = &m->states[path];
	struct inspect_version *v = s->removal ? &m->h->versions[s->removal - 1] : NULL;
	if (!v || v->layer != layer)
		return false;
	count(m, v, s->lost, false);
	*v = (struct inspect_version){e, layer, INSPECT_CHANGED, has_same_content(s->lost, e)};
	count(m, v, e, true);
	set_there(m, path, e);
	return true;
}

static void put(struct making *m, size_t path, uint16_t layer, const struct inspect_entry *e)
{
	const struct inspect_entry *before = m->states[path].entry;
	if (before && is_same_directory(before, e))
		set_there(m, path, e);
	else if (before || !revive(m, path, layer, e)) {
		if (before && before->kind == INSPECT_DIRECTORY && e->kind != INSPECT_DIRECTORY)
			remove_tree(m, path, layer, false);
		const uint8_t change = before ? INSPECT_CHANGED : INSPECT_ADDED;
		add_version(m, path,
			    &(struct inspect_version){e, layer, change, before && has_same_content(before, e)});
	}
}

/* The marks first, since they only concern the layers below. The list and the paths are in the same order. */
static int apply_layer(struct making *m, size_t layer, bool marks, struct err *err)
{
	const struct inspect_list *l = &m->lists->items[layer];
	size_t path = 0;
	for (size_t i = 0; i < l->count; i++) {
		const struct inspect_entry *e = &l->items[i];
		const bool is_mark = e->kind == INSPECT_WHITEOUT || e->kind == INSPECT_OPAQUE;
		int r = i % 1024 == 0 ? stop_check(err) : 0;
		if (r < 0)
			return r;
		if (is_mark != marks)
			continue;
		path = inspect_history_find(m->h, e->path);
		if (is_mark)
			remove_tree(m, path, (uint16_t)layer, e->kind == INSPECT_WHITEOUT);
		else
			put(m, path, (uint16_t)layer, e);
	}
	return 0;
}

/* The versions are in the order of the layers: bring them together by path, in that order. */
static void sort_versions(struct making *m)
{
	struct inspect_history *h = m->h;
	struct inspect_version *sorted = mem_calloc(h->n_versions, sizeof(*sorted));
	uint32_t first = 0;
	for (size_t i = 0; i < h->n_versions; i++)
		h->paths[m->owners[i]].n++;
	for (size_t i = 0; i < h->n_paths; i++) {
		h->paths[i].first = first;
		first += h->paths[i].n;
		h->paths[i].n = 0;
	}
	for (size_t i = 0; i < h->n_versions; i++) {
		struct inspect_path *p = &h->paths[m->owners[i]];
		sorted[p->first + p->n++] = h->versions[i];
	}
	free(h->versions);
	h->versions = sorted;
}

/* A path that only whiteouts of nothing have is not in the image's history. */
static void sum_paths(struct inspect_history *h)
{
	for (size_t i = 0; i < h->n_paths; i++) {
		const struct inspect_version *v = h->versions + h->paths[i].first, *last = inspect_history_final(h, i);
		uint64_t least = UINT64_MAX, sum = 0;
		for (size_t j = 0; j < h->paths[i].n; j++) {
			const uint64_t bytes = v[j].entry ? v[j].entry->bytes : 0;
			least = bytes < least ? bytes : least;
			sum += bytes;
		}
		h->total += sum;
		h->minimum += h->paths[i].n ? least : 0;
		h->repeated += h->paths[i].n > 1 ? sum : 0;
		h->final += last ? last->entry->bytes : 0;
	}
}

int inspect_history_make(const struct inspect_lists *lists, struct inspect_history *out, struct err *err)
{
	CLEANUP_INSPECT_HISTORY struct inspect_history h = {.n_layers = lists->count};
	struct making m = {.lists = lists, .h = &h};
	h.layers = mem_calloc(lists->count, sizeof(*h.layers));
	int r = collect_paths(&m, err);
	if (r < 0)
		return r;
	find_ends(&h);
	m.states = mem_calloc(h.n_paths, sizeof(*m.states));
	m.there = mem_calloc(h.n_paths / 64 + 1, sizeof(*m.there));
	for (size_t i = 0; r == 0 && i < lists->count; i++)
		if ((r = apply_layer(&m, i, true, err)) == 0)
			r = apply_layer(&m, i, false, err);
	if (r == 0) {
		sort_versions(&m);
		sum_paths(&h);
		*out = h;
		h = (struct inspect_history){0};
	}
	free(m.states);
	free(m.there);
	free(m.owners);
	return r;
}

const struct inspect_version *inspect_history_final(const struct inspect_history *h, size_t path)
{
	const struct inspect_path *p = &h->paths[path];
	const struct inspect_version *last = p->n ? &h->versions[p->first + p->n - 1] : NULL;
	return last && last->entry ? last : NULL;
}

double inspect_history_efficiency(const struct inspect_history *h)
{
	return h->total ? (double)h->minimum / (double)h->total : 1;
}

void inspect_history_done(struct inspect_history *h)
{
	free(h->paths);
	free(h->versions);
	free(h->layers);
	*h = (struct inspect_history){0};
}
