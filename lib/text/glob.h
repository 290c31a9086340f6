/* text/glob.h - matches paths against patterns, as strings: nothing is looked up. Within a component * stands for any
 * bytes (a leading dot too) and ? for one; a component ** stands for any number of components, none too. All else is
 * literal. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/strlist.h"

/* Runs of slashes count as one. */
bool glob_match(const char *pattern, const char *path);
/* The same; a pattern without a leading slash is for the end of an absolute path. */
bool glob_match_end(const char *pattern, const char *path);
/* As glob_match for one component of n bytes; "**" is then no more than "*". */
bool glob_match_name(const char *pattern, size_t n, const char *name, size_t len);
/* Whether the path, or the name of one component, matches one of the patterns. */
bool glob_match_any(const char *const *patterns, size_t n, const char *path);
/* patterns: an array of strings. */
#define GLOB_MATCH_ANY(patterns, path) glob_match_any(patterns, sizeof(patterns) / sizeof((patterns)[0]), path)
/* Append the pattern once for each alternative of its {a,b}. A } without a { before it is literal. False if a brace is
 * left open, if one stands inside another (they do not nest), or if there are more than max alternatives; out then
 * holds some of them. */
bool glob_expand(const char *pattern, size_t max, struct strlist *out);
