/* Ruby sources. Followed are require, require_relative, load and autoload anywhere in the source; features that other
 * texts name, also those in compiled extensions; directories of computed names; gems, also a Gemfile's; paths and
 * commands.
 * Spec: Kernel#require, Bundler's gemfile(5). */
#include <ctype.h>
#include <string.h>

#include "base/mem.h"
#include "formats/elf_content.h"
#include "formats/elf_object.h"
#include "keep/closure/closure.h"
#include "keep/modules/gemfile.h"
#include "keep/modules/ruby_features.h"
#include "keep/source/calls.h"
#include "keep/source/literals.h"
#include "keep/words.h"

static const struct token_lexer lexer = {.hash = true,
					 .pod = true,
					 .end_mark = true,
					 .quotes = "'\"`",
					 .many_lines = "",
					 .interpolation = "#{",
					 .backtick_runs = true,
					 .word = "?!"};

static bool is_elf(const struct keep_file *f)
{
	return elf_object_kind_of((const unsigned char *)f->head, f->n) != 0;
}

static bool is_interpreter(const struct keep_file *f)
{
	return strncmp(f->info->name, "ruby", 4) == 0 || strncmp(f->info->name, "libruby", 7) == 0;
}

static bool is_extension(const struct keep_file *f)
{
	static const char *const trees[] = {"ruby", "site_ruby", "vendor_ruby", "gems", "extensions"};
	const struct image_index *x = f->k->index;
	for (uint32_t up = f->info->parent; up && keep_file_ends(f, ".so"); up = image_index_node(x, up)->parent)
		if (KEEP_WORDS_HAVE(trees, image_index_node(x, up)->name))
			return true;
	return false;
}

static bool is_gemfile(const struct keep_file *f)
{
	static const char *const names[] = {"Gemfile", "gems.rb"};
	return KEEP_WORDS_HAVE(names, f->info->name);
}

static bool applies(const struct keep_file *f)
{
	static const char *const names[] = {"Rakefile", "config.ru"};
	if (is_elf(f))
		return is_interpreter(f) || is_extension(f);
	return KEEP_WORDS_HAVE(names, f->info->name) || is_gemfile(f) || keep_file_ends(f, ".rb") ||
	       keep_file_ends(f, ".ru") || keep_file_ends(f, ".rake") || keep_file_runs_by(f, "ruby");
}

/* ---- compiled parts ---- */

/* What the interpreter loads by name itself: rubygems, what the first call of a method of the core needs. */
static void interpreter(struct keep_ruby *r, struct keep_script_source *s)
{
	static const char *const core[] = {"rubygems",
					   "rbconfig",
					   "monitor",
					   "did_you_mean",
					   "error_highlight",
					   "syntax_suggest/core_ext",
					   "unicode_normalize/normalize",
					   "set",
					   "pp"};
	for (size_t i = 0; i < sizeof(core) / sizeof(core[0]); i++)
		keep_ruby_require(r, s, core[i]);
	keep_ruby_encodings(r, s->node);
}

struct extension {
	struct keep_ruby *r;
	struct keep_script_source *s;
	bool requires;
};

static void on_import(void *ctx, const char *name)
{
	struct extension *e = ctx;
	e->requires = e->requires || strncmp(name, "rb_require", 10) == 0;
}

static bool is_feature(const char *text, size_t n)
{
	if (n < 2 || n > KEEP_LITERAL_MAX || !isalpha((unsigned char)*text) || text[n - 1] == '/')
		return false;
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)text[i]) && !strchr("_-./", text[i]))
			return false;
	return !memmem(text, n, "//", 2) && !memmem(text, n, "..", 2);
}

/* Each text between two NULs. */
static void on_bytes(void *ctx, const char *data, size_t n)
{
	struct extension *e = ctx;
	for (const char *p = data, *end = data + n, *stop; p < end; p = stop + 1) {
		stop = memchr(p, '\0', (size_t)(end - p));
		if (!stop)
			return;
		if (is_feature(p, (size_t)(stop - p)))
			keep_ruby_require(e->r, e->s, p);
	}
}

/* An extension that requires: psych.so names psych/syntax_error. */
static void extension(struct keep_ruby *r, struct keep_script_source *s, int fd)
{
	struct extension e = {.r = r, .s = s};
	elf_content_read(fd, &(struct elf_content){on_import, NULL, &e});
	if (e.requires)
		elf_content_read(fd, &(struct elf_content){NULL, on_bytes, &e});
}

/* ---- sources ---- */

/* Returns the number of the token that is the argument of the require at token i; 0 = it can't be read. */
static size_t argument(const struct keep_script_source *s, size_t i)
{
	i += token_is_punct(token_at(&s->tokens, i), '(');
	if (token_is_punct(token_at(&s->tokens, i), ':')) /* autoload :Name, "path" */
		i += 3;
	return token_at(&s->tokens, i)->kind == TOKEN_STRING ? i : 0;
}

