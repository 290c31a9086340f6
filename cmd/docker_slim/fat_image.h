/* cmd/docker_slim/fat_image.h - docker-slim's --dockerfile: the local engine builds the image first, which is slimmed
 * then. The builder is the first of docker, podman and buildah that is in PATH. */
#pragma once

#include "cmd/docker_slim/state.h"

/* --dockerfile, --dockerfile-context, --tag-fat, --delete-generated-fat-image, --show-blogs and the options of a build
 * (--cbo-): those whose row has `to`, the builder's option. */
int docker_slim_fat_option(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			   struct err *err);
/* With --dockerfile: chooses the builder and the image's name, which becomes the target. argument: the first one of the
 * command line, which may be the context; NULL = none. ERR_NOTFOUND if there is no builder, or no such Dockerfile. */
int docker_slim_fat_plan(struct docker_slim_state *s, const char *argument, struct err *err) MUST_CHECK;
/* Builds it, if --dockerfile was given. What the builder prints goes to standard error, all of it with --show-blogs and
 * its end if it fails. */
int docker_slim_fat_build(struct docker_slim_state *s, struct err *err) MUST_CHECK;
/* Removes the image that was built, if it has no name of the user's, or --delete-generated-fat-image was given. */
void docker_slim_fat_remove(struct docker_slim_state *s);
