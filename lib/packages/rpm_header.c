#include "packages/rpm_header.h"

#include <string.h>

#define ENTRY 16
#define ENTRIES_MAX 65536 /* rpm itself takes no more */
#define TYPE_INT32 4

static uint32_t number(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

bool packages_rpm_header_find(const unsigned char *blob, size_t n, enum packages_rpm_tag tag,
			      struct packages_rpm_value *out)
{
	if (n < 8)
		return false;
	uint32_t entries = number(blob), bytes = number(blob + 4);
	if (entries > ENTRIES_MAX || (size_t)entries * ENTRY + 8 > n || bytes > n - 8 - (size_t)entries * ENTRY)
		return false;
	const unsigned char *data = blob + 8 + (size_t)entries * ENTRY;
	for (uint32_t i = 0; i < entries; i++) {
		const unsigned char *e = blob + 8 + (size_t)i * ENTRY;
		uint32_t offset = number(e + 8);
		if (number(e) != (uint32_t)tag || offset >= bytes)
			continue;
		*out = (struct packages_rpm_value){data + offset, data + bytes, number(e + 4), number(e + 12)};
		return true;
	}
	return false;
}

const char *packages_rpm_value_string(struct packages_rpm_value *v)
{
	const unsigned char *stop = v->count ? memchr(v->data, '\0', (size_t)(v->end - v->data)) : NULL;
	if (!stop)
		return NULL;
	const char *s = (const char *)v->data;
	v->data = stop + 1;
	v->count--;
	return s;
}

bool packages_rpm_value_number(const struct packages_rpm_value *v, uint32_t i, uint32_t *out)
{
	if (v->type != TYPE_INT32 || i >= v->count || (size_t)(v->end - v->data) / 4 <= i)
		return false;
	*out = number(v->data + (size_t)i * 4);
	return true;
}
