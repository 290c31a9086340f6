/* text/toml.h - reads TOML 1.0 (https://toml.io/en/v1.0.0), the format of the container tools' configuration files,
 * into jansson values. Tables become objects, arrays become arrays; strings, booleans and integers keep their type;
 * floats and dates become the string that was written. Strict: input that the specification refuses is refused. */
#pragma once

#include <jansson.h>

#include "base/err.h"

/* A document of at most LIMIT_TOML bytes; the object is released with json_decref. ERR_INVAL says "what, line N: ...";
 * ERR_LIMIT for one that is too large or too deep. */
int toml_parse(const char *data, size_t n, const char *what, json_t **out, struct err *err) MUST_CHECK;
