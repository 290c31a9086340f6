#include <string.h>

#include "base/mem.h"
#include "findings/secrets/config_text.h"
#include "findings/matchers.h"
#include "text/glob.h"
#include "text/path.h"

/* Whether languages name the files of tests in this way. */
static bool is_test_file(const char *name, size_t len)
{
	static const char *const patterns[] = {"*_test.*", "test_*.*", "*.test.*", "*_spec.*", "*.spec.*", "*Test.*"};
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		if (glob_match_name(patterns[i], strlen(patterns[i]), name, len))
			return true;
	return false;
}

static bool is_test(const char *path)
{
	static const char *const names[] = {"test",      "tests",    "testdata",  "testing",  "spec",
					    "__tests__", "fixtures", "example",   "examples", "doc",
					    "docs",      "demo",     "benchmark", "test-data"};
	const char *name = path;
	size_t len = 0;
	while (path_next(&path, &name, &len))
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (strlen(names[i]) == len && memcmp(names[i], name, len) == 0)
				return true;
	return is_test_file(name, len);
}

/* A distribution's package publishes its files anyway; what lies in /etc may have been edited. So do packages of
 * languages and toolchains with the keys of their tests. */
static bool is_published(const struct findings_work *w, size_t path)
{
	const char *name = w->in->history->paths[path].path;
	const uint32_t owner = findings_owner(w, path);
	if (w->vendor[path] && is_test(name))
		return true;
	if (owner == PACKAGES_NONE)
		return false;
	const uint8_t manager = w->in->packages->items[owner].manager;
	const bool language = manager == PACKAGES_PIP || manager == PACKAGES_NPM || manager == PACKAGES_GEM;
	return language ? is_test(name) : !path_is_below(name, "/etc");
}

/* The layer behind this one that changes the path; FINDINGS_NO_LAYER if the image shows what this layer has. */
static uint32_t removed_by(const struct inspect_history *h, size_t path, uint32_t layer)
{
	for (size_t i = 0; i < h->paths[path].n; i++) {
		const struct inspect_version *v = &h->versions[h->paths[path].first + i];
		if (v->layer > layer)
			return v->layer;
	}
	return FINDINGS_NO_LAYER;
}

static void add_secret(struct findings_work *w, const struct findings_secret *s, uint32_t layer)
{
	const struct inspect_history *h = w->in->history;
	const size_t path = inspect_history_find(h, s->path);
	if (path == SIZE_MAX)
		return;
	const uint32_t removed = removed_by(h, path, layer);
	if ((removed == FINDINGS_NO_LAYER && is_published(w, path)) ||
	    findings_exceptions_have(w->in->exceptions, s->rule, s->path))
		return;
	struct findings_item *i = findings_item_new(w->out, s->rule, layer, removed);
	if (!i)
		return;
	i->path = mem_strdup(s->path);
	i->line = s->line;
	i->count = s->count;
}

void findings_by_text(struct findings_work *w, const struct findings_rule *rule)
{
	for (uint32_t layer = 0; layer < w->in->lists->count; layer++) {
		const struct findings_watch_layer *l = &w->in->seen->layers[w->in->lists->items[layer].place];
		for (size_t i = 0; i < l->n_secrets; i++)
			if (l->secrets[i].rule == rule)
				add_secret(w, &l->secrets[i], layer);
	}
}

static void add_text(void *ctx, const struct findings_config_hit *hit)
{
	struct findings_work *w = ctx;
	if (findings_exceptions_have(w->in->exceptions, hit->rule, hit->name))
		return;
	struct findings_item *i = findings_item_new(w->out, hit->rule, hit->layer, FINDINGS_NO_LAYER);
	if (!i)
		return;
	i->where = hit->where;
	i->name = mem_strdup(hit->name);
	i->line = hit->step;
	i->count = 1;
}

void findings_config_find(struct findings_work *w)
{
	findings_config_scan(w->in->seen->scanner, w->in->config, add_text, w);
}
