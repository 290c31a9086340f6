/* PHP sources. Kept are the files that they include by literal paths. With composer also the packages that it
 * installed for running (not those for development), the files and classes of its maps, and the directories that the
 * application's own classes are loaded from. Also kept: the library of a class whose namespace leads to its place,
 * and commands.
 * Spec: PHP's include; composer's installed.json, and autoload in composer.json; PSR-4. */
#include <string.h>

#include "base/idmap.h"
#include "base/limits.h"
#include "base/mem.h"
#include "keep/closure/closure.h"
#include "keep/modules/php_includes.h"
#include "keep/program_lookup.h"
#include "keep/source/calls.h"
#include "keep/source/literals.h"
#include "keep/source/script_source.h"
#include "keep/tree.h"
#include "text/json.h"

static const struct token_lexer lexer = {.hash = true,
					 .slashes = true,
					 .tags = true,
					 .quotes = "'\"`",
					 .many_lines = "'\"",
					 .interpolation = "$",
					 .backtick_runs = true,
					 .word = "$"};

#define LIBRARY ((struct keep_limit){16u << 20, 8192})

static bool applies(const struct keep_file *f)
{
	return keep_file_ends(f, ".php") || keep_file_ends(f, ".phtml") || keep_file_ends(f, ".inc") ||
	       keep_file_runs_by(f, "php");
}

static json_t *read_json(struct keep_script_source *s, const char *name)
{
	CLEANUP_BUF struct buf path = {0}, text = {0};
	json_t *root = NULL;
	image_index_path(s->k->index, s->dir, &path);
	buf_printf(&path, "/%s", name);
	if (!image_index_text(s->k->index, path.data, LIMIT_PACKAGE_TEXT, &text) ||
	    json_parse_object(text.data, text.len, LIMIT_PACKAGE_TEXT, name, &root, NULL) < 0)
		return NULL;
	return root;
}

static bool is_for_development(const json_t *installed, const char *name)
{
	size_t i;
	json_t *v;
	json_array_foreach (json_object_get(installed, "dev-package-names"), i, v)
		if (json_is_string(v) && strcmp(json_string_value(v), name) == 0)
			return true;
	return false;
}

static void keep_dir(struct keep_script_source *s, const char *path, enum keep_tree_part part, uint8_t kind,
		     const char *note)
{
	CLEANUP_BUF struct buf full = {0};
	image_index_path(s->k->index, s->dir, &full);
	buf_printf(&full, "/%s", path);
	uint32_t dir = image_index_resolve(s->k->index, full.data, true, NULL, NULL);
	if (dir == IMAGE_NONE || !S_ISDIR(image_index_node(s->k->index, dir)->mode))
		return;
	(void)keep_path(s->k, full.data, true, KEEP_WHY_NOTED(kind, s->node, keep_note(s->k, note)));
	keep_tree(s->k, dir, part, KEEP_WHY_NOTED(kind, s->node, keep_note(s->k, note)));
}

static void own_dir(struct keep_script_source *s, const json_t *dir, const char *prefix)
{
	CLEANUP_BUF struct buf path = {0};
	if (!json_is_string(dir) || !*json_string_value(dir))
		return;
	buf_printf(&path, "../%s", json_string_value(dir));
	keep_dir(s, path.data, KEEP_TREE_DATA, KEEP_IMPORT, prefix);
}

/* The directories of one autoload map: strings, or lists of them. */
static void own_classes(struct keep_script_source *s, const json_t *map)
{
	const char *prefix;
	json_t *dirs, *dir;
	size_t i;
	json_object_foreach ((json_t *)map, prefix, dirs) {
		own_dir(s, dirs, prefix);
		json_array_foreach (dirs, i, dir)
			own_dir(s, dir, prefix);
	}
}

/* vendor/autoload.php is the way to all that composer installed. */
static void composer(struct keep_script_source *s)
{
	json_t *installed = read_json(s, "composer/installed.json"), *own = read_json(s, "../composer.json"), *package;
	size_t i;
	uint32_t dir = image_index_child(s->k->index, s->dir, "composer", 8);
	if (installed ||
	    (dir != IMAGE_NONE && image_index_child(s->k->index, dir, "autoload_real.php", 17) != IMAGE_NONE))
		keep_dir(s, "composer", KEEP_TREE_DATA, KEEP_PACKAGE, "composer");
	json_array_foreach (json_object_get(installed, "packages"), i, package) {
		const char *name = json_string_value(json_object_get(package, "name"));
		if (name && *name && strlen(name) <= LIMIT_NAME && !strstr(name, "..") &&
		    !is_for_development(installed, name))
			keep_dir(s, name, KEEP_TREE_CODE, KEEP_PACKAGE, name);
	}
	const json_t *autoload = json_object_get(own, "autoload");
	own_classes(s, json_object_get(autoload, "psr-4"));
	own_classes(s, json_object_get(autoload, "psr-0"));
	json_decref(installed);
	json_decref(own);
}

