/* text/base64.h - base64 with the usual alphabet and padding (RFC 4648, 4). Built on libcrypto, but refuses the
 * malformed text that libcrypto accepts. */
#pragma once

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/* Appends to out. If out has room for (n + 2) / 3 * 4 bytes it does not grow, so that a secret stays in one place. */
void base64_encode(const void *data, size_t n, struct buf *out);
/* Appends to out, which does not grow if it has room for n / 4 * 3 + 3 bytes. Skips line breaks. Returns -ERR_CORRUPT
 * if s is not base64; out may then hold a part of the result. */
int base64_decode(const char *s, size_t n, struct buf *out) MUST_CHECK;
