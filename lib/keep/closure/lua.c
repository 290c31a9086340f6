/* Lua. Kept are the modules that require names, found by package.path, package.cpath, LUA_PATH and LUA_CPATH, and in
 * the directories above the source. If a name goes on with a computed part, all modules that match it stay. Also
 * kept: the files and commands that the source names.
 * Spec: Lua manual 6.3 (package.path, package.searchers). */
#include <string.h>

#include "base/mem.h"
#include "keep/closure/closure.h"
#include "keep/program_lookup.h"
#include "keep/source/calls.h"
#include "keep/source/literals.h"
#include "keep/source/place.h"
#include "keep/words.h"
#include "text/path.h"

#define MAX_TEMPLATES 64

static const struct token_lexer lexer = {.quotes = "'\"", .many_lines = ""};

struct scan {
	struct keep_script_source s;
	struct strlist templates; /* "/usr/share/lua/5.4/?.lua" */
};

static bool applies(const struct keep_file *f)
{
	return keep_file_ends(f, ".lua") || keep_file_runs_by(f, "lua");
}

/* Templates separated by semicolons. A relative one is from the working directory, or from the source. */
static void add_templates(struct scan *c, const char *text)
{
	for (; *text; text += strcspn(text, ";"), text += *text == ';') {
		CLEANUP_FREE char *one = mem_strndup(text, strcspn(text, ";"));
		if (!strchr(one, '?') || c->templates.count == MAX_TEMPLATES)
			continue;
		if (*one == '/')
			strlist_add(&c->templates, one);
		for (size_t i = 0; *one != '/' && i < c->s.n_bases; i++) {
			CLEANUP_BUF struct buf base = {0}, path = {0};
			image_index_path(c->s.k->index, c->s.bases[i], &base);
			path_join(&path, base.data, one);
			strlist_add(&c->templates, path.data);
		}
	}
}

static void add_directory(struct scan *c, const char *dir)
{
	static const char *const forms[] = {"?.lua", "?/init.lua", "?.so"};
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		CLEANUP_FREE char *template = mem_printf("%s/%s", strcmp(dir, "/") == 0 ? "" : dir, forms[i]);
		add_templates(c, template);
	}
}

/* LIB/lua/5.4, for each version that is there. */
static void add_versions(struct scan *c, const char *lib)
{
	CLEANUP_FREE char *path = mem_printf("%s/lua", lib);
	uint32_t dir = image_index_resolve(c->s.k->index, path, true, NULL, NULL);
	const struct image_node *n = dir == IMAGE_NONE ? NULL : image_index_node(c->s.k->index, dir);
	for (uint32_t i = 0; n && i < n->n_children; i++) {
		CLEANUP_FREE char *version =
		    mem_printf("%s/%s", path, image_index_node(c->s.k->index, n->first_child + i)->name);
		add_directory(c, version);
	}
}

/* Where the interpreters of the distribution look. */
static void add_system(struct scan *c)
{
	static const char *const libs[] = {"/usr/local/share", "/usr/local/lib", "/usr/share", "/usr/lib",
					   "/usr/lib64"};
	for (size_t i = 0; i < sizeof(libs) / sizeof(libs[0]); i++)
		add_versions(c, libs[i]);
	uint32_t lib = image_index_resolve(c->s.k->index, "/usr/lib", true, NULL, NULL);
	const struct image_node *n = lib == IMAGE_NONE ? NULL : image_index_node(c->s.k->index, lib);
	for (uint32_t i = 0; n && i < n->n_children; i++) {
		const char *name = image_index_node(c->s.k->index, n->first_child + i)->name;
		CLEANUP_FREE char *path = mem_printf("/usr/lib/%s", name);
		if (strstr(name, "-linux-"))
			add_versions(c, path);
	}
}

