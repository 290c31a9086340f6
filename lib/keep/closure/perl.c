/* Perl sources: use, no, require and do, wherever they stand; parents and modules named in strings; the compiled part
 * of a module (auto/X/X.so, *.al); a library's directory beside its main module; paths and commands.
 * Spec: perlfunc(1) (use, require, do), XSLoader(3), AutoLoader(3). @INC is known by its directories' names. */
#include <ctype.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "formats/elf_object.h"
#include "keep/closure/closure.h"
#include "keep/source/calls.h"
#include "keep/source/literals.h"
#include "keep/source/program.h"
#include "keep/source/script_source.h"
#include "keep/source/shell_text.h"
#include "keep/tree.h"

#define MAX_DIRS 64

static const struct token_lexer lexer = {.hash = true,
					 .pod = true,
					 .end_mark = true,
					 .colons = true,
					 .quotes = "'\"`",
					 .many_lines = "",
					 .interpolation = "$@",
					 .backtick_runs = true,
					 .word = "$"};

/* Loaded by the interpreter itself: %+, %!, glob, file handles' methods, in-memory files. */
static const char *const core[] = {"strict",     "warnings",    "Errno",          "Tie::Hash::NamedCapture",
				   "File::Glob", "IO::File",    "PerlIO::scalar",

				   "utf8",       "feature",     "attributes",     "overload",
				   "Carp",       "Carp::Heavy", "Config",         "XSLoader",

				   "mro",        "re"};

struct perl {
	struct keep_set *k;
	uint32_t dirs[MAX_DIRS]; /* @INC of the image's perls, in its order */
	uint8_t rank[MAX_DIRS];
	size_t n;
};

enum { ENVIRONMENT, LOCAL, SITE, VENDOR, BASE, CORE };

/* Where in @INC a directory is by its name, -1 if it isn't: Debian's perl/5.36.0 and perl5, perl-base; site_perl,
 * vendor_perl and core_perl of others; lib/perl5/5.38.0/x86_64-linux of perl's own. */
static int rank_of(const struct image_index *x, uint32_t id)
{
	const struct image_node *n = image_index_node(x, id);
	const struct image_node *up = image_index_node(x, n->parent);
	bool version = isdigit((unsigned char)*n->name), arch = strstr(n->name, "linux") != NULL;
	bool local = strcmp(image_index_node(x, up->parent)->name, "local") == 0;
	if (arch && isdigit((unsigned char)*up->name))
		return rank_of(x, n->parent);
	if (strcmp(n->name, "perl-base") == 0)
		return BASE;
	if (strcmp(n->name, "core_perl") == 0)
		return CORE;
	if (strcmp(n->name, "site_perl") == 0 || (version && strcmp(up->name, "site_perl") == 0))
		return SITE;
	if (strcmp(n->name, "vendor_perl") == 0 || strcmp(n->name, "perl5") == 0)
		return local ? LOCAL : VENDOR;
	if (strcmp(n->name, "perl") == 0 && strcmp(up->name, "etc") == 0)
		return LOCAL;
	if (!version)
		return -1;
	if (strcmp(up->name, "perl") == 0)
		return CORE;
	if (strcmp(up->name, "perl5") != 0)
		return -1;
	return image_index_child(x, id, "strict.pm", 9) != IMAGE_NONE ? CORE : VENDOR;
}

static void add_dir(struct perl *p, uint32_t dir, int rank)
{
	if (dir == IMAGE_NONE || p->n == MAX_DIRS)
		return;
	size_t at = p->n++;
	for (; at && p->rank[at - 1] > rank; at--) {
		p->rank[at] = p->rank[at - 1];
		p->dirs[at] = p->dirs[at - 1];
	}
	p->dirs[at] = dir;
	p->rank[at] = (uint8_t)rank;
}

static struct perl *find_dirs(struct keep_set *k)
{
	struct perl *p = mem_alloc(sizeof(*p));
	p->k = k;
	const char *search = k->config ? strlist_get_env(&k->config->env, "PERL5LIB") : NULL;
	for (; search && *search; search += strcspn(search, ":"), search += *search == ':') {
		CLEANUP_FREE char *dir = mem_strndup(search, strcspn(search, ":"));
		if (*dir == '/')
			add_dir(p, image_index_resolve(k->index, dir, true, NULL, NULL), ENVIRONMENT);
	}
	for (uint32_t id = 1; id < image_index_count(k->index); id++) {
		const struct image_node *n = image_index_node(k->index, id);
		int rank = S_ISDIR(n->mode) ? rank_of(k->index, id) : -1;
		if (rank >= 0)
			add_dir(p, id, rank);
	}
	return p;
}

static bool applies(const struct keep_file *f)
{
	if (elf_object_kind_of((const unsigned char *)f->head, f->n))
		return strncmp(f->info->name, "perl", 4) == 0 || strncmp(f->info->name, "libperl", 7) == 0;
	return keep_file_ends(f, ".pm") || keep_file_ends(f, ".pl") || keep_file_ends(f, ".psgi") ||
	       keep_file_ends(f, ".cgi") || keep_file_runs_by(f, "perl");
}

/* auto/A/B of a module A::B, in any directory: its shared object and its functions in files. */
static void keep_auto(const struct perl *p, uint32_t by, const char *path, size_t n)
{
	for (size_t i = 0; i < p->n; i++) {
		CLEANUP_BUF struct buf dir = {0};
		image_index_path(p->k->index, p->dirs[i], &dir);
		buf_printf(&dir, "/auto/%.*s", (int)n, path);
		uint32_t node = image_index_resolve(p->k->index, dir.data, true, NULL, NULL);
		if (node != IMAGE_NONE && S_ISDIR(image_index_node(p->k->index, node)->mode))
			keep_tree(p->k, node, KEEP_TREE_CODE,
				  KEEP_WHY_NOTED(KEEP_PACKAGE, by, keep_note(p->k, dir.data + 1)));
	}
}

