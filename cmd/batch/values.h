/* cmd/batch/values.h - turns values of slim.yaml into arguments of a command line. */
#pragma once

#include <jansson.h>

#include "cmd/options/option.h"

/* Appends s to out, with its variables replaced: ${NAME} is a variable of the environment. ${NAME:-TEXT} is TEXT if
 * that is not set or empty. $${ is ${ itself. image: the value of ${SLIM_IMAGE}; NULL = not set. ERR_INVAL. */
int batch_values_expand(const char *s, const char *image, struct buf *out, struct err *err) MUST_CHECK;

/* Appends "--NAME=VALUE" for each value of v, or "--NAME" for a flag that is true. v is one of these:
 * - true or false, for a flag;
 * - a text or a number;
 * - an array of these, for an option that can be repeated;
 * - an array of words, for a command; inside another array if the option can be repeated, but not in a step of an
 *   exercise;
 * - an object, for an option that takes NAME=VALUE.
 * ERR_INVAL if the option takes other values. */
int batch_values_add(const struct option_row *row, const json_t *v, bool is_step, const char *image,
		     struct strlist *out, struct err *err) MUST_CHECK;
