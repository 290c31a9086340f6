/* Programs that a compiled program or library names and that are of a package which its own package depends on: Octave
 * has "makeinfo" and depends on texinfo, a plugin of Nagios has "/bin/ps" and depends on procps. A name alone stands by
 * chance in many a text; with the dependency it is meant. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "formats/elf_content.h"
#include "formats/elf_object.h"
#include "keep/closure/closure.h"
#include "keep/program_lookup.h"
#include "keep/source/program_texts.h"
#include "keep/trees/trees.h"
#include "keep/words.h"
#include "packages/relations.h"

#define MIN_NAME 2
#define MAX_NAME 64
#define MAX_TEXT 4096 /* bytes of a text whose first word is looked at */

struct state {
	struct packages_relations relations;
	struct strset names; /* of programs */
	uint32_t *nodes;     /* by id in names */
	size_t cap;
};

static bool applies(const struct keep_file *f)
{
	const struct packages *p = f->k->trees ? f->k->trees->packages : NULL;
	return p && p->count && p->owner[f->node] != PACKAGES_NONE &&
	       elf_object_kind_of((const unsigned char *)f->head, f->n) != 0;
}

/* Whether programs of other packages may be meant: not those that every system has, nor those that the scripts of the
 * package manager need. */
static bool serves_programs(const struct package *p)
{
	static const char *const installers[] = {"adduser", "debconf", "dpkg",        "init-system-helpers",
						 "login",   "passwd",  "lsb-release", "shadow",
						 "systemd", "ucf"};
	return !p->essential && !KEEP_WORDS_HAVE(installers, p->name);
}

static struct state *state_new(const struct image_index *x, const struct packages *p)
{
	struct state *s = mem_alloc(sizeof(*s));
	*s = (struct state){0};
	packages_relations_init(&s->relations, p);
	for (uint32_t id = 0; id < image_index_count(x); id++) {
		bool added;
		const char *name = image_index_node(x, id)->name;
		if (p->owner[id] == PACKAGES_NONE || !serves_programs(&p->items[p->owner[id]]) ||
		    !keep_lookup_is_program(x, id) || keep_programs_is_interpreter(name))
			continue;
		size_t i = strset_add_len(&s->names, name, strlen(name), &added);
		if (!added)
			continue;
		s->nodes = mem_grow(s->nodes, i, &s->cap, sizeof(*s->nodes));
		s->nodes[i] = id;
	}
	return s;
}

static bool depends(const struct state *s, uint32_t package, uint32_t on)
{
	for (int kind = PACKAGES_NEEDS; kind <= PACKAGES_WANTS; kind++) {
		size_t n;
		const uint32_t *others =
		    packages_relations_of(&s->relations, package, (enum packages_relation)kind, &n);
		for (size_t i = 0; i < n; i++)
			if (others[i] == on)
				return true;
	}
	return false;
}

struct search {
	const struct keep_file *f;
	const struct state *s;
};

/* Finds the name of the program with which a text begins, with or without its directory; 0 = the text does not begin
 * with a program. */
static size_t first_word(const char *text, size_t n, const char **name)
{
	size_t word = 0;
	while (word < n && (isalnum((unsigned char)text[word]) || strchr("/._+-", text[word])))
		word++;
	if (word < n && text[word] != ' ')
		return 0;
	*name = *text == '/' ? (const char *)memrchr(text, '/', word) + 1 : text;
	word -= (size_t)(*name - text);
	return word >= MIN_NAME && word <= MAX_NAME ? word : 0;
}

static void on_text(const struct search *c, const char *text, size_t n)
{
	const struct packages *p = c->f->k->trees->packages;
	const char *name;
	size_t len = first_word(text, n, &name);
	size_t id = len ? strset_find_len(&c->s->names, name, len) : STRSET_NONE;
	if (id == STRSET_NONE || !depends(c->s, p->owner[c->f->node], p->owner[c->s->nodes[id]]))
		return;
	CLEANUP_BUF struct buf path = {0};
	image_index_path(c->f->k->index, c->s->nodes[id], &path);
	(void)keep_path(c->f->k, path.data, true,
			KEEP_WHY_NOTED(KEEP_COMMAND, c->f->node, keep_note(c->f->k, strset_get(&c->s->names, id))));
}

/* All that stands between two NULs. */
static void on_bytes(void *ctx, const char *data, size_t n)
{
	for (const char *p = data, *end = data + n; p < end;) {
		size_t len = strnlen(p, (size_t)(end - p));
		if (len >= MIN_NAME && len <= MAX_TEXT)
			on_text(ctx, p, len);
		p += len + 1;
	}
}

static int run(const struct keep_file *f, void **state, struct err *err)
{
	(void)err;
	if (!*state)
		*state = state_new(f->k->index, f->k->trees->packages);
	elf_content_read(f->fd, &(struct elf_content){NULL, on_bytes, &(struct search){f, *state}});
	return 0;
}

static void free_state(void *state)
{
	struct state *s = state;
	packages_relations_done(&s->relations);
	strset_done(&s->names);
	free(s->nodes);
	free(s);
}

const struct keep_closure keep_closure_depended = {.name = "depended",
						   .level = KEEP_SAFE,
						   .by_content = true,
						   .applies = applies,
						   .run = run,
						   .free_state = free_state};
