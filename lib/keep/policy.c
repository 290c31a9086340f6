#include "keep/policy.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "keep/program_lookup.h"
#include "text/glob.h"
#include "text/path.h"

#define ALTERNATIVES 64 /* of one pattern's {a,b} */

void keep_policy_done(struct keep_policy *p)
{
	strlist_done(&p->include);
	strlist_done(&p->exclude);
	strlist_done(&p->include_exe);
	*p = (struct keep_policy){0};
}

/* ---- what patterns match ---- */

struct matcher {
	const struct image_index *index;
	const struct strlist *patterns; /* absolute */
	bool *used;                     /* by pattern */
	keep_policy_hit *hit;
	void *ctx;
};

static void match_below(struct matcher *m, uint32_t node, struct buf *path, size_t matched)
{
	const struct image_node *n = image_index_node(m->index, node);
	for (size_t i = 0; matched == STRSET_NONE && i < m->patterns->count; i++)
		if (glob_match(m->patterns->items[i], path->len ? path->data : "/")) {
			matched = i;
			m->used[i] = true;
		}
	if (matched != STRSET_NONE)
		m->hit(m->ctx, node);
	size_t len = path->len;
	for (uint32_t i = 0; i < n->n_children; i++) {
		buf_printf(path, "/%s", image_index_node(m->index, n->first_child + i)->name);
		match_below(m, n->first_child + i, path, matched);
		path->len = len;
		path->data[len] = '\0';
	}
}

/* The pattern without what only looks different: made absolute, symlinks before the first wildcard resolved. */
static void add_form(const struct image_index *x, const char *pattern, struct strlist *out)
{
	CLEANUP_BUF struct buf path = {0}, real = {0};
	path_join(&path, "/", pattern);
	while (path.len > 1 && path.data[path.len - 1] == '/')
		path.data[--path.len] = '\0';
	size_t fixed = strcspn(path.data, "*?");
	while (fixed > 1 && path.data[fixed] != '\0' && path.data[fixed - 1] != '/')
		fixed--;
	const char *rest = path.data + fixed;
	CLEANUP_FREE char *dir = mem_strndup(path.data, fixed);
	uint32_t node = image_index_resolve(x, dir, *rest != '\0', NULL, NULL);
	if (node == IMAGE_NONE) {
		strlist_add(out, path.data);
		return;
	}
	image_index_path(x, node, &real);
	buf_printf(&real, "%s%s", *rest && real.data[real.len - 1] != '/' ? "/" : "", rest);
	strlist_add(out, real.data);
}

void keep_policy_match(const struct image_index *x, const struct strlist *patterns, keep_policy_hit *hit, void *ctx,
		       struct strlist *unused)
{
	CLEANUP_STRLIST struct strlist forms = {0};
	CLEANUP_FREE size_t *of = NULL; /* by form: number of its pattern */
	size_t cap = 0;
	for (size_t i = 0; i < patterns->count; i++) {
		CLEANUP_STRLIST struct strlist alternatives = {0};
		size_t n = forms.count;
		if (!glob_expand(patterns->items[i], ALTERNATIVES, &alternatives))
			strlist_done(&alternatives); /* an open or nested brace: nothing matches */
		for (size_t a = 0; a < alternatives.count; a++)
			add_form(x, alternatives.items[a], &forms);
		for (; n < forms.count; n++) {
			of = mem_grow(of, n, &cap, sizeof(*of));
			of[n] = i;
		}
	}
	if (!patterns->count)
		return;
	CLEANUP_FREE bool *used = mem_calloc(forms.count, sizeof(*used));
	CLEANUP_FREE bool *pattern_used = mem_calloc(patterns->count, sizeof(*pattern_used));
	struct matcher m = {x, &forms, used, hit, ctx};
	CLEANUP_BUF struct buf path = {0};
	buf_str(&path, "");
	match_below(&m, 0, &path, STRSET_NONE);
	for (size_t i = 0; i < forms.count; i++)
		pattern_used[of[i]] |= used[i];
	for (size_t i = 0; i < patterns->count; i++)
		if (!pattern_used[i])
			strlist_add(unused, patterns->items[i]);
}

/* ---- exclude ---- */

static void exclude(void *ctx, uint32_t node)
{
	struct keep_set *k = ctx;
	k->excluded[node] = true;
}

void keep_policy_exclude(struct keep_set *k, const struct keep_policy *p, struct strlist *unused)
{
	if (!p->exclude.count)
		return;
	k->excluded = mem_calloc(image_index_count(k->index), sizeof(*k->excluded));
	keep_policy_match(k->index, &p->exclude, exclude, k, unused);
}

/* ---- include ---- */

static void include(void *ctx, uint32_t node)
{
	struct keep_set *k = ctx;
	uint32_t note = keep_note(k, "--include");
	keep_node(k, node, KEEP_WHY_NOTED(KEEP_POLICY, IMAGE_NONE, note));
	if (!image_index_node(k->index, node)->target)
		return;
	CLEANUP_BUF struct buf path = {0}; /* a symlink alone would be of no use */
	image_index_path(k->index, node, &path);
	(void)keep_lookup_path(k, path.data, KEEP_WHY_NOTED(KEEP_POLICY, node, note));
}

static void include_program(struct keep_set *k, const char *name, const char *note, struct strlist *unused)
{
	const char *search = k->config ? strlist_get_env(&k->config->env, "PATH") : NULL;
	struct keep_reason why = KEEP_WHY_NOTED(KEEP_POLICY, IMAGE_NONE, keep_note(k, note));
	if (keep_lookup_program(k, name, search, why) == IMAGE_NONE && unused)
		strlist_add(unused, name);
}

void keep_policy_include(struct keep_set *k, const struct keep_policy *p, struct strlist *unused)
{
	static const char *const tools[] = {"sh",       "bash", "ash",   "busybox", "ls",    "cat",   "env",
					    "printenv", "echo", "cp",    "mv",      "rm",    "mkdir", "ps",
					    "grep",     "sed",  "head",  "tail",    "find",  "sort",  "wc",
					    "id",       "date", "which", "touch",   "chmod", "test"};
	keep_policy_match(k->index, &p->include, include, k, unused);
	if (p->include_workdir && k->config && k->config->working_dir[strspn(k->config->working_dir, "/")]) {
		CLEANUP_STRLIST struct strlist dir = {0};
		strlist_add(&dir, k->config->working_dir);
		keep_policy_match(k->index, &dir, include, k, unused);
	}
	for (size_t i = 0; i < p->include_exe.count; i++)
		include_program(k, p->include_exe.items[i], "--include-exe", unused);
	for (size_t i = 0; p->include_shell && i < sizeof(tools) / sizeof(tools[0]); i++)
		include_program(k, tools[i], "--include-shell", NULL);
}
