#include "probe/openapi/schema/pattern.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

#define DEPTH_MAX 32
#define TEXT_MAX 4096 /* bytes made */

/* Recursive descent over the expression. */
struct reading {
	const char *at;
	size_t min; /* that what repeats without bounds is repeated */
	unsigned depth;
	bool failed;
};

static void alternatives(struct reading *p, struct buf *out);

/* A character that a class of one letter stands for (\d, \w, \s and what is not in them); 0 = none of these. */
static char letter_class(char c)
{
	switch (c) {
	case 'd':
		return '1';
	case 'w':
	case 'D':
	case 'S':
		return 'a';
	case 's':
		return ' ';
	case 'W':
		return '-';
	default:
		return 0;
	}
}

/* Behind a backslash. */
static char escaped(struct reading *p)
{
	const char c = *p->at;
	const char known = letter_class(c);
	static const char controls[] = "t\tn\nr\rf\fv\v";
	const char *control = c ? strchr(controls, c) : NULL;
	if (!c || c == 'b' || c == 'B' || c == 'p' || c == 'P' || c == 'u' || c == 'x' || c == 'k' || isdigit(c)) {
		p->failed = true;
		return 0;
	}
	p->at++;
	return known ? known : control && islower(c) ? control[1] : c;
}

static bool in_letter_class(char letter, char c)
{
	const unsigned char u = (unsigned char)c;
	const bool in = tolower(letter) == 'd'   ? isdigit(u)
			: tolower(letter) == 's' ? isspace(u)
						 : isalnum(u) || c == '_';
	return isupper((unsigned char)letter) ? !in : in;
}

/* Whether the inner text of a class has c. */
static bool class_has(const char *s, const char *end, char c)
{
	for (; s < end; s++) {
		if (*s == '\\' && s + 1 < end) {
			s++;
			if (letter_class(*s) ? in_letter_class(*s, c) : *s == c)
				return true;
		} else if (s + 2 < end && s[1] == '-') {
			if (c >= *s && c <= s[2])
				return true;
			s += 2;
		} else if (*s == c) {
			return true;
		}
	}
	return false;
}

/* Behind "[": the first letter, digit or other character that it allows. */
static char class(struct reading *p)
{
	static const char tried[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890-_. /:@+,;=!#$%&'()*<>?"
	    "[]^`{|}~\"\\";
	const bool negative = *p->at == '^';
	const char *from = p->at + negative, *end = from;
	if (*end == ']')
		end++;
	while (*end && *end != ']')
		end += *end == '\\' && end[1] ? 2 : 1;
	if (!*end || memchr(from, '[', (size_t)(end - from))) { /* [[:alpha:]], and sets in sets */
		p->failed = true;
		return 0;
	}
	p->at = end + 1;
	for (const char *c = tried; *c; c++)
		if (class_has(from, end, *c) != negative)
			return *c;
	p->failed = true;
	return 0;
}

/* Behind an atom: how often it is there. */
static size_t count(struct reading *p)
{
	char *end;
	size_t least = 1, most = 1;
	const size_t usual = p->min ? p->min : 1;
	const char c = *p->at;
	if (c == '*' || c == '+' || c == '?') {
		p->at++;
		least = c == '+';
		most = c == '?' ? 1 : TEXT_MAX;
	} else if (c == '{' && isdigit((unsigned char)p->at[1])) {
		least = most = strtoul(p->at + 1, &end, 10);
		if (*end == ',')
			most = isdigit((unsigned char)end[1]) ? strtoul(end + 1, &end, 10) : (end++, TEXT_MAX);
		p->failed |= *end != '}' || least > TEXT_MAX || most < least;
		p->at = p->failed ? p->at : end + 1;
	} else {
		return 1;
	}
	if (*p->at == '?' || *p->at == '+') /* lazy, possessive */
		p->at++;
	size_t n = usual < least ? least : usual;
	return n > most ? most : n;
}

static void group(struct reading *p, struct buf *out)
{
	if (*p->at == '?') {
		const bool named = p->at[1] == '<' && isalpha((unsigned char)p->at[2]);
		if (p->at[1] == ':')
			p->at += 2;
		else if (named && strchr(p->at, '>'))
			p->at = strchr(p->at, '>') + 1;
		else
			p->failed = true;
	}
	if (++p->depth > DEPTH_MAX)
		p->failed = true;
	if (p->failed)
		return;
	alternatives(p, out);
	p->depth--;
	if (*p->at == ')')
		p->at++;
	else
		p->failed = true;
}

/* One character, class or group. */
static void atom(struct reading *p, struct buf *out)
{
	const char c = *p->at++;
	if (c == '(') {
		group(p, out);
		return;
	}
	const char made = c == '[' ? class(p) : c == '\\' ? escaped(p) : c == '.' ? 'a' : c;
	if (c == '*' || c == '+' || c == '?')
		p->failed = true;
	if (!p->failed)
		buf_char(out, made);
}

/* Appends one n times. */
static void repeat(const struct buf *one, size_t n, struct buf *out)
{
	if (!n || !one->len)
		return;
	buf_reserve(out, n * one->len);
	if (one->len == 1) {
		memset(out->data + out->len, *one->data, n);
		out->data[out->len += n] = '\0';
		return;
	}
	for (; n > 0; n--)
		buf_append(out, one->data, one->len);
}

/* Up to the end of this alternative. */
static void sequence(struct reading *p, struct buf *out)
{
	while (*p->at && *p->at != '|' && *p->at != ')' && !p->failed) {
		if (*p->at == '^' || *p->at == '$') {
			p->at++;
			continue;
		}
		CLEANUP_BUF struct buf one = {0};
		atom(p, &one);
		const size_t n = p->failed ? 0 : count(p);
		p->failed |= out->len + n * one.len > TEXT_MAX;
		if (!p->failed)
			repeat(&one, n, out);
	}
}

/* The first one is taken. */
static void alternatives(struct reading *p, struct buf *out)
{
	sequence(p, out);
	while (*p->at == '|' && !p->failed) {
		CLEANUP_BUF struct buf unused = {0};
		p->at++;
		sequence(p, &unused);
	}
}

char *openapi_pattern_make(const char *pattern, size_t min)
{
	struct reading p = {.at = pattern, .min = min > TEXT_MAX ? TEXT_MAX : min};
	CLEANUP_BUF struct buf out = {0};
	alternatives(&p, &out);
	return p.failed || *p.at ? NULL : buf_steal(&out);
}
