/* text/quantity.h - sizes and times as people write them. */
#pragma once

#include <stdint.h>

#include "base/err.h"

/* "500000", "20G": as in GNU's tools K, M, G and T, alone or as in KiB, are powers of 1024, KB and so on of 1000.
 * ERR_INVAL shows the form. */
int quantity_parse_bytes(const char *s, uint64_t *out, struct err *err) MUST_CHECK;
/* "7d", "12h", "30m", "90s", "2w": seconds. A number alone is ERR_INVAL, but for 0. */
int quantity_parse_seconds(const char *s, uint64_t *out, struct err *err) MUST_CHECK;
