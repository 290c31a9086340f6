/* base/nearest.h - the name that a person probably meant. */
#pragma once

#include <stddef.h>

/* The name that differs least from word, if it differs in few letters; else NULL. */
const char *nearest_name(const char *word, const char *const *names, size_t n);
