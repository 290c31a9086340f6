/* Tcl. Kept are the packages that `package require` names, in any directory with an index (pkgIndex.tcl) or a module
 * file (NAME-VERSION.tm) for them; the files that a source names; and the programs that exec and open "|..." start.
 * Spec: Tcl's package(n), pkgMkIndex(n), tm(n), exec(n). */
#include <ctype.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "keep/closure/closure.h"
#include "keep/modules/name_index.h"
#include "keep/source/program.h"
#include "keep/tree.h"
#include "text/path.h"

#define MAX_INDEX (256u << 10) /* bytes of one index */
/* Of a package's directory. */
#define PACKAGE ((struct keep_limit){16u << 20, 4096})
#define DELIMITERS " \t\r\n;[]{}\"" /* between words */

/* A package that an index names. */
struct package {
	uint32_t name; /* id */
	uint32_t index;
};

struct packages {
	struct strset names;
	struct package *items;
	size_t count, cap;
	struct keep_name_index modules;
};

static bool applies(const struct keep_file *f)
{
	return keep_file_ends(f, ".tcl") || keep_file_ends(f, ".tm") || keep_file_runs_by(f, "tclsh") ||
	       keep_file_runs_by(f, "wish") || keep_file_runs_by(f, "expect");
}

/* The next word; *word is advanced behind it. */
static size_t next_word(const char **word)
{
	*word += strspn(*word, DELIMITERS);
	return strcspn(*word, DELIMITERS);
}

static bool is(const char *word, size_t n, const char *text)
{
	return strlen(text) == n && memcmp(word, text, n) == 0;
}

/* package ifneeded NAME VERSION SCRIPT */
static void read_index(struct packages *p, const struct image_index *x, uint32_t node)
{
	CLEANUP_BUF struct buf path = {0}, text = {0};
	image_index_path(x, node, &path);
	if (!image_index_text(x, path.data, MAX_INDEX, &text) || !text.len)
		return;
	for (const char *at = text.data; (at = strstr(at, "ifneeded"));) {
		at += 8;
		size_t n = next_word(&at);
		if (!n || n > LIMIT_NAME)
			continue;
		p->items = mem_grow(p->items, p->count, &p->cap, sizeof(*p->items));
		p->items[p->count++] = (struct package){(uint32_t)strset_add_len(&p->names, at, n, NULL), node};
	}
}

static struct packages *state_new(const struct image_index *x)
{
	static const char *const endings[] = {"pkgIndex.tcl", ".tm", NULL};
	struct packages *p = mem_alloc(sizeof(*p));
	keep_name_index_init(&p->modules, x, endings);
	for (uint32_t id = 0; id < image_index_count(x); id++)
		if (strcmp(image_index_node(x, id)->name, "pkgIndex.tcl") == 0)
			read_index(p, x, id);
	return p;
}

/* The directory of an index, whole: its script may load any of it. */
static void keep_index(struct keep_script_source *s, uint32_t index, struct keep_reason why)
{
	uint32_t dir = image_index_node(s->k->index, index)->parent;
	keep_node(s->k, index, why);
	if (dir)
		(void)keep_tree_within(s->k, dir, KEEP_TREE_CODE, PACKAGE, why);
}

static void keep_package(struct packages *p, struct keep_script_source *s, const char *name, size_t n)
{
	CLEANUP_FREE char *text = mem_strndup(name, n);
	struct keep_reason why = KEEP_WHY_NOTED(KEEP_IMPORT, s->node, keep_note(s->k, text));
	size_t id = strset_find_len(&p->names, name, n);
	for (size_t i = 0; id != STRSET_NONE && i < p->count; i++)
		if (p->items[i].name == id)
			keep_index(s, p->items[i].index, why);
	const char *last = strrchr(text, ':') ? strrchr(text, ':') + 1 : text; /* a::b is a/b-1.0.tm */
	size_t len = strlen(last);
	for (size_t i = 0; len && i < p->modules.count; i++) {
		const char *file = image_index_node(s->k->index, p->modules.items[i].node)->name;
		if (strncmp(file, last, len) == 0 && file[len] == '-' && isdigit((unsigned char)file[len + 1]))
			keep_node(s->k, p->modules.items[i].node, why);
	}
}

/* A file beside the source, or below; a path of an application. */
static void file_name(struct keep_script_source *s, const char *word, size_t n)
{
	CLEANUP_FREE char *name = mem_strndup(word, n);
	bool source = path_ends_with(name, ".tcl") || path_ends_with(name, ".so") || path_ends_with(name, ".tm");
	if (source && *name != '/' && !strchr(name, '$'))
		(void)keep_script_source_path(s, s->dir, name, false);
	if (s->application || *name == '/')
		keep_script_source_literal(s, name);
}

static void words(struct packages *p, struct keep_script_source *s)
{
	size_t n;
	for (const char *at = s->text.data ? s->text.data : ""; (n = next_word(&at)); at += n) {
		const char *next = at + n;
		size_t m = next_word(&next);
		if (*at == '#' && (at == s->text.data || at[-1] == '\n')) {
			n = strcspn(at, "\n");
		} else if (is(at, n, "require")) {
			if (is(next, m, "-exact")) {
				next += m;
				m = next_word(&next);
			}
			if (m && m <= LIMIT_NAME)
				keep_package(p, s, next, m);
		} else if (is(at, n, "exec") || *at == '|') {
			CLEANUP_FREE char *program = *at == '|' ? mem_strndup(at + 1, n - 1) : mem_strndup(next, m);
			(void)keep_program_keep(s, *at == '|' || *program != '|' ? program : program + 1);
		}
		if (n < KEEP_LITERAL_MAX)
			file_name(s, at, n);
	}
}

static int run(const struct keep_file *f, void **state, struct err *err)
{
	if (!*state)
		*state = state_new(f->k->index);
	CLEANUP_KEEP_SCRIPT_SOURCE struct keep_script_source s;
	keep_script_source_read(&s, f, NULL);
	if (strcmp(f->info->name, "pkgIndex.tcl") != 0) /* Tcl reads all that it finds */
		words(*state, &s);
	return 0;
}

static void free_state(void *state)
{
	struct packages *p = state;
	strset_done(&p->names);
	free(p->items);
	keep_name_index_done(&p->modules);
	free(p);
}

const struct keep_closure keep_closure_tcl = {
    .name = "tcl", .level = KEEP_CLOSURE, .applies = applies, .run = run, .free_state = free_state};
