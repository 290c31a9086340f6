#include "verify/said.h"

#include <string.h>

#define SHORTEST_NAME 3 /* shorter names are in every text */

bool verify_said_names(const struct buf *said, const char *name)
{
	size_t n = strcspn(name, ".");
	if (n < SHORTEST_NAME || !said->len)
		return false;
	static const char word[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
	const char *p = said->data, *end = p + said->len, *hit;
	for (; (hit = memmem(p, (size_t)(end - p), name, n)); p = hit + 1) {
		bool starts = hit == said->data || !hit[-1] || !strchr(word, hit[-1]);
		bool ends = hit + n == end || !hit[n] || !strchr(word, hit[n]);
		if (starts && ends)
			return true;
	}
	return false;
}
