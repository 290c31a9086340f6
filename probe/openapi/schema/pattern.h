/* probe/openapi/schema/pattern.h - texts that a regular expression matches. */
#pragma once

#include <stddef.h>

/* Makes a text that matches an extended regular expression of JSON Schema's kind from beginning to end: literals,
 * classes, groups, alternatives and counts. min: the desired number of characters, as far as the pattern repeats
 * anything. free(). NULL if the pattern has lookarounds, back references or other unknown parts. */
char *openapi_pattern_make(const char *pattern, size_t min);
