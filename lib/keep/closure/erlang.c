/* Erlang and Elixir. Kept is the whole code directory of a kept module, since an application's modules are loaded one
 * by one at their first call. Also kept: the applications that its .app file names; modules of other directories that
 * its atoms name; the commands of an application's own modules; and the modules that a script (escript, .exs) names.
 * OTP itself is kept by a rule; its modules are not followed.
 * Spec: Erlang's code(3) (code path, ebin and priv), app(4); Elixir's modules are atoms that begin with "Elixir.". */
#include <ctype.h>
#include <string.h>

#include "base/idmap.h"
#include "base/limits.h"
#include "base/mem.h"
#include "formats/beam.h"
#include "keep/closure/closure.h"
#include "keep/modules/name_index.h"
#include "keep/source/calls.h"
#include "keep/source/literals.h"
#include "keep/source/program_texts.h"
#include "keep/tree.h"

/* Of an application's data and native code. */
#define PRIV ((struct keep_limit){64u << 20, 20000})
#define MAX_PLACES 4 /* directories that a module of one name is in */

static const struct token_lexer elixir = {
    .hash = true, .triple = true, .quotes = "'\"", .many_lines = "'\"", .interpolation = "#"};
static const struct token_lexer erlang = {.quotes = "'\"", .many_lines = ""};

struct code {
	struct keep_name_index files; /* modules and .app files */
	struct keep_programs *programs;
	struct idmap seen; /* directories */
};

struct scan {
	struct code *code;
	struct keep_script_source s;
	unsigned starters; /* enum starter, of the atoms: the module starts programs */
	struct strset commands;
};
enum starter { ATOM_OS = 1, ATOM_CMD = 2, ATOM_PORT = 4 };

static bool is_elixir(const struct keep_file *f)
{
	return keep_file_ends(f, ".exs") || keep_file_ends(f, ".ex") || keep_file_runs_by(f, "elixir");
}

static bool is_source(const struct keep_file *f)
{
	return is_elixir(f) || keep_file_ends(f, ".erl") || keep_file_ends(f, ".escript") ||
	       keep_file_runs_by(f, "escript");
}

static bool applies(const struct keep_file *f)
{
	return keep_file_ends(f, ".beam") || keep_file_ends(f, ".app") || is_source(f);
}

/* ROOT/lib/NAME/ebin, where ROOT has the releases. */
static bool is_otp(const struct image_index *x, uint32_t ebin)
{
	uint32_t root = ebin;
	for (unsigned i = 0; i < 3; i++)
		root = image_index_node(x, root)->parent;
	return image_index_child(x, root, "releases", 8) != IMAGE_NONE;
}

/* The directory of a module: all modules of it, and the data beside it. */
static void keep_directory(struct scan *c)
{
	struct keep_set *k = c->s.k;
	const struct image_node *dir = image_index_node(k->index, c->s.dir);
	if (!idmap_add(&c->code->seen, 0, c->s.dir))
		return;
	if (strcmp(dir->name, "ebin") == 0) {
		struct keep_reason why = KEEP_WHY_NOTED(KEEP_PACKAGE, c->s.node,
							keep_note(k, image_index_node(k->index, dir->parent)->name));
		uint32_t priv = keep_tree_child(k->index, dir->parent, "priv", 4);
		keep_tree(k, c->s.dir, KEEP_TREE_DATA, why);
		if (priv != IMAGE_NONE)
			(void)keep_tree_within(k, priv, KEEP_TREE_DATA, PRIV, why);
		return;
	}
	for (uint32_t i = 0; i < dir->n_children; i++) {
		const char *end = strrchr(image_index_node(k->index, dir->first_child + i)->name, '.');
		if (end && strcmp(end, ".beam") == 0)
			keep_node(k, dir->first_child + i,
				  KEEP_WHY_NOTED(KEEP_PACKAGE, c->s.node, keep_note(k, "modules of the directory")));
	}
}

/* Keeps a module or .app file that is not in the file's own directory. */
static void keep_named(struct scan *c, const char *file)
{
	size_t n;
	const struct image_index *x = c->s.k->index;
	const struct keep_name_entry *e = keep_name_index_find(&c->code->files, file, &n);
	for (size_t i = 0; i < n; i++)
		if (image_index_node(x, e[i].node)->parent == c->s.dir)
			return;
	for (size_t i = 0; i < n && n <= MAX_PLACES; i++) {
		CLEANUP_BUF struct buf path = {0};
		image_index_path(x, e[i].node, &path);
		(void)keep_path(c->s.k, path.data, true,
				KEEP_WHY_NOTED(KEEP_IMPORT, c->s.node, keep_note(c->s.k, file)));
	}
}

static bool is(const char *text, size_t n, const char *word)
{
	return strlen(word) == n && memcmp(text, word, n) == 0;
}

