/* The hard links of a kept program. One that looks at its argv[0] (busybox, git, vi, redis-server) is another
 * program by another name, and a name costs nothing. Symlinks are aliases.c's. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "formats/elf_object.h"
#include "image/file.h"
#include "keep/closure/closure.h"

/* A name that is not its file's only one. */
struct name {
	struct image_file file;
	uint32_t node; /* of the name itself */
};

struct names {
	struct name *items; /* sorted by file */
	size_t count, cap;
};

static int by_file(const void *a, const void *b)
{
	return image_file_compare(((const struct name *)a)->file, ((const struct name *)b)->file);
}

static int by_file_and_node(const void *a, const void *b)
{
	const struct name *x = a, *y = b;
	int c = by_file(a, b);
	return c ? c : (x->node > y->node) - (x->node < y->node);
}

static void add_name(const struct image_index *x, uint32_t node, struct names *out)
{
	const struct image_node *n = image_index_node(x, node);
	if (!S_ISREG(n->mode) || n->nlink < 2 || !(n->mode & 0111))
		return;
	out->items = mem_grow(out->items, out->count, &out->cap, sizeof(*out->items));
	out->items[out->count++] = (struct name){image_file_of(n), node};
}

static struct names *collect(const struct image_index *x)
{
	struct names *names = mem_alloc(sizeof(*names));
	for (uint32_t node = 0; node < image_index_count(x); node++)
		add_name(x, node, names);
	if (names->count)
		qsort(names->items, names->count, sizeof(*names->items), by_file_and_node);
	return names;
}

static bool applies(const struct keep_file *f)
{
	return (f->info->mode & 0111) && (elf_object_kind_of((const unsigned char *)f->head, f->n) ||
					  (f->n > 2 && memcmp(f->head, "#!", 2) == 0));
}

static int run(const struct keep_file *f, void **state, struct err *err)
{
	if (!*state)
		*state = collect(f->k->index);
	const struct names *names = *state;
	if (!names->count)
		return 0;
	const struct name key = {.file = image_file_of(f->info)};
	const struct name *last = names->items + names->count;
	const struct name *n = bsearch(&key, names->items, names->count, sizeof(key), by_file);
	while (n && n > names->items && by_file(n - 1, &key) == 0)
		n--;
	for (; n && n < last && by_file(n, &key) == 0; n++) {
		CLEANUP_BUF struct buf path = {0};
		image_index_path(f->k->index, n->node, &path);
		(void)keep_path(f->k, path.data, true,
				KEEP_WHY_NOTED(KEEP_RULE, f->node, keep_note(f->k, "other-name")));
	}
	return 0;
}

static void free_state(void *state)
{
	struct names *names = state;
	free(names->items);
	free(names);
}

const struct keep_closure keep_closure_names = {
    .name = "names", .unnamed = true, .level = KEEP_CLOSURE, .applies = applies, .run = run, .free_state = free_state};
