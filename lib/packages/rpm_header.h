/* packages/rpm_header.h - the header of an installed package as rpm's database holds it: an index of tagged values.
 * Format: rpm's docs/manual/format_header.md; all numbers big-endian. Everything is checked against the blob's end. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum packages_rpm_tag {
	PACKAGES_RPM_NAME = 1000,
	PACKAGES_RPM_VERSION = 1001,
	PACKAGES_RPM_RELEASE = 1002,
	PACKAGES_RPM_EPOCH = 1003,
	PACKAGES_RPM_ARCH = 1022,
	PACKAGES_RPM_DIRINDEXES = 1116,
	PACKAGES_RPM_BASENAMES = 1117,
	PACKAGES_RPM_DIRNAMES = 1118,
};

struct packages_rpm_value {
	const unsigned char *data, *end; /* of the blob's data from the value on */
	uint32_t type, count;
};

/* Gives the value of a tag; false if the header does not have it. */
bool packages_rpm_header_find(const unsigned char *blob, size_t n, enum packages_rpm_tag tag,
			      struct packages_rpm_value *out);
/* The next of an array of strings: NULL at its end. */
const char *packages_rpm_value_string(struct packages_rpm_value *v);
/* Element i of an array of 32-bit numbers. */
bool packages_rpm_value_number(const struct packages_rpm_value *v, uint32_t i, uint32_t *out);
