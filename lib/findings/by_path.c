#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strset.h"
#include "findings/matchers.h"

/* The patterns of all path rules: those whose last component is a plain name are looked up by it, the others are tried
 * one by one. */
struct patterns {
	struct pattern {
		const struct findings_rule *rule;
		const char *text;
		size_t next; /* with the same last component, plus 1; 0 = none */
	} * items;
	size_t count, cap;
	struct strset names; /* last components */
	size_t *first;       /* by name: number of a pattern plus 1 */
	size_t n_first;
	size_t *wild, n_wild, wild_cap;
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static void add_pattern(struct patterns *p, const struct findings_rule *rule, const char *text)
{
	const char *name = base_name(text);
	p->items = mem_grow(p->items, p->count, &p->cap, sizeof(*p->items));
	p->items[p->count++] = (struct pattern){rule, text, 0};
	if (strpbrk(name, "*?")) {
		p->wild = mem_grow(p->wild, p->n_wild, &p->wild_cap, sizeof(*p->wild));
		p->wild[p->n_wild++] = p->count - 1;
		return;
	}
	const size_t id = strset_add(&p->names, name);
	p->first = mem_realloc(p->first, p->names.count, sizeof(*p->first));
	if (p->n_first < p->names.count)
		p->first[p->n_first++] = 0;
	p->items[p->count - 1].next = p->first[id];
	p->first[id] = p->count;
}

struct collecting {
	struct findings_work *w;
	struct patterns patterns;
};

static void try_pattern(struct findings_work *w, const struct pattern *p, const char *path,
			const struct findings_range *r)
{
	const char *const one[] = {p->text, NULL};
	if (!findings_have_path(one, path))
		return;
	w->matches = mem_grow(w->matches, w->n_matches, &w->matches_cap, sizeof(*w->matches));
	w->matches[w->n_matches++] = (struct findings_match_at){p->rule, *r};
}

static void try_path(void *ctx, const char *path, const struct findings_range *r)
{
	struct collecting *c = ctx;
	const struct patterns *p = &c->patterns;
	const size_t id = strset_find(&p->names, base_name(path));
	for (size_t k = id == STRSET_NONE ? 0 : p->first[id]; k; k = p->items[k - 1].next)
		try_pattern(c->w, &p->items[k - 1], path, r);
	for (size_t k = 0; k < p->n_wild; k++)
		try_pattern(c->w, &p->items[p->wild[k]], path, r);
}

static int by_rule(const void *a, const void *b)
{
	const struct findings_match_at *x = a, *y = b;
	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	if (x->range.first != y->range.first)
		return x->range.first < y->range.first ? -1 : 1;
	return (x->range.len > y->range.len) - (x->range.len < y->range.len);
}

void findings_paths_collect(struct findings_work *w)
{
	struct collecting c = {.w = w};
	struct patterns *p = &c.patterns;
	const struct findings_rule *r;
	for (size_t i = 0; (r = findings_rule_at(i)); i++)
		for (size_t k = 0; r->match == FINDINGS_BY_PATH && r->paths[k]; k++)
			add_pattern(p, r, r->paths[k]);
	findings_each_directory(w, try_path, &c);
	for (size_t i = 0; i < w->in->history->n_paths; i++)
		if (findings_file(w, i)) {
			const char *path = w->in->history->paths[i].path;
			try_path(&c, path, &(struct findings_range){i, i + 1, strlen(path)});
		}
	if (w->n_matches)
		qsort(w->matches, w->n_matches, sizeof(*w->matches), by_rule);
	free(p->items);
	free(p->first);
	free(p->wild);
	strset_done(&p->names);
}

void findings_by_path(struct findings_work *w, const struct findings_rule *rule)
{
	size_t end = 0; /* of what was claimed: matches in it are claimed, too */
	for (size_t i = 0; i < w->n_matches; i++) {
		const struct findings_match_at *m = &w->matches[i];
		if (m->rule != rule || m->range.first < end)
			continue;
		findings_claim(w, rule, &m->range);
		end = m->range.end;
	}
}
