#include "keep/trees/siblings.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "keep/documentation.h"
#include "keep/left_out.h"
#include "keep/tree.h"
#include "keep/words.h"
#include "text/path.h"

#define MAX_ENDING 16
#define MAX_LOOKS (64u << 20) /* entries of directories that are looked at in all */
#define NOT_DATA (TRACE_EXEC | TRACE_LIST | TRACE_WRITE | TRACE_CREATE | TRACE_REMOVE)

/* Code that closures and rules follow file by file, and translations: those of other programs lie beside them. */
static const char *const code[] = {".py",  ".pyc",  ".pyi",   ".js",      ".mjs", ".cjs", ".jsx",  ".ts",
				   ".tsx", ".node", ".rb",    ".gem",     ".pm",  ".pl",  ".ph",   ".al",
				   ".ix",  ".php",  ".sh",    ".bash",    ".jar", ".jsa", ".jmod", ".war",
				   ".so",  ".dll",  ".class", ".gemspec", ".mo"};

/* NULL = it has none that says what the file is. */
static const char *ending_of(const char *name)
{
	const char *dot = strrchr(name, '.');
	if (!dot || dot == name || !dot[1] || strlen(dot) > MAX_ENDING || KEEP_WORDS_HAVE(code, dot) ||
	    strstr(name, ".so."))
		return NULL;
	for (const char *c = dot + 1; *c; c++)
		if (!isdigit((unsigned char)*c))
			return dot;
	return NULL; /* a version, a section of the manual */
}

/* Whether packages and applications have data there. */
static bool is_for_data(const struct keep_set *k, const struct packages *p, uint32_t dir)
{
	static const char *const system[] = {"/bin",     "/boot",     "/dev",           "/etc",           "/lib",
					     "/lib32",   "/lib64",    "/libx32",        "/proc",          "/run",
					     "/sbin",    "/sys",      "/tmp",           "/mnt",           "/media",
					     "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"};
	CLEANUP_BUF struct buf path = {0};
	image_index_path(k->index, dir, &path);
	if (!dir || keep_documentation_is(path.data) || (p->count && p->database[dir]))
		return false;
	for (size_t i = 0; i < sizeof(system) / sizeof(system[0]); i++)
		if (path_is_below(path.data, system[i]))
			return false;
	for (uint32_t at = dir; at; at = image_index_node(k->index, at)->parent)
		if (keep_tree_is_foreign(image_index_node(k->index, at)))
			return false;
	return !path_is_below(path.data, "/var") || path_is_below(path.data, "/var/lib") ||
	       path_is_below(path.data, "/var/games") || path_is_below(path.data, "/var/www");
}

/* Returns the regular file at the node or at the target of its symlink; IMAGE_NONE if it is not of the group, or
 * stays anyway. */
static uint32_t sibling(const struct keep_set *k, const struct keep_siblings_group *g, uint32_t id)
{
	const struct image_node *n = image_index_node(k->index, id);
	const char *ending = ending_of(n->name);
	if (!ending || strcmp(ending, g->ending) != 0 || keep_has(k, id) || (k->excluded && k->excluded[id]))
		return IMAGE_NONE;
	uint32_t to = keep_tree_child(k->index, g->dir, n->name, strlen(n->name));
	return to != IMAGE_NONE && S_ISREG(image_index_node(k->index, to)->mode) ? to : IMAGE_NONE;
}

static bool weigh(const struct keep_set *k, struct keep_siblings_group *g)
{
	const struct image_node *dir = image_index_node(k->index, g->dir);
	bool any = false;
	for (uint32_t i = 0; i < dir->n_children; i++) {
		uint32_t to = sibling(k, g, dir->first_child + i);
		any |= to != IMAGE_NONE;
		g->bytes += to == IMAGE_NONE || keep_has(k, to) ? 0 : image_index_node(k->index, to)->size;
	}
	return any;
}