static void on_atom(void *ctx, const char *name, size_t n)
{
	struct scan *c = ctx;
	if (n > LIMIT_NAME - 5 || memchr(name, '/', n))
		return;
	c->starters |= is(name, n, "os") || is(name, n, "Elixir.System") ? ATOM_OS : 0;
	c->starters |= is(name, n, "cmd") ? ATOM_CMD : 0;
	c->starters |= is(name, n, "open_port") || is(name, n, "spawn_executable") ? ATOM_PORT : 0;
	CLEANUP_FREE char *file = mem_printf("%.*s.beam", (int)n, name);
	keep_named(c, file);
}

static void on_text(void *ctx, const char *text, size_t n)
{
	struct scan *c = ctx;
	bool added, near = (c->starters & ATOM_PORT) || (c->starters & (ATOM_OS | ATOM_CMD)) == (ATOM_OS | ATOM_CMD);
	if (keep_programs_is_command(c->code->programs, text, n, near))
		(void)strset_add_len(&c->commands, text, n, &added);
	CLEANUP_FREE char *path = mem_strndup(text, n);
	if (strchr(path, '/'))
		keep_script_source_literal(&c->s, path);
}

static void module(struct scan *c, const struct keep_file *f)
{
	CLEANUP_BUF struct buf bytes = {0};
	keep_file_bytes(f, LIMIT_BEAM, &bytes);
	const struct beam reader = {on_atom, c->s.application ? on_text : NULL, c};
	(void)beam_read(bytes.data, bytes.len, &reader);
	keep_programs_keep(&c->s, &c->commands);
}

/* {applications, [kernel, stdlib, x]}, and included_applications, optional_applications. */
static void application(struct scan *c)
{
	const struct token_list *t = &c->s.tokens;
	for (size_t i = 0; i < t->count; i++) {
		const struct token *w = token_at(t, i);
		if (w->kind != TOKEN_WORD || w->n < 12 || !is(w->s + w->n - 12, 12, "applications") ||
		    !token_is_punct(token_at(t, i + 1), ',') || !token_is_punct(token_at(t, i + 2), '['))
			continue;
		for (i += 3; token_at(t, i)->kind != TOKEN_END && !token_is_punct(token_at(t, i), ']'); i++) {
			CLEANUP_BUF struct buf file = {0};
			if (token_at(t, i)->n <= LIMIT_NAME && token_text(token_at(t, i), &file)) {
				buf_str(&file, ".app");
				keep_named(c, file.data);
			}
		}
	}
}

/* Foo.Bar from token i on: each part that is a module. */
static void alias(struct scan *c, size_t i)
{
	CLEANUP_BUF struct buf name = {0};
	buf_str(&name, "Elixir");
	for (;; i += 2) {
		const struct token *w = token_at(&c->s.tokens, i);
		if (w->kind != TOKEN_WORD || !isupper((unsigned char)*w->s) || name.len + w->n > LIMIT_NAME - 6)
			return;
		buf_char(&name, '.');
		buf_append(&name, w->s, w->n);
		CLEANUP_FREE char *file = mem_printf("%s.beam", name.data);
		keep_named(c, file);
		if (!token_is_punct(token_at(&c->s.tokens, i + 1), '.'))
			return;
	}
}

static void script(struct scan *c, const struct keep_file *f)
{
	const struct token_list *t = &c->s.tokens;
	for (size_t i = 0; i < t->count; i++) {
		const struct token *w = token_at(t, i);
		bool called = token_is_punct(token_at(t, i + 1), ':') || (i && token_is_punct(token_at(t, i - 1), ':'));
		if (w->kind == TOKEN_WORD && isupper((unsigned char)*w->s) && is_elixir(f))
			alias(c, i);
		else if (w->kind == TOKEN_WORD && called)
			on_atom(c, w->s, w->n);
	}
	keep_script_source_literals(&c->s);
	keep_script_source_commands(&c->s);
}

static struct code *state_new(struct keep_set *k)
{
	static const char *const endings[] = {".beam", ".app", NULL};
	struct code *code = mem_alloc(sizeof(*code));
	keep_name_index_init(&code->files, k->index, endings);
	code->programs = keep_programs_new(k);
	return code;
}

static int run(const struct keep_file *f, void **state, struct err *err)
{
	if (!*state)
		*state = state_new(f->k);
	struct scan c = {.code = *state};
	if (is_source(f) || keep_file_ends(f, ".app"))
		keep_script_source_read(&c.s, f, is_elixir(f) ? &elixir : &erlang);
	else
		keep_script_source_begin(&c.s, f);
	if (is_source(f)) {
		script(&c, f);
	} else {
		keep_directory(&c);
		if (!is_otp(f->k->index, c.s.dir) && keep_file_ends(f, ".app"))
			application(&c);
		else if (!is_otp(f->k->index, c.s.dir) || c.s.application)
			module(&c, f);
	}
	strset_done(&c.commands);
	keep_script_source_done(&c.s);
	return 0;
}

static void free_state(void *state)
{
	struct code *code = state;
	keep_name_index_done(&code->files);
	keep_programs_free(code->programs);
	idmap_done(&code->seen);
	free(code);
}

const struct keep_closure keep_closure_erlang = {
    .name = "erlang", .level = KEEP_CLOSURE, .applies = applies, .run = run, .free_state = free_state};
