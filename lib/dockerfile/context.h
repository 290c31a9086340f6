/* dockerfile/context.h - the files that a build copied from its context into an image: their paths in the context, and
 * whether they are of use. */
#pragma once

#include "dockerfile/steps.h"
#include "image/index.h"

struct dockerfile_context_file {
	char *path;    /* in the context; of a step that does not tell its sources, the absolute path in the image */
	size_t copied; /* so many bytes of it name what was copied as a whole: a directory, or the file */
	bool used;
};

#define DOCKERFILE_CONTEXT_MAX 1000000

/* Sorted by path. */
struct dockerfile_context {
	struct dockerfile_context_file *items;
	size_t count, cap;
	bool too_many; /* so that nothing is known */
};

/* used: by node. A file that was copied twice is of use if one copy is. Takes in the steps that tell their sources;
 * what is of use and came to the same path later counts as used, as the build may have made it of the copied file. */
void dockerfile_context_read(const struct dockerfile_steps *steps, const struct image_index *x, const bool *used,
			     struct dockerfile_context *out);
/* The files that one step copied, by their paths in the image. */
void dockerfile_context_of_step(const struct dockerfile_step *step, const struct image_index *x, const bool *used,
				struct dockerfile_context *out);
/* Gives each path of which nothing is used: in place of all that is in it a directory that was copied, or lies in one;
 * never an empty path. */
typedef void dockerfile_context_visit(void *ctx, const char *path, size_t n);
void dockerfile_context_unused(const struct dockerfile_context *c, dockerfile_context_visit *visit, void *ctx);
void dockerfile_context_done(struct dockerfile_context *c);
#define CLEANUP_DOCKERFILE_CONTEXT CLEANUP(dockerfile_context_done)