/* limit: of bytes, that the group is over; 0 = it is kept. */
static void keep_group(struct keep_set *k, const struct keep_siblings_group *g, uint64_t limit, uint32_t note)
{
	const struct image_node *dir = image_index_node(k->index, g->dir);
	struct keep_reason why = KEEP_WHY_NOTED(KEEP_RULE, g->user, note);
	CLEANUP_STRLIST struct strlist left_out = {0};
	for (uint32_t i = 0; i < dir->n_children; i++) {
		CLEANUP_BUF struct buf path = {0};
		if (sibling(k, g, dir->first_child + i) == IMAGE_NONE)
			continue;
		image_index_path(k->index, dir->first_child + i, &path);
		if (limit)
			strlist_add(&left_out, path.data);
		else
			(void)keep_path(k, path.data, true, why);
	}
	if (limit)
		keep_leave_out_paths(k, &left_out, (struct keep_limit){.bytes = limit}, why);
}

static int by_dir_and_ending(const void *a, const void *b)
{
	const struct keep_siblings_group *x = a, *y = b;
	int c = x->dir != y->dir ? (x->dir > y->dir) - (x->dir < y->dir) : strcmp(x->ending, y->ending);
	return c ? c : (x->user > y->user) - (x->user < y->user);
}

static int by_bytes(const void *a, const void *b)
{
	const struct keep_siblings_group *x = a, *y = b;
	return x->bytes != y->bytes ? (x->bytes > y->bytes) - (x->bytes < y->bytes) : by_dir_and_ending(a, b);
}

/* One for each data file that a run opened. */
static void find(const struct keep_set *k, const struct packages *packages, const struct evidence *e,
		 struct keep_siblings *out)
{
	for (size_t i = 0; i < e->trace->paths.count; i++) {
		uint32_t kinds = e->trace->entries[i].kinds;
		uint32_t id = kinds & TRACE_OPEN && !(kinds & NOT_DATA) ? evidence_way(e, i, true)->node : IMAGE_NONE;
		const struct image_node *n = id == IMAGE_NONE ? NULL : image_index_node(k->index, id);
		const char *ending = n && S_ISREG(n->mode) ? ending_of(n->name) : NULL;
		if (!ending || !is_for_data(k, packages, n->parent))
			continue;
		out->items = mem_grow(out->items, out->count, &out->cap, sizeof(*out->items));
		out->items[out->count++] = (struct keep_siblings_group){n->parent, id, ending, 0, false};
	}
}

/* Each group once, and only if it adds something. */
static void unite(const struct keep_set *k, struct keep_siblings *s)
{
	size_t n = 0;
	uint64_t looks = 0;
	qsort(s->items, s->count, sizeof(*s->items), by_dir_and_ending);
	for (size_t i = 0; i < s->count; i++) {
		struct keep_siblings_group *g = &s->items[i], *before = i ? &s->items[i - 1] : NULL;
		bool same = before && before->dir == g->dir && strcmp(before->ending, g->ending) == 0;
		if (same)
			continue;
		looks += image_index_node(k->index, g->dir)->n_children;
		if (looks <= MAX_LOOKS && weigh(k, g))
			s->items[n++] = *g;
	}
	s->count = n;
	qsort(s->items, s->count, sizeof(*s->items), by_bytes);
}

void keep_siblings_add(struct keep_set *k, const struct packages *packages, const struct evidence *e,
		       struct keep_siblings_limits limits, struct keep_siblings *out)
{
	uint64_t bytes = 0;
	*out = (struct keep_siblings){0};
	find(k, packages, e, out);
	if (out->count)
		unite(k, out);
	uint32_t note = keep_note(k, "siblings");
	for (size_t i = 0; i < out->count; i++) {
		struct keep_siblings_group *g = &out->items[i];
		uint64_t over = g->bytes > limits.group ? limits.group : bytes + g->bytes > limits.sum ? limits.sum : 0;
		g->cut = over > 0;
		bytes += over ? 0 : g->bytes;
		keep_group(k, g, over, note);
	}
}

void keep_siblings_done(struct keep_siblings *s)
{
	free(s->items);
	*s = (struct keep_siblings){0};
}
