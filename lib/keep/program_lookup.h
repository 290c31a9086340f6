/* keep/program_lookup.h - looks up whole paths and programs in the image. */
#pragma once

#include "base/buf.h"
#include "keep/set.h"

/* As keep_path, following, but nothing is kept unless the whole path is there. */
uint32_t keep_lookup_path(struct keep_set *k, const char *path, struct keep_reason why);
/* keep_mention of what the path leads to. */
void keep_mention_path(struct keep_set *k, const char *path, struct keep_reason why);

/* Whether a node is an executable file or a symlink in a directory of programs, one named bin or sbin. */
bool keep_lookup_is_program(const struct image_index *x, uint32_t node);

/* Finds the program that execvp would run: an absolute name, else the first executable file in the directories of
 * search (colon-separated, NULL = OCI_DEFAULT_PATH). Its path goes to path; false if it is not found. */
bool keep_lookup_find_program(const struct image_index *x, const char *name, const char *search, struct buf *path);
/* The same, and keeps it; IMAGE_NONE if it is not found. */
uint32_t keep_lookup_program(struct keep_set *k, const char *name, const char *search, struct keep_reason why);
