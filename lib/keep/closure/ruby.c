/* Ruby sources: require, require_relative, load and autoload, wherever they stand; the gems that they are in, with the
 * gems that those declare; paths and commands. Search path: the interpreter's library directories (those with
 * fileutils.rb or rbconfig.rb, site_ruby, vendor_ruby), RUBYLIB, the lib directory of every installed gem.
 * Spec: Kernel#require, Gem::Specification. */
#include <ctype.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "formats/elf_object.h"
#include "keep/closure/closure.h"
#include "keep/program_lookup.h"
#include "keep/source/calls.h"
#include "keep/source/literals.h"
#include "keep/source/script_source.h"
#include "keep/tree.h"
#include "keep/words.h"

#define MAX_DIRS 64
#define MAX_GEMS 8192

static const struct token_lexer lexer = {.hash = true,
					 .pod = true,
					 .end_mark = true,
					 .quotes = "'\"`",
					 .many_lines = "",
					 .interpolation = "#{",
					 .backtick_runs = true,
					 .word = "?!"};

struct gem {
	uint32_t home, dir; /* the directory that has gems/ and specifications/; its own */
	char *name;         /* without the version */
	bool kept;
	uint32_t by;
};

struct ruby {
	struct keep_set *k;
	uint32_t dirs[MAX_DIRS];
	size_t n_dirs;
	struct gem *gems;
	size_t n_gems, cap_gems;
	size_t *queue, n_queue, cap_queue;
	struct strset asked; /* features that were looked for in all gems */
};

static const struct image_node *info(const struct image_index *x, uint32_t node)
{
	return image_index_node(x, node);
}

static bool has(const struct image_index *x, uint32_t dir, const char *name)
{
	return image_index_child(x, dir, name, strlen(name)) != IMAGE_NONE;
}

static void add_dir(struct ruby *r, uint32_t dir)
{
	if (dir != IMAGE_NONE && r->n_dirs < MAX_DIRS)
		r->dirs[r->n_dirs++] = dir;
}

static void add_gems(struct ruby *r, uint32_t home, uint32_t gems)
{
	const struct image_node *n = info(r->k->index, gems);
	for (uint32_t i = 0; i < n->n_children && r->n_gems < MAX_GEMS; i++) {
		const struct image_node *child = info(r->k->index, n->first_child + i);
		const char *version = child->name;
		do
			version = strchr(version + 1, '-');
		while (version && !isdigit((unsigned char)version[1]));
		if (!S_ISDIR(child->mode) || !version)
			continue;
		r->gems = mem_grow(r->gems, r->n_gems, &r->cap_gems, sizeof(*r->gems));
		r->gems[r->n_gems++] = (struct gem){.home = home,
						    .dir = n->first_child + i,
						    .name = mem_strndup(child->name, (size_t)(version - child->name))};
	}
}

static struct ruby *find_dirs(struct keep_set *k)
{
	const struct image_index *x = k->index;
	struct ruby *r = mem_alloc(sizeof(*r));
	r->k = k;
	const char *search = k->config ? strlist_get_env(&k->config->env, "RUBYLIB") : NULL;
	for (; search && *search; search += strcspn(search, ":"), search += *search == ':') {
		CLEANUP_FREE char *dir = mem_strndup(search, strcspn(search, ":"));
		if (*dir == '/')
			add_dir(r, image_index_resolve(x, dir, true, NULL, NULL));
	}
	for (uint32_t id = 1; id < image_index_count(x); id++) {
		const struct image_node *n = info(x, id);
		if (!S_ISDIR(n->mode))
			continue;
		const char *up = info(x, n->parent)->name;
		if (strcmp(n->name, "site_ruby") == 0 || strcmp(n->name, "vendor_ruby") == 0 ||
		    strcmp(up, "site_ruby") == 0 ||
		    (strcmp(up, "vendor_ruby") == 0 && isdigit((unsigned char)*n->name)) ||
		    has(x, id, "fileutils.rb") || has(x, id, "rbconfig.rb"))
			add_dir(r, id);
		if (strcmp(n->name, "gems") == 0 && has(x, n->parent, "specifications"))
			add_gems(r, n->parent, id);
	}
	return r;
}

static bool applies(const struct keep_file *f)
{
	static const char *const names[] = {"Rakefile", "Gemfile", "config.ru"};
	if (elf_object_kind_of((const unsigned char *)f->head, f->n))
		return strncmp(f->info->name, "ruby", 4) == 0 || strncmp(f->info->name, "libruby", 7) == 0;
	return KEEP_WORDS_HAVE(names, f->info->name) || keep_file_ends(f, ".rb") || keep_file_ends(f, ".ru") ||
	       keep_file_runs_by(f, "ruby");
}

