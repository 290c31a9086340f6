/* cmd/docker_slim/fat_image.h - docker-slim's --dockerfile: builds the image first, which slim then makes small. The
 * builder is the first of docker, podman and buildah that is in PATH. */
#pragma once

#include "cmd/docker_slim/state.h"

/* Takes --dockerfile, --dockerfile-context, --tag-fat, --delete-generated-fat-image, --show-blogs and the options of a
 * build (--cbo-). The rows of the latter have `to`, the builder's option. */
int docker_slim_fat_option(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			   struct err *err);
/* If --dockerfile was given, chooses the builder and the image's name, which becomes the target. argument: the first
 * one of the command line, which may be the context; NULL = there are no arguments. ERR_NOTFOUND if the builder or the
 * Dockerfile is missing. */
int docker_slim_fat_plan(struct docker_slim_state *s, const char *argument, struct err *err) MUST_CHECK;
/* Builds the image if --dockerfile was given. The builder's output goes to standard error: all of it with --show-blogs,
 * its end if the builder fails. */
int docker_slim_fat_build(struct docker_slim_state *s, struct err *err) MUST_CHECK;
/* Removes the built image if the user gave it no name, or --delete-generated-fat-image was given. */
void docker_slim_fat_remove(struct docker_slim_state *s);
