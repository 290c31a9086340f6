/* dockerfile/context.h - the files that a build copied from its context into an image: their paths in the context, and
 * whether they are of use. */
#pragma once

#include "dockerfile/needs.h"
#include "dockerfile/steps.h"

struct dockerfile_context_file {
	char *path;    /* in the context; of a step without known sources, the absolute path in the image */
	size_t copied; /* so many bytes of it name what was copied as a whole: a directory, or the file */
	enum dockerfile_need need;
};

#define DOCKERFILE_CONTEXT_MAX 1000000

/* Sorted by path. */
struct dockerfile_context {
	struct dockerfile_context_file *items;
	size_t count, cap;
	bool too_many; /* so that nothing is known */
};

/* needs: by node, enum dockerfile_need. Of a file that was copied twice the more useful copy counts. Reads the steps
 * whose sources are known. A file that a later step changed counts only if it is used: then the build may have made it
 * of the copied one. */
void dockerfile_context_read(const struct dockerfile_steps *steps, const struct image_index *x, const uint8_t *needs,
			     struct dockerfile_context *out);
/* The files that one step copied, by their paths in the image. */
void dockerfile_context_of_step(const struct dockerfile_step *step, const struct image_index *x, const uint8_t *needs,
				struct dockerfile_context *out);
/* Calls visit for each path with this need, never DOCKERFILE_USED. A directory that was copied, or lies in one, takes
 * the place of all its files if it has no used one, and for DOCKERFILE_DROPPED no unused one. No path is empty. */
typedef void dockerfile_context_visit(void *ctx, const char *path, size_t n);
void dockerfile_context_each(const struct dockerfile_context *c, enum dockerfile_need need,
			     dockerfile_context_visit *visit, void *ctx);
void dockerfile_context_done(struct dockerfile_context *c);
#define CLEANUP_DOCKERFILE_CONTEXT CLEANUP(dockerfile_context_done)
