/* inspect/list.h - the entries of one layer, as its tar lists them, with a checksum of each file's content.
 * Spec: image-spec 1.1 layer.md (changesets, whiteouts). All zero is an empty list. Not thread-safe. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/textpool.h"
#include "inspect/content.h"
#include "layer/codec.h"

enum inspect_kind {
	INSPECT_FILE,
	INSPECT_DIRECTORY,
	INSPECT_SYMLINK,
	INSPECT_HARDLINK, /* another name of a file */
	INSPECT_SPECIAL,  /* a device, fifo or socket */
	INSPECT_WHITEOUT, /* removes the path from the layers below */
	INSPECT_OPAQUE,   /* removes the content of the directory from the layers below */
};

struct inspect_entry {
	const char *path;   /* absolute; "/" is the root */
	const char *target; /* of a symlink as written; of a hard link an absolute path; else NULL */
	uint64_t bytes;     /* of a file's content */
	uint64_t crc;       /* of a file's content, see image_tree_check_crc; of a device its number */
	int64_t mtime;      /* seconds */
	uint32_t uid, gid;
	uint16_t mode;  /* type and permission bits, as st_mode */
	uint8_t kind;   /* enum inspect_kind */
	uint32_t order; /* in the tar */
};

struct inspect_list {
	struct inspect_entry *items; /* in path order (inspect_path_order) once it was read, each path once */
	size_t count, cap;
	struct textpool texts;
	uint8_t (*sums)[SHA256_SIZE]; /* by an entry's order, see inspect_list_sum; NULL = not asked for */
	size_t n_sums, sums_cap;
	struct oci_digest diff_id;
	uint64_t tar_size; /* bytes; 0 = not known */
	size_t place;      /* number by which the watch knows the layer */
};

/* Sees the content of files while a list is read. Calls for different layers come from different threads. */
struct inspect_watch {
	bool sums;  /* also make a digest of each file's content */
	size_t max; /* bytes; larger files are not taken */
	/* layer: the place of its list. NULL = no file is taken. */
	bool (*wants)(void *ctx, size_t layer, const struct inspect_entry *e);
	void (*take)(void *ctx, size_t layer, const struct inspect_entry *e, const char *data, size_t n);
	/* May be NULL. Sees every file, of any size, in parts from its first byte to its last, before it is taken.
	 * Holes are left out. */
	void (*part)(void *ctx, size_t layer, const struct inspect_entry *e, uint64_t offset, const char *data,
		     size_t n);
	void *ctx;
};

/* Compares paths so that all that is below a directory follows it at once: "/" sorts before every other byte. */
int inspect_path_order(const char *a, const char *b);
/* Tells whether path lies below the directory dir, both absolute. */
bool inspect_path_is_below(const char *path, const char *dir);

/* Reads a layer's tar, which may be compressed, to its end. Takes tar over. d: the digests of what was read.
 * watch may be NULL. */
int inspect_list_read(struct io_reader tar, size_t layer, const struct inspect_watch *watch, struct inspect_list *out,
		      struct layer_digests *d, struct err *err) MUST_CHECK;
/* Reads a layer that lies unpacked in the form of overlayfs (image/layers.h). root: an fd of its directory. */
int inspect_list_walk(int root, size_t layer, const struct inspect_watch *watch, struct inspect_list *out,
		      struct err *err) MUST_CHECK;
/* The digest of a file's content (inspect/content.h), NULL if the watch did not ask for it. e: of l, INSPECT_FILE. */
const uint8_t *inspect_list_sum(const struct inspect_list *l, const struct inspect_entry *e);
/* The entry of the path that is not a whiteout or opaque mark; NULL if there is none. */
const struct inspect_entry *inspect_list_find(const struct inspect_list *l, const char *path);
void inspect_list_done(struct inspect_list *l);
#define CLEANUP_INSPECT_LIST CLEANUP(inspect_list_done)

/* For list*.c. Adds an entry; path (n bytes) is relative, as in a tar. The returned entry is valid until the next. */
struct inspect_entry *inspect_list_add(struct inspect_list *l, enum inspect_kind kind, const char *path, size_t n);
/* Ends the digest of the file e that was added last. */
void inspect_list_add_sum(struct inspect_list *l, const struct inspect_entry *e, struct inspect_content *c);
/* Sorts; of several entries of one path and kind of change the last one stays, as in a tar. */
void inspect_list_sort(struct inspect_list *l);
