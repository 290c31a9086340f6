/* base/base64.h - base64 with the usual alphabet and its padding. Spec: RFC 4648, 4. */
#pragma once

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

void base64_encode(const void *data, size_t n, struct buf *out);
/* Line breaks are skipped. -ERR_CORRUPT when s is none; out may then hold a part. Nothing of s is told of. */
int base64_decode(const char *s, size_t n, struct buf *out) MUST_CHECK;
