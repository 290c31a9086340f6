/* Perl sources. Followed are use, no, require and do anywhere in the source; parents and modules named in strings,
 * also in part; modules that the interpreter loads for a layer of a file or a character's name; paths and commands.
 * Spec: perlfunc(1) (use, require, do), PerlIO(3), charnames(3). */
#include <ctype.h>
#include <string.h>

#include "formats/elf_object.h"
#include "keep/closure/closure.h"
#include "keep/modules/perl_path.h"
#include "keep/source/calls.h"
#include "keep/source/literals.h"
#include "keep/source/program.h"
#include "keep/source/shell_text.h"

static const struct token_lexer lexer = {.hash = true,
					 .pod = true,
					 .end_mark = true,
					 .colons = true,
					 .quotes = "'\"`",
					 .many_lines = "",
					 .interpolation = "$@",
					 .backtick_runs = true,
					 .word = "$"};

/* Loaded by the interpreter itself: %+, %!, glob, file handles' methods, in-memory files, files' layers. */
static const char *const core[] = {"strict",     "warnings",    "Errno",          "Tie::Hash::NamedCapture",
				   "File::Glob", "IO::File",    "PerlIO::scalar", "PerlIO",

				   "utf8",       "feature",     "attributes",     "overload",
				   "Carp",       "Carp::Heavy", "Config",         "XSLoader",

				   "mro",        "re"};

static bool applies(const struct keep_file *f)
{
	if (elf_object_kind_of((const unsigned char *)f->head, f->n))
		return strncmp(f->info->name, "perl", 4) == 0 || strncmp(f->info->name, "libperl", 7) == 0;
	return keep_file_ends(f, ".pm") || keep_file_ends(f, ".pl") || keep_file_ends(f, ".psgi") ||
	       keep_file_ends(f, ".cgi") || keep_file_runs_by(f, "perl");
}

static void module(struct keep_perl *p, struct keep_script_source *s, const char *name)
{
	(void)keep_perl_module(p, s, name, strlen(name));
}

/* use parent -norequire, "A::B"; use base qw(A B): words and strings up to the semicolon. */
static void parents(struct keep_perl *p, struct keep_script_source *s, size_t i)
{
	for (size_t end = i + 64; i < end; i++) {
		const struct token *t = token_at(&s->tokens, i);
		if (t->kind == TOKEN_END || token_is_punct(t, ';'))
			return;
		if (t->kind != TOKEN_PUNCT)
			(void)keep_perl_module(p, s, t->s, t->n);
	}
}

static void use(struct keep_perl *p, struct keep_script_source *s, size_t i)
{
	static const char *const with_modules[] = {"parent", "base", "aliased", "if", "autouse", "Mojo::Base"};
	const struct token *t = token_at(&s->tokens, i);
	CLEANUP_BUF struct buf path = {0};
	if (t->kind == TOKEN_STRING && !t->partial && token_text(t, &path) && path.len && *path.data != '/')
		(void)keep_perl_file(p, s, path.data); /* or nothing is there */
	if (t->kind != TOKEN_WORD)
		return;
	(void)keep_perl_module(p, s, t->s, t->n);
	for (size_t j = 0; j < sizeof(with_modules) / sizeof(with_modules[0]); j++)
		if (token_is_word(t, with_modules[j]))
			parents(p, s, i + 1);
}

/* open(my $h, "-|", "date", "-u"), open(H, "date |"): a command to read from or write to. */
static void open_pipe(struct keep_script_source *s, size_t i)
{
	for (size_t end = i + 12; i < end; i++) {
		const struct token *t = token_at(&s->tokens, i);
		if (t->kind == TOKEN_END || token_is_punct(t, ';'))
			return;
		if (t->kind != TOKEN_STRING || !t->n)
			continue;
		const struct token *next = token_at(&s->tokens, i + 2);
		if (t->n == 2 && (memcmp(t->s, "-|", 2) == 0 || memcmp(t->s, "|-", 2) == 0))
			t = next->kind == TOKEN_STRING ? next : t;
		else if (t->s[0] != '|' && t->s[t->n - 1] != '|')
			return;
		keep_shell_text_read(s, t->s, t->n);
		keep_program_keep_shell(s);
		return;
	}
}

/* require $file; eval "require $class"; functions of modules that load by an argument. */
static bool requires_computed(const struct keep_script_source *s)
{
	static const char *const loaders[] = {"load_class",     "try_load_class", "use_module",
					      "require_module", "Module::Load",   "Module::Runtime"};
	for (size_t i = 0; i < s->tokens.count; i++) {
		const struct token *t = &s->tokens.items[i], *next = token_at(&s->tokens, i + 1);
		if (token_is_word(t, "require") && next->kind == TOKEN_WORD && *next->s == '$')
			return true;
		if (t->kind == TOKEN_STRING && t->partial && memmem(t->s, t->n, "require ", 8))
			return true;
		for (size_t j = 0; j < sizeof(loaders) / sizeof(loaders[0]); j++)
			if (token_is_word(t, loaders[j]))
				return true;
	}
	return false;
}

