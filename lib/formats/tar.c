#include "formats/tar.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool tar_put_octal(char *field, size_t size, int64_t value)
{
	bool fits = value >= 0 && (uint64_t)value >> (3 * (size - 1)) == 0;
	char digits[32];
	snprintf(digits, sizeof(digits), "%0*" PRIo64, (int)size - 1, fits ? (uint64_t)value : 0);
	memcpy(field, digits, size);
	return fits;
}

/* The sum of all bytes, with spaces in the checksum's place. */
static unsigned sum_of(const struct tar_ustar *h)
{
	const unsigned char *bytes = (const void *)h;
	unsigned sum = sizeof(h->sum) * ' ';
	for (size_t i = 0; i < sizeof(*h); i++)
		sum += bytes[i];
	for (size_t i = 0; i < sizeof(h->sum); i++)
		sum -= (unsigned char)h->sum[i];
	return sum;
}

void tar_seal(struct tar_ustar *h)
{
	memcpy(h->magic, "ustar", 6);
	memcpy(h->version, "00", 2);
	(void)tar_put_octal(h->sum, sizeof(h->sum) - 1, sum_of(h)); /* it has six digits at most */
	h->sum[7] = ' ';
}

size_t tar_octal(const void *field, size_t size)
{
	const char *p = field;
	size_t v = 0, i = 0;
	while (i < size && p[i] == ' ')
		i++;
	for (; i < size && p[i] >= '0' && p[i] <= '7' && v < SIZE_MAX / 16; i++)
		v = v * 8 + (size_t)(p[i] - '0');
	return v;
}

bool tar_is_header(const void *block)
{
	const struct tar_ustar *h = block;
	return tar_octal(h->sum, sizeof(h->sum)) == sum_of(h);
}

enum tar_compression tar_compression_of(const void *head, size_t n)
{
	static const struct {
		enum tar_compression compression;
		size_t n;
		const char *bytes;
	} magics[] = {
	    {TAR_GZIP, 2, "\x1f\x8b"},
	    {TAR_ZSTD, 4, "\x28\xb5\x2f\xfd"},
	    {TAR_XZ, 5, "\xfd\x37zXZ"},
	    {TAR_BZIP2, 3, "BZh"},
	};
	const unsigned char *p = head;
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		if (n >= magics[i].n && memcmp(head, magics[i].bytes, magics[i].n) == 0)
			return magics[i].compression;
	/* zstd may begin with a frame that is skipped: 0x184D2A50 to 0x184D2A5F, low byte first */
	return n >= 4 && (p[0] & 0xf0) == 0x50 && memcmp(p + 1, "\x2a\x4d\x18", 3) == 0 ? TAR_ZSTD : TAR_PLAIN;
}
