/* The interpreter and the needed libraries of an ELF program or shared object, found as ld.so finds them (ld.so(8),
 * "Rules"); from "closure" on also those that it may open by name. LD_LIBRARY_PATH is left to the run: the libraries
 * that it led to are in the trace. DT_RPATH (without DT_RUNPATH) also serves the objects that this object loads, down
 * the chain; for musl both do. */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "formats/elf_object.h"
#include "keep/closure/closure.h"
#include "keep/loader/dlopen_names.h"
#include "keep/loader/elf_search.h"
#include "keep/program_lookup.h"

static bool applies(const struct keep_file *f)
{
	return elf_object_kind_of((const unsigned char *)f->head, f->n) != 0;
}

struct loader {
	struct keep_set *k;
	struct keep_elf_search *search;
	uint32_t *seen; /* objects that were given an inherited DT_RPATH, at most LIMIT_ELF_NEEDED */
	size_t n_seen, cap;
};

static bool see(struct loader *l, uint32_t node)
{
	for (size_t i = 0; i < l->n_seen; i++)
		if (l->seen[i] == node)
			return false;
	if (l->n_seen == LIMIT_ELF_NEEDED)
		return false;
	l->seen = mem_grow(l->seen, l->n_seen, &l->cap, sizeof(*l->seen));
	l->seen[l->n_seen++] = node;
	return true;
}

static bool is_musl(const struct elf_object *e)
{
	if (e->interp && strstr(e->interp, "/ld-musl-"))
		return true;
	for (size_t i = 0; i < e->needed.count; i++)
		if (strncmp(e->needed.items[i], "libc.musl-", 10) == 0)
			return true;
	return false;
}

/* The library as the loader would name it; false if the image has none. */
static bool find(struct loader *l, const struct elf_object *e, const struct keep_elf_dirs *own, const char *name,
		 char **path, const char **config)
{
	bool musl = is_musl(e);
	if (strchr(name, '/')) {
		*config = NULL;
		if (*name != '/' || !keep_elf_search_fits(l->search, e->kind, name))
			return false;
		*path = mem_strdup(name);
		return true;
	}
	return keep_elf_search_find(l->search, e->kind, own, name, path, config) ||
	       keep_elf_search_find(l->search, e->kind, keep_elf_search_system(l->search, e->kind, musl), name, path,
				    config) ||
	       keep_elf_search_find(l->search, e->kind, keep_elf_search_system(l->search, e->kind, !musl), name, path,
				    config);
}

static int load(struct loader *l, uint32_t node, int fd, const struct keep_elf_dirs *inherited, unsigned depth,
		struct err *err);

/* The library is examined again by the work list; here only for what the chain of DT_RPATH adds. */
static int pass_on(struct loader *l, uint32_t library, const struct keep_elf_dirs *rpath, unsigned depth,
		   struct err *err)
{
	if (!rpath->count || depth >= LIMIT_ELF_DEPTH || !see(l, library))
		return 0;
	CLEANUP_FD int fd = image_index_open(l->k->index, library, err);
	return fd < 0 ? fd : load(l, library, fd, rpath, depth + 1, err);
}

/* Each version of a library in the directories of the system. start: its name up to the version. */
static void keep_versions(struct loader *l, const struct elf_object *e, const char *start, struct keep_reason why)
{
	const struct image_index *x = l->k->index;
	const struct keep_elf_dirs *dirs = keep_elf_search_system(l->search, e->kind, is_musl(e));
	for (size_t i = 0; i < dirs->count; i++) {
		const struct image_node *d = image_index_node(x, dirs->items[i].node);
		for (uint32_t j = 0; j < d->n_children; j++) {
			const char *name = image_index_node(x, d->first_child + j)->name;
			CLEANUP_FREE char *path = mem_printf("%s/%s", dirs->items[i].path, name);
			if (strncmp(name, start, strlen(start)) == 0 && keep_elf_search_fits(l->search, e->kind, path))
				(void)keep_path(l->k, path, true, why);
		}
	}
}

/* Keep the libraries that the object may open by name, if the image has them. */
static void keep_opened(struct loader *l, uint32_t node, int fd, const struct elf_object *e,
			const struct keep_elf_dirs *own)
{
	CLEANUP_STRSET struct strset names = {0};
	keep_dlopen_names(fd, &names);
	for (size_t i = 0; i < names.count; i++) {
		CLEANUP_FREE char *path = NULL;
		const char *config, *name = strset_get(&names, i);
		struct keep_reason why = KEEP_WHY_NOTED(KEEP_LIBRARY, node, keep_note(l->k, "dlopen"));
		if (name[strlen(name) - 1] == '.') {
			keep_versions(l, e, name, why);
			continue;
		}
		if (!find(l, e, own, name, &path, &config))
			continue;
		if (keep_dlopen_is_optional(name)) {
			keep_mention_path(l->k, path, why);
			continue;
		}
		(void)keep_path(l->k, path, true, why);
		if (config)
			(void)keep_lookup_path(l->k, config, why);
	}
}

static int load(struct loader *l, uint32_t node, int fd, const struct keep_elf_dirs *inherited, unsigned depth,
		struct err *err)
{
	CLEANUP_ELF_OBJECT struct elf_object e;
	if (!elf_object_read(fd, &e))
		return 0;
	if (e.interp && *e.interp == '/')
		(void)keep_lookup_path(l->k, e.interp, KEEP_WHY(KEEP_INTERPRETER, node)); /* absent: nothing to keep */

	CLEANUP_BUF struct buf origin = {0};
	image_index_path(l->k->index, image_index_node(l->k->index, node)->parent, &origin);
	CLEANUP_KEEP_ELF_DIRS struct keep_elf_dirs runpath = {0}, rpath = {0};
	bool own_only = e.runpath && !is_musl(&e);
	const char *text = e.runpath ? e.runpath : e.rpath;
	if (text)
		keep_elf_search_path(l->search, e.kind, text, origin.data, own_only ? &runpath : &rpath);
	keep_elf_dirs_extend(&rpath, inherited);

	for (size_t i = 0; i < e.needed.count; i++) {
		CLEANUP_FREE char *path = NULL;
		const char *config;
		if (!find(l, &e, own_only ? &runpath : &rpath, e.needed.items[i], &path, &config))
			continue;
		uint32_t library = keep_path(l->k, path, true, KEEP_WHY(KEEP_LIBRARY, node));
		if (config)
			(void)keep_lookup_path(l->k, config, KEEP_WHY(KEEP_LIBRARY, node));
		int r = pass_on(l, library, &rpath, depth, err);
		if (r < 0)
			return r;
	}
	if (l->k->level >= KEEP_CLOSURE)
		keep_opened(l, node, fd, &e, own_only ? &runpath : &rpath);
	return 0;
}

static int run(const struct keep_file *f, void **state, struct err *err)
{
	if (!*state)
		*state = keep_elf_search_new(f->k->index);
	struct loader l = {.k = f->k, .search = *state};
	const struct keep_elf_dirs none = {0};
	int r = load(&l, f->node, f->fd, &none, 0, err);
	free(l.seen);
	return r;
}

static void free_state(void *state)
{
	keep_elf_search_free(state);
}

const struct keep_closure keep_closure_elf = {
    .name = "elf", .starts = true, .applies = applies, .run = run, .free_state = free_state};
