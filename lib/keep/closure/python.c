/* Python sources. Followed are their import statements anywhere in the source; imports by name at run time, as far as
 * the name is literal; the packages that contain them; paths and commands; and modules that the interpreter and
 * extension modules import by themselves.
 * Spec: Python's "The import statement", importlib, pkgutil. */
#include <ctype.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "formats/elf_object.h"
#include "keep/closure/closure.h"
#include "keep/modules/python_package.h"
#include "keep/source/calls.h"
#include "keep/source/embedded.h"
#include "keep/source/literals.h"
#include "keep/tree.h"

static const struct token_lexer lexer = {.hash = true, .triple = true, .quotes = "'\"", .many_lines = ""};

/* Imported by the interpreter in C, or to say what went wrong. */
static const char *const core[] = {"site",
				   "codecs",
				   "io",
				   "abc",
				   "os",
				   "warnings",
				   "traceback",
				   "linecache",
				   "tokenize",
				   "threading",
				   "_strptime",
				   "locale",
				   "runpy",
				   "re",
				   "copyreg",
				   "struct",
				   "functools",
				   "zipimport",
				   "importlib.util",
				   "importlib.machinery",
				   "importlib.metadata",
				   "collections.abc",
				   "contextlib",
				   "_weakrefset",
				   "_bootlocale"};

struct scan {
	struct keep_python *p;
	struct keep_script_source s;
	struct keep_python_dirs roots;
	bool stdlib; /* the source is of the standard library */
	bool later;  /* the statement is not one that importing the source runs in any case */
};

static bool is_shell(const struct keep_file *f)
{
	return keep_file_ends(f, ".sh") || keep_file_runs_by(f, "sh") || keep_file_runs_by(f, "bash") ||
	       keep_file_runs_by(f, "dash");
}

static bool applies(const struct keep_file *f)
{
	if (elf_object_kind_of((const unsigned char *)f->head, f->n))
		return keep_file_ends(f, ".so") || strncmp(f->info->name, "python", 6) == 0 ||
		       strncmp(f->info->name, "libpython", 9) == 0;
	return keep_file_ends(f, ".py") || keep_file_runs_by(f, "python") || is_shell(f);
}

/* Whether to follow an import of a module for installing, testing or teaching. Yes in general. In the standard
 * library, whose modules have their own tests and examples in functions and below __main__, only if importing the
 * module needs it. */
static bool is_followed(const struct scan *c, const char *module)
{
	return !c->stdlib || !c->later || !keep_python_is_seldom(module) ||
	       strncmp(image_index_node(c->s.k->index, c->s.dir)->name, module, strcspn(module, ".")) == 0;
}

static bool import(struct scan *c, const struct keep_python_dirs *roots, const char *name,
		   struct keep_python_dirs *below)
{
	bool followed = is_followed(c, name), tells = c->s.k->tells;
	c->s.k->tells = tells || !followed;
	bool found = keep_python_import(c->p, roots, name, c->s.node, below);
	c->s.k->tells = tells;
	return followed && found;
}

/* a.b.c from token *i on, which is advanced behind it. */
static void dotted_name(const struct scan *c, size_t *i, struct buf *out)
{
	while (token_at(&c->s.tokens, *i)->kind == TOKEN_WORD) {
		(void)token_text(token_at(&c->s.tokens, *i), out); /* a word has no control characters */
		++*i;
		if (!token_is_punct(token_at(&c->s.tokens, *i), '.') ||
		    token_at(&c->s.tokens, *i + 1)->kind != TOKEN_WORD)
			break;
		buf_char(out, '.');
		++*i;
	}
}

/* import a.b as c, d */
static size_t import_statement(struct scan *c, size_t i)
{
	for (;;) {
		CLEANUP_BUF struct buf name = {0};
		dotted_name(c, &i, &name);
		if (!name.len)
			return i;
		(void)import(c, &c->roots, name.data, NULL); /* absent: optional */
		if (token_is_word(token_at(&c->s.tokens, i), "as"))
			i += 2;
		if (!token_is_punct(token_at(&c->s.tokens, i), ','))
			return i;
		i++;
	}
}

/* The directory that a relative import starts from; one dot is the source's own. */
static void relative_roots(const struct scan *c, size_t dots, struct keep_python_dirs *out)
{
	uint32_t dir = c->s.dir;
	while (--dots && dir)
		dir = image_index_node(c->s.k->index, dir)->parent;
	*out = (struct keep_python_dirs){.items = {dir}, .count = 1};
}

