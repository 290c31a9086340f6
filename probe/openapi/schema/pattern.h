/* probe/openapi/schema/pattern.h - texts that a regular expression matches. */
#pragma once

#include <stddef.h>

/* A text that an extended regular expression, of the kind that JSON Schema has, matches from its beginning to its end:
 * literals, classes, groups, alternatives and counts. min: characters that it should have, as far as the pattern
 * repeats anything. free(); NULL for lookarounds, back references and whatever else is not known. */
char *openapi_pattern_make(const char *pattern, size_t min);
