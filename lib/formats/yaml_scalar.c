#include "formats/yaml_scalar.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"

static bool is_one_of(const char *text, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(text, *names) == 0)
			return true;
	return false;
}

/* All of text in this base. One that is too large for 64 bits is a real number, as in JSON's usual readers. */
static json_t *integer(const char *text, int base)
{
	errno = 0;
	long long v = strtoll(text, NULL, base);
	return errno == 0 ? json_integer(v) : base == 10 ? json_real(strtod(text, NULL)) : NULL;
}

/* [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )? */
static bool is_number(const char *s, bool *whole)
{
	s += *s == '-' || *s == '+';
	size_t before = strspn(s, DIGITS), after = 0;
	s += before;
	*whole = before > 0 && !*s;
	if (*s == '.') {
		after = strspn(s + 1, DIGITS);
		s += 1 + after;
	}
	if (before + after == 0)
		return false;
	if (*s == 'e' || *s == 'E') {
		s++;
		s += *s == '-' || *s == '+';
		size_t exponent = strspn(s, DIGITS);
		if (!exponent)
			return false;
		s += exponent;
	}
	return !*s;
}

json_t *yaml_scalar_plain(const char *text, size_t n)
{
	static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL},
				 *const trues[] = {"true", "True", "TRUE", NULL},
				 *const falses[] = {"false", "False", "FALSE", NULL}, *const beyond[] = {".inf", ".Inf",
													 ".INF", ".nan",
													 ".NaN", ".NAN",
													 NULL};
	if (is_one_of(text, nulls))
		return json_null();
	if (is_one_of(text, trues))
		return json_true();
	if (is_one_of(text, falses))
		return json_false();
	if (is_one_of(text + (*text == '-' || *text == '+'), beyond))
		return NULL;
	if (strncmp(text, "0o", 2) == 0 && n > 2 && strspn(text + 2, "01234567") == n - 2)
		return integer(text + 2, 8);
	if (strncmp(text, "0x", 2) == 0 && n > 2 && strspn(text + 2, DIGITS "abcdefABCDEF") == n - 2)
		return integer(text + 2, 16);
	bool whole;
	if (!is_number(text, &whole))
		return json_stringn(text, n);
	if (whole)
		return integer(text, 10);
	double v = strtod(text, NULL);
	return isfinite(v) ? json_real(v) : NULL;
}