/* A file as require finds it: in the application's own directories, then in @INC. */
static bool keep_required(const struct perl *p, struct keep_script_source *s, const char *path)
{
	for (size_t i = 0; i < s->n_bases; i++) {
		static const char *const below[] = {"", "lib/", "local/lib/perl5/"};
		for (size_t j = 0; j < sizeof(below) / sizeof(below[0]); j++) {
			CLEANUP_BUF struct buf full = {0};
			buf_printf(&full, "%s%s", below[j], path);
			if (keep_script_source_path(s, s->bases[i], full.data, false) != IMAGE_NONE)
				return true;
		}
	}
	for (size_t i = 0; i < p->n; i++)
		if (keep_script_source_path(s, p->dirs[i], path, false) != IMAGE_NONE)
			return true;
	return false;
}

static void module(const struct perl *p, struct keep_script_source *s, const char *name, size_t n)
{
	CLEANUP_BUF struct buf path = {0};
	if (!n || n > LIMIT_NAME)
		return;
	for (size_t i = 0; i < n; i++) {
		if (name[i] == ':')
			i++;
		if (!isalnum((unsigned char)name[i]) && name[i] != '_' && name[i] != ':')
			return;
		buf_char(&path, name[i] == ':' ? '/' : name[i]);
	}
	buf_str(&path, ".pm");
	if (keep_required(p, s, path.data))
		keep_auto(p, s->node, path.data, path.len - 3);
}

static void text_module(const struct perl *p, struct keep_script_source *s, const char *name)
{
	module(p, s, name, strlen(name));
}

/* use parent -norequire, "A::B"; use base qw(A B): words and strings up to the semicolon. */
static void parents(const struct perl *p, struct keep_script_source *s, size_t i)
{
	for (size_t end = i + 64; i < end; i++) {
		const struct token *t = token_at(&s->tokens, i);
		if (t->kind == TOKEN_END || token_is_punct(t, ';'))
			return;
		if (t->kind != TOKEN_PUNCT)
			module(p, s, t->s, t->n);
	}
}

static void use(const struct perl *p, struct keep_script_source *s, size_t i)
{
	const struct token *t = token_at(&s->tokens, i);
	CLEANUP_BUF struct buf path = {0};
	if (t->kind == TOKEN_WORD)
		module(p, s, t->s, t->n);
	else if (t->kind == TOKEN_STRING && !t->partial && token_text(t, &path) && path.len && *path.data != '/')
		(void)keep_required(p, s, path.data); /* or nothing is there */
	if (token_is_word(t, "parent") || token_is_word(t, "base") || token_is_word(t, "aliased"))
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

static void statements(const struct perl *p, struct keep_script_source *s)
{
	for (size_t i = 0; i < s->tokens.count; i++) {
		const struct token *t = &s->tokens.items[i];
		if (token_is_word(t, "use") || token_is_word(t, "no") || token_is_word(t, "require") ||
		    token_is_word(t, "do") || token_is_word(t, "extends") || token_is_word(t, "with"))
			use(p, s, i + 1);
		else if (token_is_word(t, "open"))
			open_pipe(s, i + 1);
		else if (t->kind == TOKEN_STRING && !t->partial && memmem(t->s, t->n, "::", 2))
			module(p, s, t->s, t->n);
	}
}

/* A library is more than its main module: A/B.pm has what it loads by name in A/B/. Not so at the top of perl's own
 * directories, where what is in Unicode/ or File/ is several libraries. */
static void library(const struct perl *p, const struct keep_file *f)
{
	const struct image_index *x = p->k->index;
	uint32_t node = f->node;
	for (uint32_t up = f->info->parent; up; node = up, up = image_index_node(x, up)->parent) {
		size_t i = 0;
		while (i < p->n && p->dirs[i] != up)
			i++;
		if (i < p->n && p->rank[i] >= BASE)
			return;
		const struct image_node *n = image_index_node(x, node);
		size_t len = strlen(n->name);
		CLEANUP_FREE char *name = mem_strndup(n->name, S_ISDIR(n->mode) || len < 4 ? len : len - 3);
		CLEANUP_FREE char *main = mem_printf("%s.pm", name);
		uint32_t dir = image_index_child(x, up, name, strlen(name));
		if (dir != IMAGE_NONE && S_ISDIR(image_index_node(x, dir)->mode) &&
		    image_index_child(x, up, main, strlen(main)) != IMAGE_NONE)
			keep_tree(p->k, dir, KEEP_TREE_CODE,
				  KEEP_WHY_NOTED(KEEP_PACKAGE, f->node, keep_note(p->k, name)));
		if (i < p->n)
			return;
	}
}

static int run(const struct keep_file *f, void **state, struct err *err)
{
	if (!*state)
		*state = find_dirs(f->k);
	const struct perl *p = *state;
	bool elf = elf_object_kind_of((const unsigned char *)f->head, f->n) != 0;
	CLEANUP_KEEP_SCRIPT_SOURCE struct keep_script_source s;
	keep_script_source_read(&s, f, &lexer);
	if (elf) {
		for (size_t i = 0; i < sizeof(core) / sizeof(core[0]); i++)
			text_module(p, &s, core[i]);
		return 0;
	}
	statements(p, &s);
	library(p, f);
	keep_script_source_literals(&s);
	keep_script_source_commands(&s);
	return 0;
}

const struct keep_closure keep_closure_perl = {
    .name = "perl", .level = KEEP_CLOSURE, .applies = applies, .run = run, .free_state = free};