static bool feature_in(struct keep_script_source *s, uint32_t dir, const char *feature)
{
	static const char *const endings[] = {"", ".rb", ".so"};
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		CLEANUP_BUF struct buf path = {0};
		buf_printf(&path, "%s%s", feature, endings[i]);
		uint32_t node = keep_script_source_path(s, dir, path.data, false);
		if (node != IMAGE_NONE && !S_ISDIR(info(s->k->index, node)->mode))
			return true;
	}
	return false;
}

static void enqueue(struct ruby *r, size_t i, uint32_t by)
{
	if (r->gems[i].kept)
		return;
	r->gems[i].kept = true;
	r->gems[i].by = by;
	r->queue = mem_grow(r->queue, r->n_queue, &r->cap_queue, sizeof(*r->queue));
	r->queue[r->n_queue++] = i;
}

/* add_runtime_dependency(%q<rack>.freeze, [">= 2"]); before rubygems 3: add_dependency. */
static void dependencies(struct ruby *r, const char *gemspec, uint32_t by)
{
	for (const char *p = gemspec; (p = strstr(p, "dependency(")); p++) {
		static const char development[] = "add_development_";
		size_t n = sizeof(development) - 1;
		if ((size_t)(p - gemspec) >= n && memcmp(p - n, development, n) == 0)
			continue;
		const char *start = p + 11;
		start += strspn(start, " %qQ");
		if (!strchr("<\"'(", *start) || !*start)
			continue;
		size_t len = strcspn(++start, ">\"')\n");
		for (size_t i = 0; i < r->n_gems; i++)
			if (strncmp(r->gems[i].name, start, len) == 0 && !r->gems[i].name[len])
				enqueue(r, i, by);
	}
}

/* The gem's files, its specification and what was compiled for it. */
static void keep_gem(struct ruby *r, const struct gem *g)
{
	const struct image_index *x = r->k->index;
	struct keep_reason why = KEEP_WHY_NOTED(KEEP_PACKAGE, g->by, keep_note(r->k, g->name));
	const char *full = info(x, g->dir)->name;
	keep_tree(r->k, g->dir, KEEP_TREE_CODE, why);
	CLEANUP_BUF struct buf path = {0}, text = {0};
	image_index_path(x, g->home, &path);
	buf_printf(&path, "/specifications/%s.gemspec", full);
	(void)keep_lookup_path(r->k, path.data, why); /* absent: a default gem */
	if (image_index_text(x, path.data, LIMIT_PACKAGE_TEXT, &text) && text.len)
		dependencies(r, text.data, g->by);
	uint32_t extensions = image_index_child(x, g->home, "extensions", 10);
	for (uint32_t i = 0; extensions != IMAGE_NONE && i < info(x, extensions)->n_children; i++) {
		uint32_t arch = info(x, extensions)->first_child + i;
		for (uint32_t j = 0; j < info(x, arch)->n_children; j++) {
			uint32_t dir = image_index_child(x, info(x, arch)->first_child + j, full, strlen(full));
			if (dir != IMAGE_NONE)
				keep_tree(r->k, dir, KEEP_TREE_CODE, why);
		}
	}
}

static void keep_gems(struct ruby *r)
{
	while (r->n_queue)
		keep_gem(r, &r->gems[r->queue[--r->n_queue]]);
}

static void keep_gem_of(struct ruby *r, uint32_t node)
{
	uint32_t dir = node;
	while (dir && strcmp(info(r->k->index, info(r->k->index, dir)->parent)->name, "gems") != 0)
		dir = info(r->k->index, dir)->parent;
	for (size_t i = 0; dir && i < r->n_gems; i++)
		if (r->gems[i].dir == dir)
			enqueue(r, i, node);
	keep_gems(r);
}