static bool is_computed(const struct keep_script_source *s, size_t i)
{
	i += token_is_punct(token_at(&s->tokens, i), '(');
	const struct token *t = token_at(&s->tokens, i);
	return t->kind == TOKEN_WORD || (t->kind == TOKEN_STRING && (t->partial || t->continued));
}

static void statement(struct keep_ruby *r, struct keep_script_source *s, const char *word, size_t i)
{
	static const char *const by_path[] = {"require", "load", "autoload", "require_relative"};
	static const char *const by_gem[] = {"gem", "bin_path", "activate_bin_path"};
	CLEANUP_BUF struct buf text = {0};
	size_t at = argument(s, i);
	bool path = KEEP_WORDS_HAVE(by_path, word), gem = KEEP_WORDS_HAVE(by_gem, word);
	if (!at || (!path && !gem) || !token_text(token_at(&s->tokens, at), &text) || !text.len)
		return;
	if (gem && !keep_ruby_is_standard(r, s))
		keep_ruby_gem(r, s, text.data);
	else if (path && token_at(&s->tokens, at)->partial)
		keep_ruby_below(r, s, text.data);
	else if (strcmp(word, "require_relative") == 0)
		keep_ruby_beside(s, text.data);
	else if (path)
		keep_ruby_require(r, s, text.data);
}

static bool requires_computed(const struct keep_script_source *s)
{
	for (size_t i = 0; i < s->tokens.count; i++)
		if ((token_is_word(&s->tokens.items[i], "require") ||
		     (s->application && token_is_word(&s->tokens.items[i], "load"))) &&
		    is_computed(s, i + 1))
			return true;
	return false;
}

/* Follow a feature that is named for later (Tilt.register_lazy :HamlTemplate, "tilt/haml"): a text with a slash. In a
 * source that requires a computed name, also a text without a slash, and the beginning of a computed one. */
static void text(struct keep_ruby *r, struct keep_script_source *s, const struct token *t, bool computed)
{
	CLEANUP_BUF struct buf name = {0};
	if (t->continued || t->n > KEEP_LITERAL_MAX || !token_text(t, &name) || !name.len)
		return;
	if (t->partial && computed)
		keep_ruby_below(r, s, name.data);
	else if (!t->partial && is_feature(name.data, name.len) && (computed || strchr(name.data, '/')))
		keep_ruby_require(r, s, name.data);
}

/* %w[json yaml].each { |name| require name } */
static void word_list(struct keep_ruby *r, struct keep_script_source *s, size_t i)
{
	const struct token *t = token_at(&s->tokens, i + 1);
	if (!token_is_punct(token_at(&s->tokens, i), '%') || !(token_is_word(t, "w") || token_is_word(t, "i")))
		return;
	for (i += 3; (t = token_at(&s->tokens, i))->kind == TOKEN_WORD; i++) {
		CLEANUP_FREE char *name = mem_strndup(t->s, t->n);
		if (is_feature(name, t->n))
			keep_ruby_require(r, s, name);
	}
}

static void statements(struct keep_ruby *r, struct keep_script_source *s)
{
	bool standard = keep_ruby_is_standard(r, s), computed = !standard && requires_computed(s);
	for (size_t i = 0; i < s->tokens.count; i++) {
		const struct token *t = &s->tokens.items[i];
		if (t->kind == TOKEN_STRING && !standard)
			text(r, s, t, computed);
		if (computed)
			word_list(r, s, i);
		if (t->kind != TOKEN_WORD || t->n > KEEP_LITERAL_MAX)
			continue;
		CLEANUP_FREE char *word = mem_strndup(t->s, t->n);
		statement(r, s, word, i + 1);
	}
}

static int run(const struct keep_file *f, void **state, struct err *err)
{
	if (!*state)
		*state = keep_ruby_new(f->k);
	struct keep_ruby *r = *state;
	CLEANUP_KEEP_SCRIPT_SOURCE struct keep_script_source s;
	keep_script_source_read(&s, f, is_elf(f) ? NULL : &lexer);
	keep_ruby_own(r, &s);
	if (is_elf(f)) {
		if (is_interpreter(f))
			interpreter(r, &s);
		else
			extension(r, &s, f->fd);
		return 0;
	}
	if (is_gemfile(f)) {
		if (s.application) /* a gem's own is for its developers */
			keep_gemfile_read(r, &s);
		return 0;
	}
	statements(r, &s);
	keep_script_source_literals(&s);
	keep_script_source_commands(&s);
	return 0;
}

const struct keep_closure keep_closure_ruby = {.name = "ruby",
					       .level = KEEP_CLOSURE,
					       .applies = applies,
					       .lexer = &lexer,
					       .run = run,
					       .free_state = keep_ruby_free};