/* from ..a import b, c as d; from a import (b, c): each may be a submodule. */
static size_t from_statement(struct scan *c, size_t i)
{
	const struct token_list *t = &c->s.tokens;
	size_t dots = 0;
	for (; token_is_punct(token_at(t, i), '.'); i++)
		dots++;
	CLEANUP_BUF struct buf name = {0};
	if (!token_is_word(token_at(t, i), "import"))
		dotted_name(c, &i, &name);
	if (!token_is_word(token_at(t, i), "import") || !(dots || name.len))
		return i; /* raise x from y */
	struct keep_python_dirs roots = c->roots, below;
	if (dots)
		relative_roots(c, dots, &roots);
	below = roots;
	if (name.len && !import(c, &roots, name.data, &below))
		return i + 1;
	for (i++; token_is_punct(token_at(t, i), '(') || token_is_punct(token_at(t, i), ',') ||
		  token_at(t, i)->kind == TOKEN_WORD;
	     i++) {
		const struct token *word = token_at(t, i);
		if (word->kind != TOKEN_WORD)
			continue;
		CLEANUP_BUF struct buf sub = {0};
		if (token_text(word, &sub))
			(void)keep_python_import(c->p, &below, sub.data, c->s.node, NULL); /* or a name in it */
		if (token_is_word(token_at(t, i + 1), "as"))
			i += 2;
		if (!token_is_punct(token_at(t, i + 1), ','))
			break;
	}
	return i;
}

/* import_module("x"), and "x." + name: then the whole package x. */
static void dynamic_import(struct scan *c, size_t i)
{
	const struct token *t = token_at(&c->s.tokens, i), *next = token_at(&c->s.tokens, i + 1);
	CLEANUP_BUF struct buf name = {0};
	if (t->kind != TOKEN_STRING || !token_text(t, &name) || !name.len)
		return;
	size_t dots = strspn(name.data, "."), n = strcspn(name.data, "%{");
	bool computed = t->partial || token_is_punct(next, '+') || name.data[n];
	name.data[n] = '\0';
	struct keep_python_dirs roots = c->roots, below;
	if (dots)
		relative_roots(c, dots, &roots);
	char *last = computed ? strrchr(name.data + dots, '.') : NULL;
	if (computed && !last && !dots)
		return;
	if (computed)
		*(last ? last : name.data + dots) = '\0';
	below = roots;
	if (!import(c, &roots, name.data + dots, &below) || !computed)
		return;
	for (size_t j = 0; j < below.count; j++)
		keep_tree(c->s.k, below.items[j], KEEP_TREE_CODE,
			  KEEP_WHY_NOTED(KEEP_IMPORT, c->s.node, keep_note(c->s.k, name.data)));
}

/* plugins.__path__ is what pkgutil.iter_modules gets. */
static void package_path(struct scan *c, size_t i)
{
	size_t start = i;
	while (start >= 2 && token_is_punct(token_at(&c->s.tokens, start - 1), '.') &&
	       token_at(&c->s.tokens, start - 2)->kind == TOKEN_WORD)
		start -= 2;
	CLEANUP_BUF struct buf name = {0};
	struct keep_python_dirs below = {.items = {c->s.dir}, .count = 1};
	if (c->stdlib)
		return;
	for (size_t j = start; j < i; j++)
		(void)token_text(token_at(&c->s.tokens, j), &name); /* words and dots */
	if (name.len)
		name.data[name.len - 1] = '\0';
	if (name.len && !import(c, &c->roots, name.data, &below))
		return;
	for (size_t j = 0; j < below.count; j++)
		if (keep_tree_child(c->s.k->index, below.items[j], "__init__.py", 11) != IMAGE_NONE)
			keep_tree(c->s.k, below.items[j], KEEP_TREE_CODE,
				  KEEP_WHY_NOTED(KEEP_IMPORT, c->s.node, keep_note(c->s.k, "__path__")));
}

static bool is_dotted(const char *s, size_t n, size_t *dots)
{
	*dots = 0;
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '.' && i && s[i - 1] != '.' && i + 1 < n)
			++*dots;
		else if (!(isalpha((unsigned char)s[i]) || s[i] == '_' || (i && isdigit((unsigned char)s[i]))))
			return false;
	}
	return n > 1;
}