/* Returns the end of the last "::" or slash of a name; 0 if it has neither. */
static size_t last_joint(const char *s, size_t n)
{
	while (n && s[n - 1] != '/' && !(n > 1 && s[n - 1] == ':' && s[n - 2] == ':'))
		n--;
	return n;
}

/* "SQL::Dialects::$x", "DBD::" . $x: one module of a namespace. "My::Plugin", "a/b/dir": a module, a file or the place
 * of several. computed: the source requires something that it puts together, so a name needs no "::". */
static void text(struct keep_perl *p, struct keep_script_source *s, const struct token *t, bool computed)
{
	CLEANUP_BUF struct buf name = {0};
	if (memmem(t->s, t->n, ":encoding(", 10)) {
		module(p, s, "PerlIO::encoding");
		module(p, s, "Encode"); /* loaded by the compiled part */
	}
	if (memmem(t->s, t->n, "\\N{", 3))
		module(p, s, "_charnames");
	if (t->continued || t->n > KEEP_LITERAL_MAX || !token_text(t, &name) || !name.len)
		return;
	for (size_t i = 0; i < name.len; i++)
		if (!isalnum((unsigned char)name.data[i]) && !strchr("_:/.-", name.data[i]))
			return;
	size_t joint = last_joint(name.data, name.len);
	bool open = t->partial || joint == name.len, path = strchr(name.data, '/');
	if (joint && open)
		keep_perl_below(p, s, name.data, joint - (name.data[joint - 1] == ':' ? 2 : 1));
	else if (joint && !(path ? keep_perl_file(p, s, name.data) : keep_perl_module(p, s, name.data, name.len)))
		keep_perl_below(p, s, name.data, name.len);
	else if (!joint && computed && !open && isupper((unsigned char)*name.data))
		(void)keep_perl_module(p, s, name.data, name.len);
}

/* for my $class (qw(JSON YAML)) { eval "require $class" } */
static void word_list(struct keep_perl *p, struct keep_script_source *s, size_t i)
{
	for (const struct token *t; (t = token_at(&s->tokens, i))->kind == TOKEN_WORD; i++)
		if (isupper((unsigned char)*t->s))
			(void)keep_perl_module(p, s, t->s, t->n);
}

static void statements(struct keep_perl *p, struct keep_script_source *s)
{
	static const char *const loads[] = {"use", "no", "require", "do", "extends", "with"};
	bool computed = requires_computed(s);
	for (size_t i = 0; i < s->tokens.count; i++) {
		const struct token *t = &s->tokens.items[i];
		if (t->kind == TOKEN_STRING)
			text(p, s, t, computed);
		if (t->kind != TOKEN_WORD)
			continue;
		for (size_t j = 0; j < sizeof(loads) / sizeof(loads[0]); j++)
			if (token_is_word(t, loads[j]))
				use(p, s, i + 1);
		if (token_is_word(t, "open"))
			open_pipe(s, i + 1);
		else if (token_is_word(t, "dbmopen"))
			module(p, s, "AnyDBM_File");
		else if (computed && token_is_word(t, "qw"))
			word_list(p, s, i + 2);
		else if (memmem(t->s, t->n, "::", 2))
			(void)keep_perl_module(p, s, t->s, t->n);
	}
}

static int run(const struct keep_file *f, void **state, struct err *err)
{
	if (!*state)
		*state = keep_perl_new(f->k);
	struct keep_perl *p = *state;
	bool elf = elf_object_kind_of((const unsigned char *)f->head, f->n) != 0;
	CLEANUP_KEEP_SCRIPT_SOURCE struct keep_script_source s;
	keep_script_source_read(&s, f, elf ? NULL : &lexer);
	if (elf) {
		for (size_t i = 0; i < sizeof(core) / sizeof(core[0]); i++)
			module(p, &s, core[i]);
		return 0;
	}
	statements(p, &s);
	keep_perl_library(p, &s);
	keep_script_source_literals(&s);
	keep_script_source_commands(&s);
	return 0;
}

const struct keep_closure keep_closure_perl = {.name = "perl",
					       .level = KEEP_CLOSURE,
					       .applies = applies,
					       .lexer = &lexer,
					       .run = run,
					       .free_state = keep_perl_free};
