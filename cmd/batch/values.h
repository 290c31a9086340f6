/* cmd/batch/values.h - values of slim.yaml as arguments of a command line. */
#pragma once

#include <jansson.h>

#include "cmd/options/option.h"

/* Appends to out what s stands for: ${NAME} is a variable of the environment, ${NAME:-TEXT} is TEXT if that is not set
 * or empty, $${ is ${ itself. image: what ${SLIM_IMAGE} stands for; NULL = nothing. ERR_INVAL. */
int batch_values_expand(const char *s, const char *image, struct buf *out, struct err *err) MUST_CHECK;

/* Appends "--NAME=VALUE" for each value of v, or "--NAME" for a flag that is true. v: true or false for a flag; text or
 * a number; an array of these for an option that can be repeated; an array of words for a command, which stands in
 * another array if the option can be repeated, unless it is a step of an exercise; an object for what takes NAME=VALUE.
 * ERR_INVAL if the row takes no such value. */
int batch_values_add(const struct option_row *row, const json_t *v, bool is_step, const char *image,
		     struct strlist *out, struct err *err) MUST_CHECK;
