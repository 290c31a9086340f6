#include "transport/registry/upload_range.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Digits only, all of s, below 2^63. */
static bool number(const char *s, uint64_t *out)
{
	char *end;
	if (s[0] < '0' || s[0] > '9')
		return false;
	errno = 0;
	long long n = strtoll(s, &end, 10);
	if (errno || *end)
		return false;
	*out = (uint64_t)n;
	return true;
}

bool registry_upload_range(const char *header, uint64_t *count)
{
	uint64_t last;
	if (!header)
		return false;
	if (strncmp(header, "bytes=", 6) == 0)
		header += 6;
	if (strncmp(header, "0-", 2) != 0 || !number(header + 2, &last))
		return false;
	*count = last + 1;
	return true;
}

void registry_upload_min_length(const char *header, uint64_t *least)
{
	uint64_t n;
	if (header && number(header, &n))
		*least = n;
}
