/* compose/merge.h - several files as one. Spec: Compose Specification, 13-merge.md.
 * Trees are what shape.h makes, and stay as they are; results are new references that share members with them. */
#pragma once

#include <jansson.h>

/* over merged into base, which may be NULL: mappings by key, lists appended (a later item of the same target, path or
 * text takes the place of the earlier), commands and tests of health checks replaced, all else replaced. */
json_t *compose_merge(json_t *base, json_t *over);
/* The tree without the value at path, an array of keys, of which the first ones are skipped. */
json_t *compose_drop(json_t *tree, const json_t *path, size_t skipped);
