#include "text/toml_text.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define BARE "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
#define DIGITS "0123456789"

int toml_error(const struct toml_text *t, struct err *err, const char *fmt, ...)
{
	char msg[256];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	return err_set(err, ERR_INVAL, "toml-syntax", "%.500s, line %u: %s", t->what, t->line, msg);
}

bool toml_take(struct toml_text *t, char c)
{
	if (!toml_next_is(t, c))
		return false;
	t->at++;
	return true;
}

void toml_blanks(struct toml_text *t)
{
	while (toml_next_is(t, ' ') || toml_next_is(t, '\t'))
		t->at++;
}

static bool is_control(char c)
{
	return ((unsigned char)c < 0x20 && c != '\t') || c == 0x7f;
}

/* "\n" or "\r\n" */
static bool take_newline(struct toml_text *t)
{
	size_t n = toml_next_is(t, '\n') ? 1 : t->end - t->at >= 2 && memcmp(t->at, "\r\n", 2) == 0 ? 2 : 0;
	t->at += n;
	t->line += n > 0;
	return n > 0;
}

int toml_end_of_line(struct toml_text *t, struct err *err)
{
	toml_blanks(t);
	if (toml_take(t, '#'))
		while (t->at < t->end && !is_control(*t->at))
			t->at++;
	if (t->at == t->end || take_newline(t))
		return 0;
	return toml_error(t, err, is_control(*t->at) ? "a control character" : "something follows the value");
}

int toml_lines(struct toml_text *t, struct err *err)
{
	int r = 0;
	toml_blanks(t);
	while (r == 0 && t->at < t->end && strchr("#\r\n", *t->at) && *t->at) {
		r = toml_end_of_line(t, err);
		toml_blanks(t);
	}
	return r;
}

/* ---- strings ---- */

