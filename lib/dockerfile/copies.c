#include "dockerfile/copies.h"

#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "dockerfile/quote.h"

#define PATTERN_FILES 3 /* fewer files are listed by name */
#define PATTERNS 16     /* suffixes that are tried in one directory */
#define WIDTH 100       /* columns of a line */

struct copying {
	const struct dockerfile_carriers *c;
	const char *from;
	struct buf *out;
	size_t stages, copies; /* copies: in the last stage */
};

static char *stage_name(size_t number)
{
	return number > 1 ? mem_printf("files%zu", number) : mem_strdup("files");
}

static void begin_stage(struct copying *k)
{
	CLEANUP_FREE char *before = stage_name(k->stages);
	CLEANUP_FREE char *name = stage_name(++k->stages);
	buf_printf(k->out, "%sFROM scratch AS %s\n", k->stages > 1 ? "\n" : "", name);
	k->copies = 0;
	if (k->stages > 1) {
		buf_printf(k->out, "COPY --from=%s / /\n", before);
		k->copies++;
	}
}

static void add_copy(struct copying *k, const struct strlist *words)
{
	if (!k->stages || k->copies == DOCKERFILE_STAGE_COPIES)
		begin_stage(k);
	buf_printf(k->out, "COPY --from=%s", k->from);
	dockerfile_words(k->out, words, WIDTH);
	buf_char(k->out, '\n');
	k->copies++;
}

static void add_path(const struct copying *k, uint32_t node, struct strlist *words)
{
	CLEANUP_BUF struct buf path = {0};
	image_index_path(k->c->keep->index, node, &path);
	if (node && S_ISDIR(image_index_node(k->c->keep->index, node)->mode))
		buf_char(&path, '/');
	strlist_take(words, buf_steal(&path));
}

static void copy_tree(struct copying *k, uint32_t dir)
{
	CLEANUP_STRLIST struct strlist words = {0};
	add_path(k, dir, &words);
	add_path(k, dir, &words);
	add_copy(k, &words);
}

/* ".py" for "x.py"; NULL = no pattern can be made of the name. */
static const char *suffix_of(const char *name)
{
	const char *dot = strrchr(name, '.');
	return dot && dot != name && dot[1] ? dot : NULL;
}

/* Returns whether several entries have the suffix, and all of them are files that are copied. */
static bool is_whole_suffix(const struct copying *k, const struct image_node *dir, const char *suffix)
{
	size_t files = 0;
	for (uint32_t i = 0; i < dir->n_children; i++) {
		const char *its = suffix_of(image_index_node(k->c->keep->index, dir->first_child + i)->name);
		if (!its || strcmp(its, suffix) != 0)
			continue;
		if (k->c->copies[dir->first_child + i] != DOCKERFILE_FILE)
			return false;
		files++;
	}
	return files >= PATTERN_FILES;
}

/* Finds suffixes whose files are all copied. */
static void find_suffixes(const struct copying *k, const struct image_node *dir, struct strlist *whole)
{
	CLEANUP_STRLIST struct strlist seen = {0};
	for (uint32_t i = 0; i < dir->n_children && seen.count < PATTERNS; i++) {
		const char *suffix = suffix_of(image_index_node(k->c->keep->index, dir->first_child + i)->name);
		if (!suffix || strlist_has(&seen, suffix))
			continue;
		strlist_add(&seen, suffix);
		if (is_whole_suffix(k, dir, suffix))
			strlist_add(whole, suffix);
	}
}

/* Lists the copied files of a directory. A pattern takes the place of all files with a suffix. */
static void find_files(const struct copying *k, uint32_t dir, struct strlist *out)
{
	CLEANUP_STRLIST struct strlist suffixes = {0};
	CLEANUP_BUF struct buf path = {0};
	const struct image_node *n = image_index_node(k->c->keep->index, dir);
	find_suffixes(k, n, &suffixes);
	image_index_path(k->c->keep->index, dir, &path);
	for (size_t i = 0; i < suffixes.count; i++)
		strlist_take(out, mem_printf("%s%s*%s", path.data, dir ? "/" : "", suffixes.items[i]));
	for (uint32_t i = 0; i < n->n_children; i++) {
		const char *suffix = suffix_of(image_index_node(k->c->keep->index, n->first_child + i)->name);
		if (k->c->copies[n->first_child + i] == DOCKERFILE_FILE && !(suffix && strlist_has(&suffixes, suffix)))
			add_path(k, n->first_child + i, out);
	}
}

static void copy_files(struct copying *k, uint32_t dir)
{
	CLEANUP_STRLIST struct strlist files = {0};
	find_files(k, dir, &files);
	for (size_t first = 0; first < files.count; first += DOCKERFILE_SOURCES) {
		CLEANUP_STRLIST struct strlist words = {0};
		for (size_t i = first; i < files.count && i < first + DOCKERFILE_SOURCES; i++)
			strlist_add(&words, files.items[i]);
		add_path(k, dir, &words);
		add_copy(k, &words);
	}
}

char *dockerfile_copies(const struct dockerfile_carriers *c, const char *from, struct buf *out)
{
	struct copying k = {.c = c, .from = from, .out = out};
	if (c->tree[0] == 0)
		copy_tree(&k, 0);
	else
		copy_files(&k, 0);
	for (size_t i = 0; i < c->plan.count; i++) {
		uint32_t id = c->plan.items[i].node;
		if (id == 0 || !S_ISDIR(image_index_node(c->keep->index, id)->mode))
			continue;
		if (c->tree[id] == id)
			copy_tree(&k, id);
		else
			copy_files(&k, id);
	}
	return k.stages ? stage_name(k.stages) : NULL;
}