/* "logging.handlers.SysLogHandler", "gunicorn.workers.gthread:x": names in settings. */
static void module_literal(struct scan *c, const struct token *t)
{
	const char *colon = memchr(t->s, ':', t->n);
	size_t n = colon ? (size_t)(colon - t->s) : t->n, dots;
	if (n > LIMIT_NAME || t->partial || t->continued || !is_dotted(t->s, n, &dots) || !dots)
		return;
	CLEANUP_FREE char *name = mem_strndup(t->s, n);
	struct keep_python_dirs first;
	char *dot = strchr(name, '.');
	*dot = '\0';
	if (!is_followed(c, name) || !keep_python_import(c->p, &c->roots, name, c->s.node, &first))
		return;
	(void)keep_python_import(c->p, &first, dot + 1, c->s.node, NULL); /* as far as it is modules */
}

static bool starts_line(const struct scan *c, const struct token *t)
{
	return t->s == c->s.text.data || t->s[-1] == '\n';
}

/* The token behind what stands below `if __name__ == "__main__":` at token i; i if it does not. */
static size_t skip_main(const struct scan *c, size_t i)
{
	const struct token_list *t = &c->s.tokens;
	if (c->s.application || !token_is_word(token_at(t, i), "if") ||
	    !token_is_word(token_at(t, i + 1), "__name__") || !starts_line(c, token_at(t, i)))
		return i;
	do
		i++;
	while (token_at(t, i)->kind != TOKEN_END && !starts_line(c, token_at(t, i)));
	return i;
}

static void statements(struct scan *c)
{
	const struct token_list *t = &c->s.tokens;
	for (size_t i = 0; (i = skip_main(c, i)) < t->count; i++) {
		const struct token *w = &t->items[i];
		c->later = !starts_line(c, w);
		if (token_is_word(w, "import"))
			i = import_statement(c, i + 1) - 1;
		else if (token_is_word(w, "from"))
			i = from_statement(c, i + 1) - 1;
		else if ((token_is_word(w, "__import__") || token_is_word(w, "import_module")) &&
			 token_is_punct(token_at(t, i + 1), '('))
			dynamic_import(c, i + 2);
		else if (token_is_word(w, "__path__"))
			package_path(c, i);
		else if (w->kind == TOKEN_STRING && !c->stdlib) {
			module_literal(c, w);
			keep_python_group(c->p, w->s, w->n, c->s.node);
		}
	}
}

/* Codecs are imported by their name; what the interpreter imports by itself stands in no source. */
static void standard_library(struct scan *c, uint32_t stdlib)
{
	struct keep_set *k = c->s.k;
	struct keep_python_dirs roots = {.items = {stdlib}, .count = 1};
	const char *name = image_index_node(k->index, c->s.node)->name;
	if (strcmp(image_index_node(k->index, c->s.dir)->name, "encodings") == 0 && strcmp(name, "__init__.py") == 0)
		keep_tree(k, c->s.dir, KEEP_TREE_CODE, KEEP_WHY_NOTED(KEEP_IMPORT, c->s.node, keep_note(k, "codecs")));
	if (c->s.dir != stdlib || strcmp(name, "os.py") != 0)
		return;
	(void)keep_python_import(c->p, &roots, "encodings", c->s.node, NULL); /* a cut down library has what it has */
	for (size_t i = 0; i < sizeof(core) / sizeof(core[0]); i++)
		(void)keep_python_import(c->p, &roots, core[i], c->s.node, NULL);
}

/* An interpreter needs its library: the one of its prefix, else of its name. */
static void interpreter(struct keep_python *p, const struct keep_file *f)
{
	const struct image_index *x = f->k->index;
	uint32_t prefix = image_index_node(x, f->info->parent)->parent;
	for (int pass = 0; pass < 2; pass++) {
		bool found = false;
		for (size_t i = 0; i < p->stdlibs.count; i++) {
			uint32_t lib = p->stdlibs.items[i];
			const struct image_node *n = image_index_node(x, lib);
			if (!strstr(f->info->name, n->name) ||
			    (pass == 0 && image_index_node(x, n->parent)->parent != prefix))
				continue;
			struct keep_python_dirs roots = {.items = {lib}, .count = 1};
			found = keep_python_import(p, &roots, "os", f->node, NULL) || found;
		}
		if (found)
			return;
	}
}

/* An extension module names what it imports in strings of their own. */
static void extension(struct scan *c)
{
	const char *p = c->s.text.data, *end = p + c->s.text.len;
	while (p < end) {
		size_t n = strnlen(p, (size_t)(end - p)), dots;
		if (n > 1 && n < 64 && is_dotted(p, n, &dots) && !keep_python_is_seldom(p))
			(void)keep_python_import(c->p, &c->roots, p, c->s.node, NULL); /* most are other words */
		p += n + 1;
	}
}

