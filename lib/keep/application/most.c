#include "keep/application/most.h"

#include <stdlib.h>
#include <string.h>

#include "base/idmap.h"
#include "base/mem.h"
#include "formats/elf_object.h"
#include "keep/application/languages.h"
#include "keep/application/leftovers.h"
#include "keep/application/runtime_tree.h"
#include "keep/application/used.h"
#include "keep/build_tools.h"
#include "keep/documentation.h"
#include "keep/words.h"
#include "os/fd.h"

struct most {
	struct keep_set *k;
	const struct image_index *x;
	const struct packages *packages;
	struct keep_used used;
	bool *left_out;           /* by package */
	struct idmap kinds;       /* of the ELF objects that runs used */
	struct strset *languages; /* of the configuration */
	struct buf path;          /* of the directory that is looked at */
};

/* ---- packages ---- */

static void learn_packages(struct most *m)
{
	const struct packages *p = m->packages;
	m->left_out = mem_calloc(p->count, sizeof(*m->left_out));
	for (size_t i = 0; i < p->count; i++)
		m->left_out[i] = keep_build_tools_are(&p->items[i]);
	for (uint32_t id = 0; p->count && id < image_index_count(m->x); id++)
		if (p->owner[id] != PACKAGES_NONE && m->k->reasons[id].kind == KEEP_TRACE &&
		    S_ISREG(image_index_node(m->x, id)->mode))
			m->left_out[p->owner[id]] = false;
}

/* ---- architectures ---- */

/* 0 for all but programs and libraries: boot code and the like is data, of whatever architecture. */
static elf_object_kind kind_of(const struct image_index *x, uint32_t id)
{
	enum { TYPE = 16, ET_SHARED = 3 }; /* e_type of position-independent programs, too */
	unsigned char head[ELF_OBJECT_HEAD];
	CLEANUP_FD int fd = image_index_node(x, id)->size < sizeof(head) ? -1 : image_index_open(x, id, NULL);
	if (fd < 0 || pread(fd, head, sizeof(head), 0) != sizeof(head))
		return 0;
	elf_object_kind kind = elf_object_kind_of(head, sizeof(head));
	return head[TYPE] + head[TYPE + 1] == ET_SHARED ? kind : 0;
}

static void learn_kinds(struct most *m)
{
	for (uint32_t id = 0; id < image_index_count(m->x); id++) {
		if (!S_ISREG(image_index_node(m->x, id)->mode) || m->k->reasons[id].kind != KEEP_TRACE)
			continue;
		elf_object_kind kind = kind_of(m->x, id);
		if (kind)
			(void)idmap_add(&m->kinds, 0, kind);
	}
}

static bool is_foreign(const struct most *m, uint32_t id)
{
	elf_object_kind kind = m->kinds.count ? kind_of(m->x, id) : 0;
	return kind && !idmap_find(&m->kinds, 0, kind);
}

/* ---- the walk ---- */

/* Of a directory whose path is m->path. */
static bool is_outside(const struct most *m, uint32_t dir, bool content)
{
	static const char *const headers[] = {"/usr/include", "/usr/local/include", "/usr/lib/debug"};
	const char *path = m->path.len ? m->path.data : "/";
	bool used = m->used.below[dir];
	if (m->packages->database[dir] || keep_leftover_place(path) || keep_documentation_is(path))
		return true;
	enum keep_leftover left = content ? KEEP_LEFTOVER_NONE : keep_leftover_directory(m->x, dir);
	if (left == KEEP_LEFTOVER_ALWAYS)
		return true;
	return !used && (left == KEEP_LEFTOVER_UNUSED || KEEP_WORDS_HAVE(headers, path) ||
			 keep_languages_is_other(m->languages, path) || keep_runtime_tree_builds(m->x, dir));
}

static bool is_for_compilers(const char *name)
{
	static const char *const endings[] = {".h", ".hh", ".hpp", ".hxx", ".a", ".la", ".o"};
	const char *dot = strrchr(name, '.');
	return dot && dot != name && KEEP_WORDS_HAVE(endings, dot);
}

static bool is_loose_tool(const struct most *m, const struct image_node *n)
{
	const char *dir = image_index_node(m->x, n->parent)->name;
	return (n->mode & 0111) && (strcmp(dir, "bin") == 0 || strcmp(dir, "sbin") == 0) &&
	       keep_build_tools_have_program(n->name);
}

static bool stays(const struct most *m, uint32_t id, bool content)
{
	const struct image_node *n = image_index_node(m->x, id);
	uint32_t owner = m->packages->owner[id];
	if (owner != PACKAGES_NONE && m->left_out[owner])
		return false;
	if (n->target) { /* one that leads somewhere stays with it; others are for what is there at run time */
		CLEANUP_BUF struct buf path = {0};
		image_index_path(m->x, id, &path);
		return image_index_resolve(m->x, path.data, true, NULL, NULL) == IMAGE_NONE;
	}
	if (!S_ISREG(n->mode))
		return true;
	return !(owner == PACKAGES_NONE && is_loose_tool(m, n)) &&
	       (content || !is_for_compilers(n->name) || !keep_used_lacks_source(&m->used, n->name)) &&
	       !is_foreign(m, id);
}

/* As deep as the image's paths are, which LIMIT_PATH bounds. */
static void walk(struct most *m, uint32_t dir, bool content)
{
	const struct image_node *d = image_index_node(m->x, dir);
	if (is_outside(m, dir, content))
		return;
	content |= keep_leftover_is_content(d->name);
	size_t len = m->path.len;
	for (uint32_t i = 0; i < d->n_children; i++) {
		uint32_t id = d->first_child + i;
		const struct image_node *n = image_index_node(m->x, id);
		if (S_ISDIR(n->mode)) {
			buf_printf(&m->path, "/%s", n->name);
			walk(m, id, content);
			m->path.len = len;
		} else if (stays(m, id, content)) {
			keep_node(m->k, id, KEEP_WHY(KEEP_REST, IMAGE_NONE));
		}
	}
}

void keep_most_add(struct keep_set *k, const struct packages *packages)
{
	CLEANUP_STRSET struct strset languages = {0};
	struct most m = {.k = k, .x = k->index, .packages = packages, .languages = &languages};
	keep_languages_of(k->config ? &k->config->env : NULL, &languages);
	keep_used_init(&m.used, k);
	learn_packages(&m);
	learn_kinds(&m);
	walk(&m, 0, false);
	keep_used_done(&m.used);
	idmap_done(&m.kinds);
	free(m.left_out);
	buf_done(&m.path);
}
