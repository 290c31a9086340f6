/* Directories of a program's own that a kept file names: an ELF program or library, a .NET assembly, a script, or a
 * configuration file that a run read. Their files are opened by computed names on some branch. They stay as far as
 * keep/trees/trees.h has room. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "formats/elf_content.h"
#include "formats/elf_object.h"
#include "keep/closure/closure.h"
#include "keep/source/path_texts.h"
#include "keep/trees/trees.h"
#include "keep/words.h"

#define MAX_ASSEMBLY (64u << 20) /* bytes that are looked at */
#define MAX_TEXT (1u << 20)

static bool is_elf(const struct keep_file *f)
{
	return elf_object_kind_of((const unsigned char *)f->head, f->n) != 0;
}

static bool is_assembly(const struct keep_file *f)
{
	return f->n > 2 && memcmp(f->head, "MZ", 2) == 0;
}

static bool is_configuration(const struct keep_file *f)
{
	static const char *const endings[] = {".conf", ".cfg",  ".cnf", ".config", ".ini", ".properties",
					      ".xml",  ".yaml", ".yml", ".toml",   ".json"};
	const char *ending = strrchr(f->info->name, '.');
	uint32_t top = f->node;
	while (image_index_node(f->k->index, top)->parent)
		top = image_index_node(f->k->index, top)->parent;
	return strcmp(image_index_node(f->k->index, top)->name, "etc") == 0 ||
	       (ending && KEEP_WORDS_HAVE(endings, ending));
}

static bool is_read_configuration(const struct keep_file *f)
{
	return f->k->reasons[f->node].kind == KEEP_TRACE && !memchr(f->head, '\0', f->n) && is_configuration(f);
}

static bool applies(const struct keep_file *f)
{
	return f->k->trees &&
	       (is_elf(f) || is_assembly(f) || (f->n > 2 && memcmp(f->head, "#!", 2) == 0) || is_read_configuration(f));
}

struct state {
	struct keep_path_texts *texts;
	bool *seen; /* by node: what is named once is done */
};

struct search {
	const struct keep_file *f;
	struct state *s;
};

static void on_node(void *ctx, uint32_t node)
{
	const struct search *c = ctx;
	const struct image_node *n = image_index_node(c->f->k->index, node);
	if (c->s->seen[node])
		return;
	c->s->seen[node] = true;
	keep_trees_name(c->f->k, c->f->k->trees, S_ISDIR(n->mode) ? node : n->parent, c->f->node);
}

static void on_bytes(void *ctx, const char *data, size_t n)
{
	const struct search *c = ctx;
	keep_path_texts_in(c->s->texts, data, n, on_node, ctx);
}

/* Comments name what another system has. */
static void blank_comments(struct buf *text)
{
	for (char *line = text->data, *end = text->data + text->len; line < end;) {
		char *stop = memchr(line, '\n', (size_t)(end - line));
		size_t n = (size_t)((stop ? stop : end) - line);
		if (line[strspn(line, " \t")] == '#')
			memset(line, ' ', n);
		line += n + 1;
	}
}

static int run(const struct keep_file *f, void **state, struct err *err)
{
	struct state *s = *state;
	if (!s) {
		s = *state = mem_alloc(sizeof(*s));
		*s = (struct state){keep_path_texts_new(f->k->index),
				    mem_calloc(image_index_count(f->k->index), sizeof(*s->seen))};
	}
	struct search c = {f, s};
	if (is_elf(f)) {
		elf_content_read(f->fd, &(struct elf_content){NULL, on_bytes, &c});
		return 0;
	}
	CLEANUP_BUF struct buf text = {0};
	keep_file_bytes(f, is_assembly(f) ? MAX_ASSEMBLY : MAX_TEXT, &text);
	if (!is_assembly(f))
		blank_comments(&text);
	on_bytes(&c, text.data, text.len);
	return 0;
}

static void free_state(void *state)
{
	struct state *s = state;
	keep_path_texts_free(s->texts);
	free(s->seen);
	free(s);
}

const struct keep_closure keep_closure_trees = {
    .name = "trees", .level = KEEP_SAFE, .by_content = true, .applies = applies, .run = run, .free_state = free_state};
