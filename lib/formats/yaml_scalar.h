/* formats/yaml_scalar.h - for yaml.c: what a plain scalar means by the core schema (YAML 1.2.2, 10.3.2). */
#pragma once

#include <jansson.h>

/* The value of a scalar that is not quoted; text ends with a NUL, n is its length. NULL: a number that JSON can't hold
 * (.inf, .nan, 1e999). */
json_t *yaml_scalar_plain(const char *text, size_t n);
