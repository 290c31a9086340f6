/* R. A package of which a file is kept stays whole, with the packages that it depends on and imports. Of a source
 * stay the packages that library(), require(), `::` or a string name, the files and the commands. R's own packages,
 * modules and tables are kept by a rule.
 * Spec: "Writing R Extensions" 1.1 (package structure, DESCRIPTION); R's .libPaths. */
#include <ctype.h>
#include <string.h>

#include "base/idmap.h"
#include "base/limits.h"
#include "base/mem.h"
#include "keep/closure/closure.h"
#include "keep/source/calls.h"
#include "keep/source/literals.h"
#include "keep/tree.h"
#include "keep/words.h"

#define MAX_LIBRARIES 32

static const struct token_lexer lexer = {.hash = true, .quotes = "'\"", .many_lines = "'\"", .word = "."};

struct libraries {
	uint32_t items[MAX_LIBRARIES]; /* directories that hold packages; more are left out */
	size_t count;
	struct idmap seen; /* packages */
};

/* Data that R writes, and compiled code. */
static bool is_binary(const struct keep_file *f)
{
	return keep_file_ends(f, ".rdb") || keep_file_ends(f, ".rdx") || keep_file_ends(f, ".rds") ||
	       keep_file_ends(f, ".so");
}

static bool applies(const struct keep_file *f)
{
	if (keep_file_ends(f, ".so")) /* PACKAGE/libs/x.so */
		return strcmp(image_index_node(f->k->index, f->info->parent)->name, "libs") == 0;
	return keep_file_ends(f, ".R") || keep_file_ends(f, ".r") || keep_file_ends(f, ".Rmd") || is_binary(f) ||
	       strcmp(f->info->name, ".Rprofile") == 0 || strcmp(f->info->name, "DESCRIPTION") == 0 ||
	       strcmp(f->info->name, "NAMESPACE") == 0 || keep_file_runs_by(f, "Rscript");
}

/* An installed package: it has its description, and what R made of it. */
static bool is_package(const struct image_index *x, uint32_t dir)
{
	return image_index_child(x, dir, "DESCRIPTION", 11) != IMAGE_NONE &&
	       image_index_child(x, dir, "Meta", 4) != IMAGE_NONE;
}

static struct libraries *state_new(const struct image_index *x)
{
	struct libraries *l = mem_alloc(sizeof(*l));
	for (uint32_t id = 0; id < image_index_count(x) && l->count < MAX_LIBRARIES; id++) {
		const struct image_node *n = image_index_node(x, id);
		bool found = false;
		for (uint32_t i = 0; !found && S_ISDIR(n->mode) && i < n->n_children; i++)
			found =
			    S_ISDIR(image_index_node(x, n->first_child + i)->mode) && is_package(x, n->first_child + i);
		if (found)
			l->items[l->count++] = id;
	}
	return l;
}

static uint32_t package_of(const struct image_index *x, uint32_t node)
{
	for (; node; node = image_index_node(x, node)->parent)
		if (S_ISDIR(image_index_node(x, node)->mode) && is_package(x, node))
			return node;
	return IMAGE_NONE;
}

/* All but its documentation. */
static void keep_package(struct libraries *l, struct keep_set *k, uint32_t dir, uint32_t by)
{
	static const char *const unwanted[] = {"help", "html",  "doc",   "demo",   "include",
					       "po",   "tests", "INDEX", "NEWS.md"};
	const struct image_node *d = image_index_node(k->index, dir);
	struct keep_reason why = KEEP_WHY_NOTED(KEEP_PACKAGE, by, keep_note(k, d->name));
	if (!idmap_add(&l->seen, 0, dir))
		return;
	keep_node(k, dir, why);
	for (uint32_t i = 0; i < d->n_children; i++) {
		const struct image_node *child = image_index_node(k->index, d->first_child + i);
		if (strcmp(child->name, "po") == 0) /* R looks whether there are translations */
			keep_node(k, d->first_child + i, why);
		if (KEEP_WORDS_HAVE(unwanted, child->name))
			continue;
		CLEANUP_BUF struct buf path = {0};
		image_index_path(k->index, d->first_child + i, &path);
		uint32_t node = keep_path(k, path.data, true, why);
		if (node != IMAGE_NONE && S_ISDIR(image_index_node(k->index, node)->mode))
			keep_tree(k, node, KEEP_TREE_DATA, why);
	}
}