/* A feature in the directories of the interpreter and the application, else in any gem's lib. */
static void require(struct ruby *r, struct keep_script_source *s, const char *feature)
{
	bool found = false, added;
	if (*feature == '.' || *feature == '/') {
		(void)feature_in(s, s->dir, feature);
		for (size_t i = 0; *feature == '.' && i < s->n_bases; i++)
			(void)feature_in(s, s->bases[i], feature);
		return;
	}
	for (size_t i = 0; i < s->n_bases; i++) {
		CLEANUP_BUF struct buf lib = {0};
		buf_printf(&lib, "lib/%s", feature);
		found = feature_in(s, s->bases[i], lib.data) || feature_in(s, s->bases[i], feature) || found;
	}
	for (size_t i = 0; !found && i < r->n_dirs; i++)
		found = feature_in(s, r->dirs[i], feature);
	if (strchr(feature, '-')) /* bundler requires a gem by its name */
		for (size_t i = 0; i < r->n_gems; i++)
			if (strcmp(r->gems[i].name, feature) == 0)
				enqueue(r, i, s->node);
	(void)strset_add_len(&r->asked, feature, strlen(feature), &added);
	for (size_t i = 0; !found && added && i < r->n_gems; i++) {
		uint32_t lib = image_index_child(r->k->index, r->gems[i].dir, "lib", 3);
		if (lib != IMAGE_NONE && feature_in(s, lib, feature))
			enqueue(r, i, s->node);
	}
	keep_gems(r);
}

static void statement(struct ruby *r, struct keep_script_source *s, size_t i, bool relative)
{
	i += token_is_punct(token_at(&s->tokens, i), '(');
	if (token_is_punct(token_at(&s->tokens, i), ':')) /* autoload :Name, "path" */
		i += 3;
	const struct token *t = token_at(&s->tokens, i);
	CLEANUP_BUF struct buf feature = {0};
	if (t->kind != TOKEN_STRING || !token_text(t, &feature) || !feature.len)
		return;
	if (t->partial) { /* require "x/#{name}": what is in x */
		char *slash = strrchr(feature.data, '/');
		if (slash)
			*slash = '\0';
		for (size_t j = 0; slash && j < s->n_bases; j++)
			(void)keep_script_source_path(s, s->bases[j], feature.data, true);
		if (slash)
			(void)keep_script_source_path(s, s->dir, feature.data, true);
	} else if (relative) {
		(void)feature_in(s, s->dir, feature.data);
	} else {
		require(r, s, feature.data);
	}
}

static void statements(struct ruby *r, struct keep_script_source *s)
{
	for (size_t i = 0; i < s->tokens.count; i++) {
		const struct token *t = &s->tokens.items[i];
		if (token_is_word(t, "require_relative"))
			statement(r, s, i + 1, true);
		else if (token_is_word(t, "require") || token_is_word(t, "load") || token_is_word(t, "autoload") ||
			 token_is_word(t, "gem"))
			statement(r, s, i + 1, false);
	}
}

/* What the interpreter loads by name itself: rubygems, the encodings. */
static void interpreter(struct ruby *r, struct keep_script_source *s)
{
	static const char *const core[] = {"rubygems",
					   "rbconfig",
					   "monitor",
					   "did_you_mean",
					   "error_highlight",
					   "syntax_suggest/core_ext",
					   "unicode_normalize/normalize",
					   "set"};
	for (size_t i = 0; i < sizeof(core) / sizeof(core[0]); i++)
		require(r, s, core[i]);
	for (size_t i = 0; i < r->n_dirs; i++) {
		uint32_t enc = image_index_child(r->k->index, r->dirs[i], "enc", 3);
		if (enc != IMAGE_NONE && has(r->k->index, r->dirs[i], "rbconfig.rb"))
			keep_tree(r->k, enc, KEEP_TREE_CODE,
				  KEEP_WHY_NOTED(KEEP_IMPORT, s->node, keep_note(r->k, "encodings")));
	}
}

static int run(const struct keep_file *f, void **state, struct err *err)
{
	if (!*state)
		*state = find_dirs(f->k);
	struct ruby *r = *state;
	bool elf = elf_object_kind_of((const unsigned char *)f->head, f->n) != 0;
	keep_gem_of(r, f->node);
	CLEANUP_KEEP_SCRIPT_SOURCE struct keep_script_source s;
	keep_script_source_read(&s, f, elf ? NULL : &lexer);
	if (elf) {
		interpreter(r, &s);
		return 0;
	}
	statements(r, &s);
	keep_script_source_literals(&s);
	keep_script_source_commands(&s);
	return 0;
}

static void free_state(void *state)
{
	struct ruby *r = state;
	for (size_t i = 0; i < r->n_gems; i++)
		free(r->gems[i].name);
	free(r->gems);
	free(r->queue);
	strset_done(&r->asked);
	free(r);
}

const struct keep_closure keep_closure_ruby = {
    .name = "ruby", .level = KEEP_CLOSURE, .applies = applies, .run = run, .free_state = free_state};
