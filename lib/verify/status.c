#include "verify/status.h"

#include <string.h>

static bool is_answered(const struct verify_status *s)
{
	return s->kind != VERIFY_STATUS_NONE;
}

bool verify_status_is_same(const struct verify_status *a, const struct verify_status *b)
{
	return a->kind == b->kind && (a->code == b->code || !is_answered(a) || a->kind == VERIFY_STATUS_KILLED);
}

/* A name, the same text for the same class. */
static const char *class_of(const struct verify_status *s)
{
	static const char *const http[] = {"no status", "1xx", "2xx", "3xx", "4xx", "5xx"};
	switch (s->kind) {
	case VERIFY_STATUS_NONE:
		return "no answer";
	case VERIFY_STATUS_KILLED:
		return "killed by slim";
	case VERIFY_STATUS_HTTP:
		return http[s->code >= 100 && s->code < 600 ? s->code / 100 : 0];
	case VERIFY_STATUS_EXIT:
		break;
	}
	return s->code == 0                       ? "success"
	       : s->code > 128                    ? "signal"
	       : s->code == 126 || s->code == 127 ? "cannot run" /* what a shell says of a program */
						  : "failure";
}

bool verify_status_is_alike(const struct verify_status *a, const struct verify_status *b)
{
	return strcmp(class_of(a), class_of(b)) == 0;
}

/* Returns the number of samples of a class. */
static size_t count_class(const struct verify_status *s, size_t n, const char *class)
{
	size_t count = 0;
	for (size_t i = 0; i < n; i++)
		count += strcmp(class_of(&s[i]), class) == 0;
	return count;
}

static size_t count_unanswered(const struct verify_status *s, size_t n)
{
	size_t count = 0;
	for (size_t i = 0; i < n; i++)
		count += !is_answered(&s[i]);
	return count;
}

static bool is_steady(const struct verify_status *s, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (!verify_status_is_same(&s[0], &s[i]))
			return false;
	return true;
}

enum verify_status_verdict verify_status_compare(const struct verify_status *original, size_t n_original,
						 const struct verify_status *slim, size_t n_slim)
{
	const size_t lost_by_original = count_unanswered(original, n_original), lost = count_unanswered(slim, n_slim);
	if (is_steady(original, n_original) && is_steady(slim, n_slim))
		return verify_status_is_same(&original[0], &slim[0]) ? VERIFY_STATUS_EQUAL : VERIFY_STATUS_DIFFERS;
	if (lost_by_original == n_original) /* and the slim image answers at times */
		return VERIFY_STATUS_INCOMPARABLE;
	if (lost == n_slim || (lost_by_original == 0 && lost * 2 >= n_slim))
		return VERIFY_STATUS_DIFFERS;
	const char *class = class_of(&original[0]);
	if (count_class(original, n_original, class) < n_original)
		return VERIFY_STATUS_INCOMPARABLE;
	const size_t others = n_slim - count_class(slim, n_slim, class);
	return others * VERIFY_STATUS_CHANCE > n_slim ? VERIFY_STATUS_DIFFERS : VERIFY_STATUS_VOLATILE;
}

void verify_status_text(const struct verify_status *s, struct buf *out)
{
	if (s->kind == VERIFY_STATUS_NONE || s->kind == VERIFY_STATUS_KILLED)
		buf_str(out, class_of(s));
	else
		buf_printf(out, "%d", s->code);
}

void verify_status_classes(const struct verify_status *s, size_t n, struct buf *out)
{
	size_t told = 0;
	for (size_t i = 0; i < n; i++)
		if (!count_class(s, i, class_of(&s[i])))
			buf_printf(out, "%s%s", told++ ? ", " : "", class_of(&s[i]));
}
