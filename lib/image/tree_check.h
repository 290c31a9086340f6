/* image/tree_check.h - a checksum of an unpacked layer. It is computed while the layer is unpacked, and later again
 * from the files on the disk.
 * Shape: a sum over its entries, in any order. Directories count with name, mode, owner and time; files with content,
 * mode, owner and time, and separately with their names; symlinks with name and target; others with the name. No
 * xattrs.
 * It finds accidental damage (CRC-64 of contents). It does not protect against somebody who may write to the store. A
 * layer with a duplicate entry, a hard link out of the layer or a sparse file has no check, since such an entry would
 * have to be subtracted or read again. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/err.h"

#define IMAGE_TREE_CHECK_SIZE 33 /* hex digits and the NUL */

struct image_tree_check {
	uint64_t names, contents;
	bool lost; /* it can't be said */
};

/* Of a file's content, block by block; begins with 0. */
uint64_t image_tree_check_crc(uint64_t crc, const void *data, size_t n);
/* A regular file, once for all of its names. */
void image_tree_check_file(struct image_tree_check *c, uint64_t crc, uint64_t size, const struct stat *st);
/* Any entry but the root; target: of a symlink, else NULL. Of st directories' type, mode, owner and time count, of
 * others the type. */
void image_tree_check_name(struct image_tree_check *c, const char *path, const char *target, const struct stat *st);
/* "" when it was lost. */
void image_tree_check_text(const struct image_tree_check *c, char out[static IMAGE_TREE_CHECK_SIZE]);

/* What lies in an unpacked layer. */
struct image_tree_measure {
	struct image_tree_check check;
	uint64_t bytes, files; /* as of struct image_layer */
};
/* Reads all of it. Errors name the path. stop is asked between blocks, negative ends it; may be NULL. */
int image_tree_measure(int root, int (*stop)(void *ctx, struct err *err), void *ctx, struct image_tree_measure *out,
		       struct err *err) MUST_CHECK;
