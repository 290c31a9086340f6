/* text/quantity.h - sizes and times as people write them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* "500000", "20G": as in GNU's tools K, M, G and T, alone or as in KiB, are powers of 1024, KB and so on of 1000.
 * ERR_INVAL shows the form. */
int quantity_parse_bytes(const char *s, uint64_t *out, struct err *err) MUST_CHECK;
/* "7d", "12h", "30m", "90s", "2w": seconds. A number alone is ERR_INVAL, but for 0. */
int quantity_parse_seconds(const char *s, uint64_t *out, struct err *err) MUST_CHECK;

#define QUANTITY_PERCENT 1000 /* what quantity_percent makes of "1%" */
/* Reads "50%", "2.5%", "2.5" as thousandths of a percent, up to 1000000 percent and three digits behind the point.
 * This and quantity_count return false if the text does not have the form; the caller reports it. */
bool quantity_percent(const char *s, uint64_t *out);
/* A decimal number of n digits, at most 18, without a sign. */
bool quantity_count(const char *s, size_t n, uint64_t *out);
