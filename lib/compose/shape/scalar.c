#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "compose/shape/shaper.h"

/* The shortest text that is the same number. */
static void put_real(double d, struct buf *out)
{
	char text[32];
	for (int digits = 15; digits <= 17; digits++) {
		(void)snprintf(text, sizeof(text), "%.*g", digits, d);
		if (strtod(text, NULL) == d)
			break;
	}
	buf_str(out, text);
}

bool compose_scalar(const json_t *v, struct buf *out)
{
	out->len = 0;
	if (json_is_string(v))
		buf_append(out, json_string_value(v), json_string_length(v));
	else if (json_is_integer(v))
		buf_printf(out, "%lld", (long long)json_integer_value(v));
	else if (json_is_real(v))
		put_real(json_real_value(v), out);
	else if (json_is_boolean(v))
		buf_str(out, json_is_true(v) ? "true" : "false");
	else
		return false;
	if (!out->len)
		buf_str(out, "");
	return true;
}

bool compose_read_duration(const char *s, uint64_t *out)
{
	static const struct {
		const char *unit;
		double ms;
	} units[] = {{"ns", 1e-6}, {"us", 1e-3}, {"\xc2\xb5s", 1e-3}, {"ms", 1}, {"s", 1e3}, {"m", 6e4}, {"h", 36e5}};
	double sum = 0;
	if (strcmp(s, "0") == 0) {
		*out = 0;
		return true;
	}
	if (!*s)
		return false;
	while (*s) {
		const size_t digits = strspn(s, "0123456789."), letters = strcspn(s + digits, "0123456789.");
		char *end;
		const double n = strtod(s, &end);
		double ms = 0;
		for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
			if (strlen(units[i].unit) == letters && memcmp(units[i].unit, s + digits, letters) == 0)
				ms = units[i].ms;
		if (!digits || end != s + digits || ms == 0)
			return false;
		sum += n * ms;
		s += digits + letters;
	}
	if (sum > 1e15)
		return false;
	*out = sum > 0 && sum < 1 ? 1 : (uint64_t)(sum + 1e-6);
	return true;
}

bool compose_read_bytes(const char *s, uint64_t *out)
{
	static const char letters[] = "kmgtp";
	const size_t digits = strspn(s, "0123456789.");
	const char *unit = s + digits + strspn(s + digits, " ");
	char *end;
	double n = strtod(s, &end);
	const char *letter = *unit ? strchr(letters, *unit | 0x20) : NULL;
	if (!digits || end != s + digits)
		return false;
	if (letter) {
		for (const char *c = letters; c <= letter; c++)
			n *= 1024;
		unit++;
		unit += *unit && (*unit | 0x20) == 'i' && (unit[1] | 0x20) == 'b' ? 1 : 0;
	}
	if ((*unit && strcasecmp(unit, "b") != 0) || n > 1e18)
		return false;
	*out = (uint64_t)n;
	return true;
}

bool compose_read_bool(const char *s, bool *out)
{
	static const char *const yes[] = {"true", "yes", "y", "on", "1", "t"}, *const no[] = {"false", "no", "n",
											      "off",   "0",  "f"};
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		if (strcasecmp(s, yes[i]) == 0 || strcasecmp(s, no[i]) == 0) {
			*out = strcasecmp(s, yes[i]) == 0;
			return true;
		}
	return false;
}

int compose_shape_text(struct compose_scope *s, const struct compose_at *at, const struct compose_key *row, json_t *in,
		       json_t **out, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	(void)row;
	if (!compose_scalar(in, &text))
		return compose_fail(s, at, err, "compose-invalid", "the value is not a string");
	*out = json_stringn(text.data, text.len);
	return 0;
}

int compose_shape_path(struct compose_scope *s, const struct compose_at *at, const struct compose_key *row, json_t *in,
		       json_t **out, struct err *err)
{
	(void)row;
	if (!json_is_string(in) || !json_string_length(in))
		return compose_fail(s, at, err, "compose-invalid", "the value is not a path");
	CLEANUP_FREE char *path = compose_path(s, json_string_value(in));
	json_t *v = path ? json_string(path) : NULL;
	if (!v)
		return compose_fail(s, at, err, "compose-invalid",
				    "slim can't resolve the path: HOME is not set, or it is not UTF-8");
	*out = v;
	return 0;
}

int compose_shape_bool(struct compose_scope *s, const struct compose_at *at, const struct compose_key *row, json_t *in,
		       json_t **out, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	bool v;
	(void)row;
	if (!compose_scalar(in, &text) || !compose_read_bool(text.data, &v))
		return compose_fail(s, at, err, "compose-invalid", "the value is neither true nor false");
	*out = json_boolean(v);
	return 0;
}

/* A number that is not negative, and fits an int. */
int compose_shape_count(struct compose_scope *s, const struct compose_at *at, const struct compose_key *row, json_t *in,
			json_t **out, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	(void)row;
	if (!compose_scalar(in, &text) || !text.len || text.len > 9 || strspn(text.data, "0123456789") != text.len)
		return compose_fail(s, at, err, "compose-invalid",
				    "the value is not a whole number from 0 to 999999999");
	*out = json_integer(strtoll(text.data, NULL, 10));
	return 0;
}

int compose_shape_bytes(struct compose_scope *s, const struct compose_at *at, const struct compose_key *row, json_t *in,
			json_t **out, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	uint64_t n;
	(void)row;
	if (!compose_scalar(in, &text) || !compose_read_bytes(text.data, &n))
		return compose_fail(s, at, err, "compose-invalid",
				    "the value is not a size: a number of bytes, or of k, m, g (64m)");
	*out = json_integer((json_int_t)n);
	return 0;
}

int compose_shape_duration(struct compose_scope *s, const struct compose_at *at, const struct compose_key *row,
			   json_t *in, json_t **out, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	uint64_t ms;
	(void)row;
	if (!compose_scalar(in, &text) || !compose_read_duration(text.data, &ms))
		return compose_fail(s, at, err, "compose-invalid",
				    "the value is not a time with its unit: ms, s, m or h (1m30s)");
	*out = json_integer((json_int_t)ms);
	return 0;
}

/* An octal number: 0440, "0440", or 0o440, which YAML has made 288 of. */
int compose_shape_mode(struct compose_scope *s, const struct compose_at *at, const struct compose_key *row, json_t *in,
		       json_t **out, struct err *err)
{
	json_int_t mode = json_is_integer(in) ? json_integer_value(in) : -1;
	const char *text = json_string_value(in);
	(void)row;
	if (text && strncmp(text, "0o", 2) == 0)
		text += 2;
	if (text && *text && strlen(text) <= 6 && strspn(text, "01234567") == strlen(text))
		mode = strtol(text, NULL, 8);
	if (mode < 0 || mode > 07777)
		return compose_fail(s, at, err, "compose-invalid", "the value is not a mode: an octal number (0440)");
	*out = json_integer(mode);
	return 0;
}
