#include "cmd/complete/value.h"

#include <string.h>

#include "base/mem.h"

#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define SMALL "abcdefghijklmnopqrstuvwxyz"

static bool is_one_of(const char *word, size_t len, const char *const *names)
{
	for (; *names; names++)
		if (strlen(*names) == len && memcmp(*names, word, len) == 0)
			return true;
	return false;
}

/* The words in lower case, each up to what is optional or stands for something else. */
static void add_choices(const char *text, struct value_kind *out)
{
	for (size_t len; *text; text += len + (text[len] == '|')) {
		len = strcspn(text, "|");
		const size_t cut = strcspn(text, "[" CAPITALS);
		if (strchr(SMALL, *text))
			strlist_take(&out->choices, mem_strndup(text, cut < len ? cut : len));
	}
}

static void add_word(const char *word, size_t len, struct value_kind *out)
{
	static const char *const files[] = {"FILE", "REPORT", "SRC", "DEVICE", NULL},
				 *const directories[] = {"DIR", NULL}, *const images[] = {"REF",      "IMAGE", "SOURCE",
											  "ORIGINAL", "SLIM",  NULL},
				 *const bools[] = {"BOOL", NULL}, *const systems[] = {"SYSTEM", NULL};
	out->files |= is_one_of(word, len, files);
	out->directories |= is_one_of(word, len, directories);
	out->images |= is_one_of(word, len, images);
	if (is_one_of(word, len, bools))
		add_choices("true|false", out);
	if (is_one_of(word, len, systems))
		add_choices("auto|github|gitlab|azure|jenkins|tekton|none", out);
}

void value_kind_read(const char *text, const char *more, struct value_kind *out)
{
	for (const char *p = text; *p;) {
		size_t len = strspn(p, CAPITALS);
		if (len)
			add_word(p, len, out);
		p += len ? len : 1;
	}
	add_choices(text, out);
	if (more)
		add_choices(more, out);
}

void value_kind_done(struct value_kind *k)
{
	strlist_done(&k->choices);
}
