/* JavaScript sources as Node loads them. Followed are require, import and export statements anywhere in the source;
 * modules that are named in part, with their directory; the packages that contain them; workers, paths and commands.
 * Spec: Node's "Modules: CommonJS modules", "ECMAScript modules". */
#include <string.h>

#include "base/mem.h"
#include "keep/closure/closure.h"
#include "keep/data/commands.h"
#include "keep/modules/node_package.h"
#include "keep/source/calls.h"
#include "keep/source/literals.h"
#include "keep/source/shell_text.h"
#include "keep/words.h"

static const struct token_lexer lexer = {
    .slashes = true, .regex = true, .quotes = "'\"`", .many_lines = "`", .interpolation = "${", .word = "$"};

static bool applies(const struct keep_file *f)
{
	return keep_file_ends(f, ".js") || keep_file_ends(f, ".mjs") || keep_file_ends(f, ".cjs") ||
	       strcmp(f->info->name, "package.json") == 0 || keep_file_runs_by(f, "node");
}

/* The directory part of what a module's computed name starts with: "./x/" of `./x/${name}.js`. */
static void computed_module(struct keep_script_source *s, const struct token *t)
{
	CLEANUP_BUF struct buf path = {0};
	if (!token_text(t, &path) || !path.len || *path.data != '.')
		return;
	char *slash = strrchr(path.data, '/');
	if (!slash)
		return;
	slash[1] = '\0';
	uint32_t dir = keep_script_source_path(s, s->dir, path.data, true);
	if (dir != IMAGE_NONE && S_ISDIR(image_index_node(s->k->index, dir)->mode))
		keep_node_siblings(s, dir, path.data);
}

static void specifier(struct keep_node_packages *p, struct keep_script_source *s, size_t i)
{
	const struct token *t = token_at(&s->tokens, i);
	if (t->kind != TOKEN_STRING || t->continued)
		return;
	CLEANUP_BUF struct buf name = {0};
	if (t->partial || token_is_punct(token_at(&s->tokens, i + 1), '+'))
		computed_module(s, t);
	else if (token_text(t, &name) && name.len)
		keep_node_module(p, s, name.data);
}

/* require("x"), require.resolve("x"), import("x"), import "x", ... from "x"; fork("./x") and new Worker("./x"), whose
 * names are also relative to the working directory. */
static void statements(struct keep_node_packages *p, struct keep_script_source *s)
{
	static const char *const words[] = {"require", "import", "resolve", "from", "fork", "Worker"};
	const struct token_list *t = &s->tokens;
	for (size_t i = 0; i < t->count; i++) {
		if (t->items[i].kind != TOKEN_WORD)
			continue;
		size_t next = i + 1 + token_is_punct(token_at(t, i + 1), '(');
		for (size_t j = 0; j < sizeof(words) / sizeof(words[0]); j++)
			if (token_is_word(&t->items[i], words[j]))
				specifier(p, s, next);
		if (strncmp(t->items[i].s, "readdir", 7) == 0 && token_is_word(token_at(t, next), "__dirname") &&
		    token_is_punct(token_at(t, next + 1), ')'))
			keep_node_siblings(s, s->dir, "readdir");
	}
}

/* Names of packages that the code hands on: set("view engine", "pug"), client: "pg". */
static void names(struct keep_node_packages *p, struct keep_script_source *s)
{
	for (size_t i = 0; i < s->tokens.count; i++) {
		const struct token *t = &s->tokens.items[i];
		CLEANUP_BUF struct buf name = {0};
		if (t->kind == TOKEN_STRING && !t->partial && !t->continued && t->n <= KEEP_LITERAL_MAX &&
		    token_text(t, &name) && name.len)
			keep_node_named(p, s, name.data);
	}
}

/* What the application declares, if a run read that: node does so for each directory of modules. */
static void declared(struct keep_node_packages *p, const struct keep_script_source *s)
{
	if (s->application && s->k->level >= KEEP_SAFE && s->k->reasons[s->node].kind == KEEP_TRACE)
		keep_node_declared(p, s->dir, s->node);
}

/* What `npm start` and the like run, when the image's command is one of them. */
static void scripts(struct keep_script_source *s)
{
	static const char *const managers[] = {"npm", "yarn", "pnpm"};
	const struct oci_image_config *config = s->k->config;
	if (!config || !s->application)
		return;
	const struct strlist *command = config->entrypoint.count ? &config->entrypoint : &config->cmd;
	CLEANUP_KEEP_DATA_COMMANDS struct keep_data_commands c = {0};
	if (command->count && KEEP_WORDS_HAVE(managers, command->items[0]))
		keep_data_scripts_read(s->text.data, s->text.len, command, &c);
	for (size_t i = 0; i < c.texts.count; i++)
		keep_shell_text_read(s, c.texts.items[i], strlen(c.texts.items[i]));
}

static int run(const struct keep_file *f, void **state, struct err *err)
{
	if (!*state) {
		*state = mem_alloc(sizeof(struct keep_node_packages));
		*(struct keep_node_packages *)*state = (struct keep_node_packages){.k = f->k};
	}
	struct keep_node_packages *p = *state;
	if (keep_node_is_manager(f->k->index, f->node))
		return 0;
	uint32_t package = keep_node_package_of(f->k->index, f->node);
	bool json = strcmp(f->info->name, "package.json") == 0;
	if (package != IMAGE_NONE)
		keep_node_package(p, package, f->node);
	CLEANUP_KEEP_SCRIPT_SOURCE struct keep_script_source s;
	keep_script_source_read(&s, f, json ? NULL : &lexer);
	if (json) {
		declared(p, &s);
		scripts(&s);
		return 0;
	}
	statements(p, &s);
	names(p, &s);
	keep_script_source_literals(&s);
	keep_script_source_commands(&s);
	return 0;
}

static void free_state(void *state)
{
	keep_node_packages_done(state);
	free(state);
}

const struct keep_closure keep_closure_node = {
    .name = "node", .level = KEEP_CLOSURE, .applies = applies, .lexer = &lexer, .run = run, .free_state = free_state};
