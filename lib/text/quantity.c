#include "text/quantity.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The number that s begins with; *rest is what follows it. */
static int parse_number(const char *s, uint64_t *out, const char **rest)
{
	char *end;
	errno = 0;
	unsigned long long n = strtoull(s, &end, 10);
	if (*s < '0' || *s > '9' || errno)
		return -1;
	*out = n;
	*rest = end;
	return 0;
}

int quantity_parse_bytes(const char *s, uint64_t *out, struct err *err)
{
	static const char letters[] = "KMGT";
	uint64_t n = 0, factor = 1;
	const char *rest, *letter = NULL;
	bool good = parse_number(s, &n, &rest) == 0;
	if (good && *rest && (letter = strchr(letters, *rest))) {
		bool decimal = strcmp(rest + 1, "B") == 0;
		good = decimal || !rest[1] || strcmp(rest + 1, "iB") == 0;
		for (const char *c = letters; c <= letter; c++)
			factor *= decimal ? 1000 : 1024;
	} else if (good) {
		good = !*rest || strcmp(rest, "B") == 0;
	}
	if (!good || n > UINT64_MAX / factor)
		return err_set(err, ERR_INVAL, "size-malformed",
			       "a size is a number of bytes or of K, M, G, T (20G), not \"%s\"", s);
	*out = n * factor;
	return 0;
}

int quantity_parse_seconds(const char *s, uint64_t *out, struct err *err)
{
	static const struct {
		char letter;
		uint64_t seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
	uint64_t n = 0, factor = 0;
	const char *rest;
	if (parse_number(s, &n, &rest) == 0) {
		for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
			if (rest[0] == units[i].letter && !rest[1])
				factor = units[i].seconds;
		if (!n && !*rest)
			factor = 1;
	}
	if (!factor || n > INT64_MAX / factor)
		return err_set(err, ERR_INVAL, "duration-malformed",
			       "a time is a number of s, m, h, d or w (7d, 12h), not \"%s\"", s);
	*out = n * factor;
	return 0;
}

bool quantity_count(const char *s, size_t n, uint64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9' || i >= 18)
			return false;
		*out = *out * 10 + (uint64_t)(s[i] - '0');
	}
	return n > 0;
}

bool quantity_percent(const char *s, uint64_t *out)
{
	static const char digits[] = "0123456789";
	const size_t whole = strspn(s, digits);
	const char *rest = s + whole;
	uint64_t n, part;
	if (!quantity_count(s, whole, &n) || n > 1000000)
		return false;
	n *= QUANTITY_PERCENT;
	if (*rest == '.') {
		size_t behind = strspn(++rest, digits);
		if (behind > 3 || !quantity_count(rest, behind, &part))
			return false;
		rest += behind;
		for (; behind < 3; behind++)
			part *= 10;
		n += part;
	}
	*out = n;
	return !*rest || strcmp(rest, "%") == 0;
}
