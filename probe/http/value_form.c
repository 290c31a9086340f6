#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "base/mem.h"
#include "probe/links/page.h"
#include "probe/http/value.h"

/* The field that is looked for. */
struct field {
	const char *name;
	char *value;                 /* NULL = not found */
	bool in_textarea, in_select; /* of that name */
	struct buf text;             /* of the textarea */
	char *first;                 /* option of the select; NULL = none */
};

static char *copy(const char *value)
{
	return mem_strdup(value ? value : "");
}

static bool is_named(const char *name, const xmlChar **attributes, const char *by)
{
	const char *value = probe_page_attribute(attributes, by);
	return value && strcmp(value, name) == 0;
}

static bool on_start(void *ctx, const char *element, const xmlChar **attributes)
{
	struct field *f = ctx;
	const char *value = probe_page_attribute(attributes, "value");
	bool named = is_named(f->name, attributes, "name");
	if (f->in_select && strcmp(element, "option") == 0) {
		if (!f->first)
			f->first = copy(value);
		for (const xmlChar **a = attributes; a && a[0] && !f->value; a += 2)
			if (strcasecmp((const char *)a[0], "selected") == 0)
				f->value = copy(value);
	} else if (strcmp(element, "meta") == 0) {
		if (named || is_named(f->name, attributes, "property") || is_named(f->name, attributes, "http-equiv"))
			f->value = copy(probe_page_attribute(attributes, "content"));
	} else if (named && (strcmp(element, "input") == 0 || strcmp(element, "button") == 0)) {
		f->value = copy(value);
	} else if (named) {
		f->in_textarea = strcmp(element, "textarea") == 0;
		f->in_select = strcmp(element, "select") == 0;
	}
	return !f->value;
}

static void on_end(void *ctx, const char *element)
{
	struct field *f = ctx;
	if (f->in_textarea && !f->value && strcmp(element, "textarea") == 0)
		f->value = buf_steal(&f->text);
	if (f->in_select && !f->value && strcmp(element, "select") == 0)
		f->value = copy(f->first);
	if (strcmp(element, "textarea") == 0 || strcmp(element, "select") == 0)
		f->in_textarea = f->in_select = false;
}

static void on_text(void *ctx, const char *text, size_t n)
{
	struct field *f = ctx;
	if (f->in_textarea && !f->value)
		buf_append(&f->text, text, n);
}

char *probe_value_form(const struct net_answer *a, const char *name)
{
	struct field f = {.name = name};
	const struct probe_page page = {.start = on_start, .end = on_end, .text = on_text, .ctx = &f};
	if (a->body.len)
		probe_page_read(&page, a->body.data, a->body.len);
	buf_done(&f.text);
	free(f.first);
	return f.value;
}
