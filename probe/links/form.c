#include "probe/links/form.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "base/mem.h"

#define NAMES_MAX 200 /* bytes of the fields' names, for a note */

static void encode(struct buf *out, const char *s)
{
	for (; *s && out->len <= LIMIT_LINK; s++)
		if (isalnum((unsigned char)*s) || strchr("*-._", *s))
			buf_char(out, *s);
		else if (*s == ' ')
			buf_char(out, '+');
		else if (*s == '\n' && (s[1] || out->len))
			buf_str(out, "%0D%0A");
		else
			buf_printf(out, "%%%02X", (unsigned char)*s);
}

static void add_name(struct probe_form *f, const char *name)
{
	if (f->names.len + strlen(name) < NAMES_MAX)
		buf_printf(&f->names, "%s%s", f->names.len ? ", " : "", name);
}

static void add_field(struct probe_form *f, const char *name, const char *value)
{
	if (f->query.len > LIMIT_LINK)
		return;
	if (f->query.len)
		buf_char(&f->query, '&');
	encode(&f->query, name);
	buf_char(&f->query, '=');
	encode(&f->query, value);
}

static void set(char **to, const char *value)
{
	free(*to);
	*to = mem_strdup(value);
}

static bool is_one_of(const char *s, const char *const *names)
{
	for (; *names; names++)
		if (strcasecmp(s, *names) == 0)
			return true;
	return false;
}

/* ---- fields ---- */

static void add_input(struct probe_form *f, const char *name, const char *type, const char *value, bool checked)
{
	static const char *const unsent[] = {"reset", "button", "image", "file", NULL};
	bool box = strcasecmp(type, "checkbox") == 0 || strcasecmp(type, "radio") == 0;
	bool submit = strcasecmp(type, "submit") == 0;
	if (strcasecmp(type, "reset") != 0 && strcasecmp(type, "button") != 0 && !submit)
		add_name(f, name);
	if (is_one_of(type, unsent) || (box && !checked) || (submit && f->submits))
		return;
	f->submits |= submit;
	add_field(f, name, value ? value : box ? "on" : "");
}

static void end_option(struct probe_form *f)
{
	if (!f->in_option)
		return;
	f->in_option = false;
	buf_str(&f->text, "");
	bool first = !f->value && !f->multiple;
	if (f->option_selected && f->multiple) {
		if (f->name && !f->disabled)
			add_field(f, f->name, f->text.data);
	} else if (first || (f->option_selected && !f->chosen)) {
		set(&f->value, f->text.data);
		f->chosen = f->option_selected;
	}
	f->text.len = 0;
}

static void end_field(struct probe_form *f)
{
	end_option(f);
	buf_str(&f->text, "");
	if (f->name && !f->disabled && f->field == PROBE_FORM_TEXTAREA)
		add_field(f, f->name, f->text.data);
	else if (f->name && !f->disabled && f->field == PROBE_FORM_SELECT && f->value)
		add_field(f, f->name, f->value);
	set(&f->name, NULL);
	set(&f->value, NULL);
	f->text.len = 0;
	f->field = PROBE_FORM_NO_FIELD;
}

static void begin_option(struct probe_form *f, const char *value, bool selected)
{
	end_option(f);
	f->in_option = true;
	f->option_selected = selected;
	f->option_has_value = value != NULL;
	if (value)
		buf_str(&f->text, value);
}

/* ---- the form ---- */

static void begin(struct probe_form *f, const char *action, const char *method)
{
	f->open = true;
	f->posts = method && strcasecmp(method, "post") == 0;
	f->dialog = method && strcasecmp(method, "dialog") == 0;
	f->action = mem_strdup(action ? action : "");
}

static void end(struct probe_form *f, struct probe_links *l)
{
	end_field(f);
	buf_str(&f->query, "");
	if (f->posts) {
		probe_links_add_post(l, f->action, buf_steal(&f->names));
	} else if (!f->dialog && f->query.len <= LIMIT_LINK) {
		size_t n = strcspn(f->action, "?#");
		CLEANUP_FREE char *ref = mem_printf("%.*s?%s", (int)n, f->action, f->query.data);
		if (f->query.len || n)
			probe_links_add(l, PROBE_LINK_FORM, ref, strlen(ref) - !f->query.len);
	}
	free(f->action);
	free(f->name);
	free(f->value);
	buf_done(&f->query);
	buf_done(&f->names);
	buf_done(&f->text);
	*f = (struct probe_form){0};
}

void probe_form_element(struct probe_form *f, struct probe_links *l, const char *element,
			const char *(*attribute)(const void *element, const char *name), const void *ctx)
{
	if (strcmp(element, "form") == 0) {
		if (f->open)
			end(f, l); /* whose end was left out */
		begin(f, attribute(ctx, "action"), attribute(ctx, "method"));
		return;
	}
	if (!f->open)
		return;
	const char *name = attribute(ctx, "name"), *type = attribute(ctx, "type"), *value = attribute(ctx, "value");
	bool disabled = attribute(ctx, "disabled") != NULL, named = name && *name;
	if (strcmp(element, "option") == 0 && f->field == PROBE_FORM_SELECT) {
		begin_option(f, value, attribute(ctx, "selected") != NULL);
		return;
	}
	bool select = strcmp(element, "select") == 0;
	if (select || strcmp(element, "textarea") == 0) {
		end_field(f);
		f->field = select ? PROBE_FORM_SELECT : PROBE_FORM_TEXTAREA;
		f->disabled = disabled;
		f->multiple = select && attribute(ctx, "multiple");
		f->chosen = false;
		set(&f->name, named ? name : NULL);
		if (named && !disabled)
			add_name(f, name);
	} else if (strcmp(element, "input") == 0 && named && !disabled) {
		add_input(f, name, type ? type : "text", value, attribute(ctx, "checked") != NULL);
	} else if (strcmp(element, "button") == 0 && named && !disabled) {
		add_input(f, name, type && *type ? type : "submit", value, false);
	}
}

void probe_form_text(struct probe_form *f, const char *s, size_t n)
{
	bool wanted = f->field == PROBE_FORM_TEXTAREA || (f->in_option && !f->option_has_value);
	if (wanted && f->text.len <= LIMIT_LINK)
		buf_append(&f->text, s, n < LIMIT_LINK ? n : LIMIT_LINK);
}

void probe_form_element_end(struct probe_form *f, struct probe_links *l, const char *name)
{
	if (!f->open)
		return;
	if (strcmp(name, "form") == 0)
		end(f, l);
	else if (strcmp(name, "option") == 0)
		end_option(f);
	else if (strcmp(name, "select") == 0 || strcmp(name, "textarea") == 0)
		end_field(f);
}

void probe_form_done(struct probe_form *f, struct probe_links *l)
{
	if (f->open)
		end(f, l);
}
