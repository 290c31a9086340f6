/* keep/loader/elf_search.h - finds a library where ld.so would: in the directories of an object's own search path, of
 * /etc/ld.so.conf (from which ld.so.cache is made) and of the system. See ld.so(8); for musl its ldso/dynlink.c.
 * Answers come from the image's index alone. */
#pragma once

#include "base/buf.h"
#include "formats/elf_object.h"
#include "image/index.h"

struct keep_elf_dir {
	char *path;         /* as the loader names it: symlinks and ".." not resolved */
	uint32_t node;      /* the directory it leads to */
	const char *config; /* the file without which the loader would not look there; NULL = none */
};

struct keep_elf_dirs {
	struct keep_elf_dir *items;
	size_t count, cap;
};
/* Append if it is a directory of the image and not in the list yet. config is borrowed. */
void keep_elf_dirs_add(struct keep_elf_dirs *d, const struct image_index *x, const char *path, const char *config);
void keep_elf_dirs_extend(struct keep_elf_dirs *d, const struct keep_elf_dirs *more);
void keep_elf_dirs_done(struct keep_elf_dirs *d);
#define CLEANUP_KEEP_ELF_DIRS CLEANUP(keep_elf_dirs_done)

struct keep_elf_search;
struct keep_elf_search *keep_elf_search_new(const struct image_index *x);
void keep_elf_search_free(struct keep_elf_search *s);

/* Append the directories of a DT_RPATH or DT_RUNPATH text: $ORIGIN is the directory origin, $LIB each name that a
 * distribution gives it, $PLATFORM the machine's name. Relative ones are left out. */
void keep_elf_search_path(struct keep_elf_search *s, elf_object_kind kind, const char *text, const char *origin,
			  struct keep_elf_dirs *out);

/* The directories of the system for objects of a kind, in order; borrowed. musl: which loader. */
const struct keep_elf_dirs *keep_elf_search_system(struct keep_elf_search *s, elf_object_kind kind, bool musl);

/* Finds the library of this name for objects of the kind in one of the directories. Sets path (free it) and the file
 * that the loader needs to find it (borrowed, or NULL). False if it is not found. */
bool keep_elf_search_find(struct keep_elf_search *s, elf_object_kind kind, const struct keep_elf_dirs *dirs,
			  const char *name, char **path, const char **config);
/* Whether the path is a file that objects of the kind can load. */
bool keep_elf_search_fits(struct keep_elf_search *s, elf_object_kind kind, const char *path);
