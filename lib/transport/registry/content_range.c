#include "transport/registry/content_range.h"

#include <stdlib.h>
#include <string.h>

static bool number(const char **s, uint64_t *out)
{
	char *end;
	if (**s < '0' || **s > '9')
		return false;
	*out = strtoull(*s, &end, 10); /* too large a number is UINT64_MAX, which is not a size */
	*s = end;
	return true;
}

bool registry_content_range(const char *value, uint64_t from, uint64_t size)
{
	const char *s = value;
	uint64_t first, last, all = size;
	if (strncmp(s, "bytes ", 6) != 0)
		return false;
	s += 6;
	if (!number(&s, &first) || *s++ != '-' || !number(&s, &last) || *s++ != '/')
		return false;
	if (*s == '*' ? s[1] != '\0' : !number(&s, &all) || *s)
		return false;
	return first == from && last >= first && last < size && all == size;
}
