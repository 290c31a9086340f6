/* packages/rpm_header.h - the header of an installed package as rpm's database holds it: an index of tagged values.
 * Format: rpm's docs/manual/format_header.md; all numbers big-endian. Everything is checked against the blob's end. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rpm_tag {
	RPM_NAME = 1000,
	RPM_VERSION = 1001,
	RPM_RELEASE = 1002,
	RPM_EPOCH = 1003,
	RPM_ARCH = 1022,
	RPM_DIRINDEXES = 1116,
	RPM_BASENAMES = 1117,
	RPM_DIRNAMES = 1118,
};

struct rpm_value {
	const unsigned char *data, *end; /* of the blob's data from the value on */
	uint32_t type, count;
};

/* The value of a tag; false when there is none. */
bool rpm_header_find(const unsigned char *blob, size_t n, enum rpm_tag tag, struct rpm_value *out);
/* The next of an array of strings: NULL at its end. */
const char *rpm_value_string(struct rpm_value *v);
/* Element i of an array of 32-bit numbers. */
bool rpm_value_number(const struct rpm_value *v, uint32_t i, uint32_t *out);
