#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "findings/matchers.h"
#include "keep/application/runtime_tree.h"
#include "keep/build_tools.h"
#include "text/glob.h"

static bool have_name(const char *const *patterns, const char *name, size_t n)
{
	for (size_t i = 0; patterns[i]; i++)
		if (glob_match_name(patterns[i], strlen(patterns[i]), name, n))
			return true;
	return false;
}

/* The name of a package, or the scope of one of npm's. */
static bool is_for_development(const struct findings_rule *rule, const struct package *p)
{
	const char *slash = p->name[0] == '@' ? strchr(p->name, '/') : NULL;
	if (p->manager != PACKAGES_PIP && p->manager != PACKAGES_NPM && p->manager != PACKAGES_GEM)
		return false;
	return have_name(rule->paths, p->name, slash ? (size_t)(slash - p->name) : strlen(p->name));
}

static bool is_build_tool(const struct package *p)
{
	return keep_build_tools_are(p) && !p->essential;
}

/* The part of a package that one layer has. */
struct part {
	uint32_t package, layer;
	uint64_t bytes;
};

static int by_package(const void *a, const void *b)
{
	const struct part *x = a, *y = b;
	if (x->layer != y->layer)
		return x->layer < y->layer ? -1 : 1;
	return (x->package > y->package) - (x->package < y->package);
}

static void claim_packages(struct findings_work *w, const struct findings_rule *rule, const bool *wanted)
{
	struct part *parts = NULL;
	size_t n = 0, cap = 0;
	for (size_t i = 0; i < w->in->history->n_paths; i++) {
		const struct inspect_version *v = findings_file(w, i);
		const uint32_t owner = v ? findings_owner(w, i) : PACKAGES_NONE;
		if (owner == PACKAGES_NONE || !wanted[owner] || w->claimed[i])
			continue;
		w->claimed[i] = true;
		parts = mem_grow(parts, n, &cap, sizeof(*parts));
		parts[n++] = (struct part){owner, v->layer, v->entry->bytes};
	}
	if (n)
		qsort(parts, n, sizeof(*parts), by_package);
	for (size_t i = 0, k; i < n; i = k) {
		uint64_t bytes = 0;
		for (k = i; k < n && by_package(&parts[i], &parts[k]) == 0; k++)
			bytes += parts[k].bytes;
		const char *name = w->in->packages->items[parts[i].package].name;
		struct findings_item *item = findings_add(w, rule, parts[i].layer, FINDINGS_NO_LAYER, name);
		if (item)
			findings_item_part(item, name, bytes, k - i);
	}
	free(parts);
}

struct claiming {
	struct findings_work *w;
	const struct findings_rule *rule;
	size_t end; /* of the last tree */
};

static void claim_tree(void *ctx, const char *path, const struct findings_range *r)
{
	struct claiming *c = ctx;
	const uint32_t node = r->first < c->end || !c->w->vendor[r->first]
				  ? IMAGE_NONE
				  : image_index_resolve(c->w->in->index, path, false, NULL, NULL);
	if (node == IMAGE_NONE || !keep_runtime_tree_builds(c->w->in->index, node))
		return;
	findings_claim(c->w, c->rule, r);
	c->end = r->end;
}

void findings_by_package(struct findings_work *w, const struct findings_rule *rule)
{
	const struct packages *p = w->in->packages;
	CLEANUP_FREE bool *wanted = mem_calloc(p->count, sizeof(*wanted));
	for (size_t i = 0; i < p->count; i++)
		wanted[i] = rule->what == FINDINGS_BUILD_TOOLS ? is_build_tool(&p->items[i])
							       : is_for_development(rule, &p->items[i]);
	if (rule->what == FINDINGS_DEVELOPMENT)
		findings_manifests_mark(w, wanted);
	claim_packages(w, rule, wanted);
	if (rule->what == FINDINGS_BUILD_TOOLS)
		findings_each_directory(w, claim_tree, &(struct claiming){w, rule, 0});
}
