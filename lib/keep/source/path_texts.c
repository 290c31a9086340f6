#include "keep/source/path_texts.h"

#include <ctype.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "formats/text_search.h"
#include "keep/tree.h"

#define MAX_TEXT 512 /* bytes of a path that are looked at */
#define MIN_GLUED 3  /* of a component that something is glued to */

struct keep_path_texts {
	const struct image_index *index;
	struct strset starts; /* of paths; first those in UTF-16LE */
	size_t n_wide;
	struct text_search *search;
};

static void add_wide(struct keep_path_texts *p, const char *start)
{
	CLEANUP_BUF struct buf b = {0};
	for (; *start; start++)
		buf_append(&b, (const char[]){*start, '\0'}, 2);
	(void)strset_add_len(&p->starts, b.data, b.len, NULL);
}

/* "/opt/" is too short to be searched for. */
static void add_opt(struct keep_path_texts *p)
{
	uint32_t opt = image_index_resolve(p->index, "/opt", true, NULL, NULL);
	const struct image_node *n = opt == IMAGE_NONE ? NULL : image_index_node(p->index, opt);
	for (uint32_t i = 0; n && i < n->n_children; i++) {
		CLEANUP_BUF struct buf path = {0};
		buf_printf(&path, "/opt/%s", image_index_node(p->index, n->first_child + i)->name);
		if (path.len >= KEEP_TEXT_MIN)
			(void)strset_add(&p->starts, path.data);
	}
}

struct keep_path_texts *keep_path_texts_new(const struct image_index *x)
{
	static const char *const wide[] = {"/usr/", "/opt/", "/var/"};
	static const char *const narrow[] = {"/usr/share/", "/usr/lib", "/usr/local/", "/var/lib/", "/var/games/"};
	struct keep_path_texts *p = mem_alloc(sizeof(*p));
	*p = (struct keep_path_texts){.index = x};
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		add_wide(p, wide[i]);
	p->n_wide = p->starts.count;
	for (size_t i = 0; i < sizeof(narrow) / sizeof(narrow[0]); i++)
		(void)strset_add(&p->starts, narrow[i]);
	add_opt(p);
	p->search = text_search_new(&p->starts);
	return p;
}

void keep_path_texts_free(struct keep_path_texts *p)
{
	if (!p)
		return;
	text_search_free(p->search);
	strset_done(&p->starts);
	free(p);
}

static bool is_path(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("/_.+-@~=#", c));
}

/* The child of that name; if another text is glued to the name, the one with the longest part of it. */
static uint32_t child(const struct image_index *x, uint32_t dir, const char *name, size_t n, bool glued)
{
	uint32_t id = keep_tree_child(x, dir, name, n);
	while (glued && id == IMAGE_NONE && n > MIN_GLUED)
		id = keep_tree_child(x, dir, name, --n);
	return id;
}

/* The last node on the way that is there. */
static uint32_t walk(const struct image_index *x, const char *text, size_t n, bool glued)
{
	uint32_t at = 0;
	for (size_t i = 0, len; i < n; i += len) {
		while (i < n && text[i] == '/')
			i++;
		for (len = 0; i + len < n && text[i + len] != '/';)
			len++;
		uint32_t id = len && len <= LIMIT_NAME ? child(x, at, text + i, len, glued) : IMAGE_NONE;
		if (id == IMAGE_NONE)
			break;
		at = id;
	}
	return at;
}

struct finder {
	const struct keep_path_texts *p;
	const char *data;
	size_t n;
	void (*found)(void *ctx, uint32_t node);
	void *ctx;
};

static void on_start(void *ctx, size_t id, size_t at)
{
	const struct finder *f = ctx;
	const char *s = f->data + at, *end = f->data + f->n;
	char text[MAX_TEXT];
	bool wide = id < f->p->n_wide;
	size_t n = 0, step = wide ? 2 : 1;
	for (; n < MAX_TEXT && (size_t)(end - s) >= step && is_path(*s) && !(wide && s[1]); s += step)
		text[n++] = *s;
	uint32_t node = walk(f->p->index, text, n, !wide && at && isalnum((unsigned char)f->data[at - 1]));
	if (node)
		f->found(f->ctx, node);
}

void keep_path_texts_in(const struct keep_path_texts *p, const char *data, size_t n,
			void (*found)(void *ctx, uint32_t node), void *ctx)
{
	text_search_run(p->search, data, n, on_start, &(struct finder){p, data, n, found, ctx});
}
