/* transport/registry/content_range.h - tells which part of a blob an answer has. Spec: RFC 9110, 14.4. Private to
 * lib/transport/registry/. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Content-Range of a 206: whether it is "bytes FROM-LAST/SIZE" (or * for the size), to the end or to before it. */
bool registry_content_range(const char *value, uint64_t from, uint64_t size);