/* A source that a shell gives to the interpreter. */
static void on_source(void *ctx, const char *text, size_t n)
{
	struct scan *outer = ctx, c = {.p = outer->p, .roots = outer->roots, .s = outer->s};
	c.s.lexer = &lexer;
	c.s.text = (struct buf){0};
	c.s.tokens = (struct token_list){0};
	buf_append(&c.s.text, text, n);
	token_list_read(&c.s.tokens, c.s.text.data, c.s.text.len, &lexer);
	statements(&c);
	keep_script_source_literals(&c.s);
	keep_script_source_commands(&c.s);
	keep_script_source_done(&c.s);
}

/* python -m NAME runs NAME, of a package its __main__. */
static void on_module(void *ctx, const char *name, size_t n)
{
	struct scan *c = ctx;
	CLEANUP_FREE char *module = mem_strndup(name, n), *main = mem_printf("%s.__main__", module);
	(void)keep_python_import(c->p, &c->roots, module, c->s.node, NULL);
	(void)keep_python_import(c->p, &c->roots, main, c->s.node, NULL);
}

static void shell_text(struct scan *c, const char *text, size_t n)
{
	keep_python_roots(c->p, &c->s, &c->roots);
	keep_embedded_find(&(struct keep_embedded){"python", 'c', on_source, on_module, c}, text, n);
}

/* The image's own commands: python -c TEXT as arguments, or in a shell's text. */
static void configured(struct keep_python *p, struct keep_set *k)
{
	const struct strlist *lists[] = {&k->config->entrypoint, &k->config->cmd, &k->config->healthcheck};
	CLEANUP_STRLIST struct strlist argv = {0};
	struct scan c = {.p = p};
	keep_script_source_config(&c.s, k);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		strlist_extend(&argv, lists[i]);
	for (size_t i = 0; i < argv.count; i++) {
		const char *program = strrchr(argv.items[i], '/') ? strrchr(argv.items[i], '/') + 1 : argv.items[i];
		shell_text(&c, argv.items[i], strlen(argv.items[i]));
		for (size_t j = i + 1; strncmp(program, "python", 6) == 0 && j + 1 < argv.count; j++) {
			if (strcmp(argv.items[j], "-c") == 0)
				on_source(&c, argv.items[j + 1], strlen(argv.items[j + 1]));
			else if (strcmp(argv.items[j], "-m") == 0)
				on_module(&c, argv.items[j + 1], strlen(argv.items[j + 1]));
		}
	}
	keep_script_source_done(&c.s);
}

static int run(const struct keep_file *f, void **state, struct err *err)
{
	if (!*state) {
		*state = mem_alloc(sizeof(struct keep_python));
		keep_python_init(*state, f->k);
		if (f->k->config)
			configured(*state, f->k);
	}
	struct keep_python *p = *state;
	if (is_shell(f)) {
		struct scan c = {.p = p};
		keep_script_source_read(&c.s, f, NULL);
		shell_text(&c, c.s.text.data, c.s.text.len);
		keep_script_source_done(&c.s);
		return 0;
	}
	bool elf = elf_object_kind_of((const unsigned char *)f->head, f->n) != 0;
	uint32_t site = keep_python_site_of(p, f->node), stdlib = keep_python_stdlib_of(p, f->node);
	if (site != IMAGE_NONE)
		keep_python_package(p, site, f->node);
	if (elf && stdlib == IMAGE_NONE && site == IMAGE_NONE) {
		interpreter(p, f);
		return 0;
	}
	struct scan c = {.p = p, .stdlib = stdlib != IMAGE_NONE};
	keep_script_source_read(&c.s, f, elf ? NULL : &lexer);
	keep_python_roots(p, &c.s, &c.roots);
	if (elf) {
		extension(&c);
	} else {
		statements(&c);
		keep_script_source_literals(&c.s);
		if (c.stdlib)
			standard_library(&c, stdlib);
		else
			keep_script_source_commands(&c.s);
	}
	keep_script_source_done(&c.s);
	return 0;
}

static void free_state(void *state)
{
	keep_python_package_done(state);
	free(state);
}

const struct keep_closure keep_closure_python = {
    .name = "python", .level = KEEP_CLOSURE, .applies = applies, .lexer = &lexer, .run = run, .free_state = free_state};