/* A package of that name, in each library that has it. */
static void keep_named(struct libraries *l, struct keep_set *k, const char *name, size_t n, uint32_t by)
{
	for (size_t i = 0; n && n <= LIMIT_NAME && i < l->count; i++) {
		uint32_t dir = keep_tree_child(k->index, l->items[i], name, n);
		if (dir != IMAGE_NONE && S_ISDIR(image_index_node(k->index, dir)->mode) && is_package(k->index, dir))
			keep_package(l, k, dir, by);
	}
}

/* Depends: and Imports: of a description; a field goes on in lines that begin with a blank. */
static void description(struct libraries *l, const struct keep_script_source *s)
{
	bool wanted = false;
	for (const char *line = s->text.data ? s->text.data : ""; *line; line += *line == '\n') {
		size_t n = strcspn(line, "\n");
		if (!isblank((unsigned char)*line))
			wanted = strncmp(line, "Depends:", 8) == 0 || strncmp(line, "Imports:", 8) == 0;
		const char *p = isblank((unsigned char)*line) ? line : line + strcspn(line, ":\n");
		while (wanted && p < line + n) {
			p += strspn(p, ": \t,");
			size_t word = strspn(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.");
			keep_named(l, s->k, p, word, s->node);
			p += strcspn(p, ",\n");
		}
		line += n;
	}
}

/* library(x), x::f, and strings, which may be given to what loads a package by name. */
static void source(struct libraries *l, struct keep_script_source *s)
{
	static const char *const calls[] = {"library", "require", "requireNamespace", "loadNamespace"};
	const struct token_list *t = &s->tokens;
	for (size_t i = 0; i < t->count; i++) {
		const struct token *w = token_at(t, i);
		bool asked = w->kind == TOKEN_STRING ||
			     (token_is_punct(token_at(t, i + 1), ':') && token_is_punct(token_at(t, i + 2), ':'));
		for (size_t j = 0; !asked && i > 1 && token_is_punct(token_at(t, i - 1), '(') && j < 4; j++)
			asked = token_is_word(token_at(t, i - 2), calls[j]);
		if (asked && (w->kind == TOKEN_STRING || w->kind == TOKEN_WORD))
			keep_named(l, s->k, w->s, w->n, s->node);
	}
	keep_script_source_literals(s);
	keep_script_source_commands(s);
}

static int run(const struct keep_file *f, void **state, struct err *err)
{
	if (!*state)
		*state = state_new(f->k->index);
	struct libraries *l = *state;
	if (!l->count)
		return 0;
	uint32_t package = package_of(f->k->index, f->info->parent);
	CLEANUP_KEEP_SCRIPT_SOURCE struct keep_script_source s = {0};
	if (package != IMAGE_NONE) {
		keep_package(l, f->k, package, f->node);
		if (f->info->parent != package || strcmp(f->info->name, "DESCRIPTION") != 0)
			return 0;
		keep_script_source_read(&s, f, NULL);
		description(l, &s);
	} else if (!is_binary(f)) {
		keep_script_source_read(&s, f, &lexer);
		source(l, &s);
	}
	return 0;
}

static void free_state(void *state)
{
	struct libraries *l = state;
	idmap_done(&l->seen);
	free(l);
}

const struct keep_closure keep_closure_r = {
    .name = "r", .level = KEEP_CLOSURE, .applies = applies, .lexer = &lexer, .run = run, .free_state = free_state};