/* composer's maps: $vendorDir . "/a/b/x.php", $baseDir . "/src". A file stays, and so does the package that it is of:
 * where the list of packages is gone or of an old form, only the maps tell. */
static void maps(struct keep_script_source *s)
{
	json_t *installed = read_json(s, "installed.json");
	for (size_t i = 0; i + 2 < s->tokens.count; i++) {
		const struct token *t = token_at(&s->tokens, i + 2);
		bool vendor = token_is_word(token_at(&s->tokens, i), "$vendorDir");
		CLEANUP_BUF struct buf text = {0}, path = {0};
		if ((!vendor && !token_is_word(token_at(&s->tokens, i), "$baseDir")) || t->kind != TOKEN_STRING ||
		    t->partial || t->n > KEEP_LITERAL_MAX || !token_text(t, &text) || text.len < 2 || *text.data != '/')
			continue;
		const char *name = text.data + 1;
		size_t n = strcspn(name, "/");
		n += name[n] ? 1 + strcspn(name + n + 1, "/") : 0;
		CLEANUP_FREE char *package = mem_strndup(name, n);
		if (vendor && is_for_development(installed, package))
			continue;
		buf_printf(&path, "%s%s", vendor ? ".." : "../..", text.data);
		(void)keep_script_source_path(s, s->dir, path.data, true);
		CLEANUP_FREE char *dir = mem_printf("../%s", package);
		if (vendor && !installed && strchr(package, '/') && !strstr(package, ".."))
			keep_dir(s, dir, KEEP_TREE_CODE, KEEP_PACKAGE, package);
	}
	json_decref(installed);
}

/* Returns the directory for the namespace's first names: up from the file's directory, as long as the names agree.
 * Stops at the directory in which a library has its loader (Symfony/Component/Console of Symfony). IMAGE_NONE if no
 * name agrees. */
static uint32_t library_of(struct keep_script_source *s, const char *namespace)
{
	const struct image_index *x = s->k->index;
	uint32_t root = IMAGE_NONE, dir = s->dir;
	CLEANUP_FREE char *names = mem_strdup(namespace);
	for (char *last = names; last != NULL && dir; dir = image_index_node(x, dir)->parent) {
		char *cut = strrchr(names, '\\');
		last = cut ? cut : names;
		if (strcmp(cut ? cut + 1 : names, image_index_node(x, dir)->name) != 0)
			break;
		root = dir;
		if (!cut || image_index_child(x, dir, "autoload.php", 12) != IMAGE_NONE)
			break;
		*cut = '\0';
	}
	return root;
}

/* Its classes are loaded by name when they are first used. done: directories that stay, by id. */
static void library(struct keep_script_source *s, struct idmap *done)
{
	CLEANUP_BUF struct buf name = {0};
	for (size_t i = 0; i < s->tokens.count && !name.len; i++) {
		if (!token_is_word(&s->tokens.items[i], "namespace"))
			continue;
		for (const struct token *t; (t = token_at(&s->tokens, ++i))->kind == TOKEN_WORD;)
			buf_printf(&name, "%s%.*s", name.len ? "\\" : "", (int)t->n, t->s); /* tokens have none */
	}
	uint32_t root = name.len ? library_of(s, name.data) : IMAGE_NONE;
	if (root == IMAGE_NONE)
		return;
	if (idmap_add(done, 0, root))
		(void)keep_tree_within(s->k, root, KEEP_TREE_CODE, LIBRARY,
				       KEEP_WHY_NOTED(KEEP_PACKAGE, s->node, keep_note(s->k, name.data)));
}

static int run(const struct keep_file *f, void **state, struct err *err)
{
	CLEANUP_KEEP_SCRIPT_SOURCE struct keep_script_source s;
	keep_script_source_read(&s, f, &lexer);
	bool in_composer = strcmp(image_index_node(f->k->index, s.dir)->name, "composer") == 0;
	if (strcmp(f->info->name, "autoload.php") == 0)
		composer(&s);
	if (in_composer) {
		maps(&s);
	} else {
		keep_php_includes(&s);
		keep_script_source_literals(&s);
	}
	if (!*state)
		*state = mem_alloc(sizeof(struct idmap));
	library(&s, *state);
	keep_script_source_commands(&s);
	return 0;
}

static void free_state(void *state)
{
	idmap_done(state);
	free(state);
}

const struct keep_closure keep_closure_php = {
    .name = "php", .level = KEEP_CLOSURE, .applies = applies, .lexer = &lexer, .run = run, .free_state = free_state};