static int hex_value(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

static void add_utf8(struct buf *out, uint32_t c)
{
	if (c < 0x80) {
		buf_char(out, (char)c);
		return;
	}
	int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
	static const unsigned char lead[] = {0, 0xc0, 0xe0, 0xf0};
	buf_char(out, (char)(lead[more] | c >> (6 * more)));
	while (more--)
		buf_char(out, (char)(0x80 | (c >> (6 * more) & 0x3f)));
}

/* n hex digits of \u or \U. NUL is left out of what may be written: no setting has one, and C ends there. */
static int unicode_escape(struct toml_text *t, int n, struct buf *out, struct err *err)
{
	uint32_t c = 0;
	for (; n; n--, t->at++) {
		int v = t->at < t->end ? hex_value(*t->at) : -1;
		if (v < 0)
			return toml_error(t, err, "a \\u or \\U needs 4 or 8 hexadecimal digits");
		c = c << 4 | (uint32_t)v;
	}
	if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return toml_error(t, err, "\\u names no character that can be here");
	add_utf8(out, c);
	return 0;
}

/* A backslash and the end of the line: all white space up to the next character goes. */
static bool take_folded_line(struct toml_text *t)
{
	const char *start = t->at;
	toml_blanks(t);
	if (!take_newline(t)) {
		t->at = start;
		return false;
	}
	do
		toml_blanks(t);
	while (take_newline(t));
	return true;
}

/* What follows a backslash. */
static int escape(struct toml_text *t, bool multi, struct buf *out, struct err *err)
{
	static const char names[] = "btnfr\"\\", values[] = "\b\t\n\f\r\"\\";
	if (multi && take_folded_line(t))
		return 0;
	char c = t->at < t->end ? *t->at++ : '\0';
	if (c == 'u' || c == 'U')
		return unicode_escape(t, c == 'u' ? 4 : 8, out, err);
	const char *at = c ? strchr(names, c) : NULL;
	if (!at)
		return toml_error(t, err, "an unknown escape after a backslash; in '...' a backslash is itself");
	buf_char(out, values[at - names]);
	return 0;
}

/* Three quotes end it; one or two more belong to the content before them. */
static bool take_triple(struct toml_text *t, char quote, struct buf *out)
{
	size_t n = 0;
	while (n < 5 && t->at + n < t->end && t->at[n] == quote)
		n++;
	if (n >= 3)
		buf_append(out, t->at, n - 3);
	else
		buf_append(out, t->at, n);
	t->at += n;
	return n >= 3;
}

static int string(struct toml_text *t, bool multi_allowed, struct buf *out, struct err *err)
{
	char quote = *t->at++;
	bool multi = false;
	out->len = 0;
	buf_append(out, "", 0);
	if (t->end - t->at >= 2 && t->at[0] == quote && t->at[1] == quote) {
		if (!multi_allowed)
			return toml_error(t, err, "a key cannot be a string of several lines");
		multi = true;
		t->at += 2;
		take_newline(t); /* right after the quotes it is not content */
	}
	while (t->at < t->end) {
		int r = 0;
		if (*t->at == quote && !multi) {
			t->at++;
			return 0;
		}
		if (*t->at == quote) {
			if (take_triple(t, quote, out))
				return 0;
		} else if (*t->at == '\\' && quote == '"') {
			t->at++;
			r = escape(t, multi, out, err);
		} else if (multi && take_newline(t)) {
			buf_char(out, '\n');
		} else if (is_control(*t->at)) {
			return toml_error(t, err, *t->at == '\n' ? "a string is not closed" : "a control character");
		} else {
			buf_char(out, *t->at++);
		}
		if (r < 0)
			return r;
	}
	return toml_error(t, err, "a string is not closed");
}

int toml_key(struct toml_text *t, struct buf *out, struct err *err)
{
	if (toml_next_is(t, '"') || toml_next_is(t, '\''))
		return string(t, false, out, err);
	const char *start = t->at;
	while (t->at < t->end && *t->at && strchr(BARE, *t->at))
		t->at++;
	if (t->at == start)
		return toml_error(t, err, "a key is expected: letters, digits, - and _, or a string in quotes");
	out->len = 0;
	buf_append(out, start, (size_t)(t->at - start));
	return 0;
}

/* ---- numbers, booleans, dates ---- */

/* digits (of that alphabet) with single underscores between them, to out without these; NULL = no. Returns what
 * follows. */
static const char *digits(const char *s, const char *alphabet, struct buf *out)
{
	bool last = false;
	for (; *s; s++) {
		if (*s == '_' && last && s[1] && strchr(alphabet, s[1])) {
			last = false;
			continue;
		}
		if (!strchr(alphabet, *s))
			break;
		if (out)
			buf_char(out, *s);
		last = true;
	}
	return last ? s : NULL;
}

static bool is_float(const char *s)
{
	s += *s == '+' || *s == '-';
	if (strcmp(s, "inf") == 0 || strcmp(s, "nan") == 0)
		return true;
	if (s[0] == '0' && s[1] >= '0' && s[1] <= '9')
		return false;
	const char *at = digits(s, DIGITS, NULL);
	if (!at || !*at)
		return false;
	if (*at == '.' && !(at = digits(at + 1, DIGITS, NULL)))
		return false;
	if (*at == 'e' || *at == 'E') {
		at++;
		at += *at == '+' || *at == '-';
		at = digits(at, DIGITS, NULL);
	}
	return at && !*at;
}

/* As the pattern says: 9 a digit, all else itself. What follows it; NULL = no match. */
static const char *shaped(const char *s, const char *pattern)
{
	for (; *pattern; pattern++, s++)
		if (*pattern == '9' ? *s < '0' || *s > '9' : *s != *pattern)
			return NULL;
	return s;
}

/* RFC 3339, by shape. */
static bool is_date(const char *s)
{
	const char *at = shaped(s, "9999-99-99"), *time = at;
	if (at && !*at)
		return true;
	if (at && !strchr("Tt ", *at))
		return false;
	time = shaped(at ? at + 1 : s, "99:99:99");
	if (!time)
		return false;
	if (*time == '.' && !(time = digits(time + 1, DIGITS, NULL)))
		return false;
	if (!*time)
		return true;
	if (!at)
		return false; /* a time alone has no offset */
	if (strcmp(time, "Z") == 0 || strcmp(time, "z") == 0)
		return true;
	const char *offset = *time == '+' || *time == '-' ? shaped(time + 1, "99:99") : NULL;
	return offset && !*offset;
}

/* 1 when s is an integer, with it in *out; 0 when not. */
static int integer(const struct toml_text *t, const char *s, json_int_t *out, struct err *err)
{
	static const struct {
		const char *prefix, *alphabet;
		int base;
	} kinds[] = {{"0x", "0123456789abcdefABCDEF", 16}, {"0o", "01234567", 8}, {"0b", "01", 2}};
	CLEANUP_BUF struct buf b = {0};
	int base = 10;
	const char *rest = NULL;
	for (size_t i = 0; i < 3; i++)
		if (strncmp(s, kinds[i].prefix, 2) == 0) {
			base = kinds[i].base;
			rest = digits(s + 2, kinds[i].alphabet, &b);
		}
	if (base == 10) {
		if (*s == '+' || *s == '-')
			buf_char(&b, *s++);
		if (s[0] == '0' && s[1])
			return 0; /* no leading zeros */
		rest = digits(s, DIGITS, &b);
	}
	if (!rest || *rest)
		return 0;
	errno = 0;
	*out = strtoll(b.data, NULL, base);
	return errno ? toml_error(t, err, "the number does not fit 64 bits") : 1;
}

/* The characters of a value that stands without quotes. A date and its time may be parted by one space. */
static char *word(struct toml_text *t)
{
	static const char chars[] = BARE "+.:";
	const char *start = t->at;
	while (t->at < t->end && *t->at && strchr(chars, *t->at))
		t->at++;
	if (t->at - start == 10 && t->end - t->at >= 3 && *t->at == ' ' && shaped(start, "9999-99-99") &&
	    strchr(DIGITS, t->at[1]) && t->at[1])
		for (t->at++; t->at < t->end && *t->at && strchr(chars, *t->at);)
			t->at++;
	return mem_strndup(start, (size_t)(t->at - start));
}

int toml_scalar(struct toml_text *t, json_t **out, struct err *err)
{
	if (toml_next_is(t, '"') || toml_next_is(t, '\'')) {
		CLEANUP_BUF struct buf b = {0};
		int r = string(t, true, &b, err);
		if (r == 0)
			*out = json_stringn(b.data, b.len);
		return r;
	}
	CLEANUP_FREE char *s = word(t);
	json_int_t number = 0;
	if (strcmp(s, "true") == 0 || strcmp(s, "false") == 0) {
		*out = json_boolean(*s == 't');
		return 0;
	}
	int r = integer(t, s, &number, err);
	if (r < 0)
		return r;
	if (r > 0)
		*out = json_integer(number);
	else if (is_float(s) || is_date(s))
		*out = json_string(s);
	else if (*s)
		return toml_error(t, err, "\"%.60s\" is not a value; a string needs quotes", s);
	else
		return toml_error(t, err, "a value is missing");
	return 0;
}