static void add_places(struct scan *c)
{
	static const char *const variables[] = {"LUA_PATH", "LUA_CPATH"};
	const struct image_index *x = c->s.k->index;
	for (size_t i = 0; c->s.k->config && i < 2; i++) {
		const char *value = strlist_get_env(&c->s.k->config->env, variables[i]);
		add_templates(c, value ? value : "");
	}
	for (size_t i = 0; i < c->s.tokens.count; i++) {
		CLEANUP_BUF struct buf text = {0};
		const struct token *t = token_at(&c->s.tokens, i);
		if (t->kind == TOKEN_STRING && t->n < KEEP_LITERAL_MAX && memchr(t->s, '?', t->n) &&
		    token_text(t, &text))
			add_templates(c, text.data);
	}
	for (uint32_t dir = c->s.dir; dir; dir = image_index_node(x, dir)->parent) {
		CLEANUP_BUF struct buf path = {0};
		image_index_path(x, dir, &path);
		if (keep_place_is_shared(path.data))
			break;
		add_directory(c, path.data);
	}
	if (strcmp(keep_place_working_dir(c->s.k), "/") != 0)
		add_directory(c, keep_place_working_dir(c->s.k));
	add_system(c);
}

/* All files of the directory whose name begins so and has that ending. */
static void keep_family(struct scan *c, const char *start, const char *ending, const char *name)
{
	const char *slash = strrchr(start, '/');
	if (!slash || slash == start)
		return;
	CLEANUP_FREE char *dir = mem_strndup(start, (size_t)(slash - start));
	uint32_t node = image_index_resolve(c->s.k->index, dir, true, NULL, NULL);
	const struct image_node *n = node == IMAGE_NONE ? NULL : image_index_node(c->s.k->index, node);
	for (uint32_t i = 0; n && i < n->n_children; i++) {
		const char *file = image_index_node(c->s.k->index, n->first_child + i)->name;
		CLEANUP_FREE char *path = mem_printf("%s/%s", dir, file);
		if (strncmp(file, slash + 1, strlen(slash + 1)) == 0 && path_ends_with(file, ending))
			(void)keep_lookup_path(c->s.k, path,
					       KEEP_WHY_NOTED(KEEP_IMPORT, c->s.node, keep_note(c->s.k, name)));
	}
}

/* One module; computed: what its name begins with. */
static void keep_module(struct scan *c, const char *name, bool computed)
{
	CLEANUP_FREE char *part = mem_strdup(name);
	for (char *dot = part; (dot = strchr(dot, '.'));)
		*dot = '/';
	if (!*part || *part == '/' || strchr(name, '/'))
		return;
	for (size_t i = 0; i < c->templates.count; i++) {
		const char *template = c->templates.items[i], *mark = strchr(template, '?');
		CLEANUP_FREE char *path =
		    mem_printf("%.*s%s%s", (int)(mark - template), template, part, computed ? "" : mark + 1);
		if (computed && !strchr(mark, '/'))
			keep_family(c, path, mark + 1, name);
		else if (!computed)
			(void)keep_lookup_path(c->s.k, path,
					       KEEP_WHY_NOTED(KEEP_IMPORT, c->s.node, keep_note(c->s.k, name)));
	}
}

/* require "x", require("x"), pcall(require, "x"), require("x." .. y). */
static void requires(struct scan *c)
{
	const struct token_list *t = &c->s.tokens;
	for (size_t i = 0; i < t->count; i++) {
		if (!token_is_word(token_at(t, i), "require"))
			continue;
		size_t at = i + 1;
		if (token_is_punct(token_at(t, at), '(') || token_is_punct(token_at(t, at), ','))
			at++;
		CLEANUP_BUF struct buf name = {0};
		const struct token *w = token_at(t, at);
		if (w->kind == TOKEN_STRING && w->n && w->n < KEEP_LITERAL_MAX && token_text(w, &name))
			keep_module(c, name.data,
				    token_is_punct(token_at(t, at + 1), '.') &&
					token_is_punct(token_at(t, at + 2), '.'));
	}
}

static int run(const struct keep_file *f, void **state, struct err *err)
{
	struct scan c = {0};
	keep_script_source_read(&c.s, f, &lexer);
	add_places(&c);
	requires(&c);
	keep_script_source_literals(&c.s);
	keep_script_source_commands(&c.s);
	strlist_done(&c.templates);
	keep_script_source_done(&c.s);
	return 0;
}

const struct keep_closure keep_closure_lua = {
    .name = "lua", .level = KEEP_CLOSURE, .applies = applies, .lexer = &lexer, .run = run};
