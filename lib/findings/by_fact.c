#include <string.h>

#include "base/mem.h"
#include "findings/matchers.h"
#include "keep/application/languages.h"
#include "keep/application/runtime_tree.h"
#include "keep/documentation.h"
#include "text/passwd.h"
#include "text/path.h"

#define SYMBOLS_LEAST 20000 /* bytes of one program */
#define USER_MIN 1000       /* the first id of a user that a person added */
#define USER_NOBODY 65534

struct claiming {
	struct findings_work *w;
	const struct findings_rule *rule;
	struct strset languages;
	size_t end; /* of what was claimed: directories in it are claimed, too */
};

/* Whether it is the documentation in the tree of a runtime. A toolchain's is not: all of its tree is a finding. */
static bool is_of_runtime(const struct findings_work *w, const char *path, const struct findings_range *r)
{
	static const char *const names[] = {"/doc", "/docs", "/legal", "/man", "/share/doc", "/share/man"};
	const struct image_index *x = w->in->index;
	for (size_t i = 0; w->vendor[r->first] && i < sizeof(names) / sizeof(names[0]); i++) {
		if (!path_ends_with(path, names[i]))
			continue;
		CLEANUP_FREE char *tree = mem_strndup(path, strlen(path) - strlen(names[i]));
		const uint32_t node = image_index_resolve(x, tree, false, NULL, NULL);
		uint32_t layer;
		if (node != IMAGE_NONE && keep_runtime_tree_at(x, node, &layer) == KEEP_RUNTIME_TREE_WHOLE &&
		    !keep_runtime_tree_builds(x, node))
			return true;
	}
	return false;
}

static void claim_documentation(void *ctx, const char *path, const struct findings_range *r)
{
	struct claiming *c = ctx;
	if (r->first < c->end || (!keep_documentation_is(path) && !is_of_runtime(c->w, path, r)))
		return;
	findings_claim(c->w, c->rule, r);
	c->end = r->end;
}

static void documentation(struct findings_work *w, const struct findings_rule *rule)
{
	findings_each_directory(w, claim_documentation, &(struct claiming){.w = w, .rule = rule});
}

static void claim_translations(void *ctx, const char *path, const struct findings_range *r)
{
	struct claiming *c = ctx;
	if (r->first < c->end || !keep_languages_is_other(&c->languages, path))
		return;
	findings_claim(c->w, c->rule, r);
	c->end = r->end;
}

static void translations(struct findings_work *w, const struct findings_rule *rule)
{
	struct claiming c = {.w = w, .rule = rule};
	keep_languages_of(&w->in->config->env, &c.languages);
	findings_each_directory(w, claim_translations, &c);
	strset_done(&c.languages);
}

static void debug_symbols(struct findings_work *w, const struct findings_rule *rule)
{
	for (uint32_t layer = 0; layer < w->in->lists->count; layer++) {
		const struct findings_watch_layer *l = &w->in->seen->layers[w->in->lists->items[layer].place];
		for (size_t i = l->n_programs; i-- > 0;) {
			const size_t path = inspect_history_find(w->in->history, l->programs[i].path);
			const struct inspect_version *v = path == SIZE_MAX ? NULL : findings_file(w, path);
			if (v && v->layer == layer && l->programs[i].found.removable >= SYMBOLS_LEAST)
				findings_claim_file(w, rule, path, l->programs[i].found.removable);
		}
	}
}

/* A user that somebody added, or NULL. Borrowed from text. */
static const char *user_of(char *text)
{
	struct passwd_entry e;
	while (passwd_next(&text, &e))
		if (e.uid >= USER_MIN && e.uid != USER_NOBODY)
			return e.name;
	return NULL;
}

static void root_user(struct findings_work *w, const struct findings_rule *rule)
{
	const char *user = w->in->config->user;
	const size_t n = strcspn(user, ":");
	if (n && !(n == 1 && *user == '0') && !(n == 4 && strncmp(user, "root", 4) == 0))
		return;
	struct findings_item *i = findings_add(w, rule, FINDINGS_NO_LAYER, FINDINGS_NO_LAYER, NULL);
	if (!i)
		return;
	CLEANUP_FREE char *passwd = findings_text_of(w, "/etc/passwd");
	const char *found = passwd ? user_of(passwd) : NULL;
	i->where = FINDINGS_IN_CONFIG;
	i->name = mem_strdup(found ? found : "NAME");
	i->count = 1;
}

void findings_by_fact(struct findings_work *w, const struct findings_rule *rule)
{
	static void (*const facts[])(struct findings_work * w, const struct findings_rule *rule) = {
	    [FINDINGS_HEAVY_BASE] = findings_base_judge,   [FINDINGS_REMOVED_LATER] = findings_by_layer,
	    [FINDINGS_REPLACED_LATER] = findings_by_layer, [FINDINGS_COPIED_FOR_MODE] = findings_by_layer,
	    [FINDINGS_DOCUMENTATION] = documentation,      [FINDINGS_TRANSLATIONS] = translations,
	    [FINDINGS_DEBUG_SYMBOLS] = debug_symbols,      [FINDINGS_RUNTIME_COPIES] = findings_by_copies,
	    [FINDINGS_SAME_FILES] = findings_by_copies,    [FINDINGS_ROOT_USER] = root_user,
	};
	facts[rule->what](w, rule);
}
