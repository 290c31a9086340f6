/* stack/volumes.h - the volumes of a stack, as directories of the run: nobody else's volumes are touched. Each starts
 * empty; as with Docker, an image's content and owner of the directory is copied into a volume that is empty when a
 * container mounts it. Thread-safe. */
#pragma once

#include "base/err.h"

struct stack_volumes;
/* dir: fd of the directory in which one for all volumes is made, and its path; both are borrowed. */
int stack_volumes_new(int dir, const char *path, struct stack_volumes **out, struct err *err) MUST_CHECK;
/* The absolute path of a volume's directory, which is made; free(). key: any text that names the volume. */
int stack_volumes_path(struct stack_volumes *v, const char *key, char **out, struct err *err) MUST_CHECK;
/* Makes the volume's directory, if it is not there. Copies what the image has at directory target into it, if it is
 * empty and the image has that. root: fd of the mounted image, in which nothing runs; -1 = nothing is copied. */
int stack_volumes_fill(struct stack_volumes *v, const char *key, int root, const char *target,
		       struct err *err) MUST_CHECK;
/* Removes all volumes. Nothing may use them any more. */
int stack_volumes_clear(struct stack_volumes *v, struct err *err) MUST_CHECK;
/* A small file of the run, which stays until its end. */
struct stack_volumes_file {
	unsigned uid, gid, mode;
	const char *text;
};
/* *path: absolute; free(). */
int stack_volumes_add_file(struct stack_volumes *v, const struct stack_volumes_file *file, char **path,
			   struct err *err) MUST_CHECK;
void stack_volumes_free(struct stack_volumes *v); /* the directories stay: they are of the run */
