/* findings/secrets/placeholder.h - tells secrets from the values that documents and templates have in their place. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Whether the value is an example, a reference to a variable, or the same few characters again and again. */
bool findings_is_placeholder(const char *value, size_t n);
