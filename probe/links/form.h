/* probe/links/form.h - a form of a page, as a browser would send it if nobody filled it in.
 * Spec: WHATWG HTML, 4.10.21.4 (constructing the entry list), application/x-www-form-urlencoded. */
#pragma once

#include "base/buf.h"
#include "probe/links/list.h"

/* All zero: outside of a form. */
struct probe_form {
	bool open, posts, dialog;
	bool submits;     /* its first button is among the fields */
	char *action;     /* "" = the page itself */
	struct buf query; /* of the fields that are sent as they stand */
	struct buf names; /* of all fields, "user, password" */
	/* A field whose value is still to come. */
	enum { PROBE_FORM_NO_FIELD, PROBE_FORM_TEXTAREA, PROBE_FORM_SELECT } field;
	char *name;
	bool disabled, in_option, multiple, chosen; /* chosen: value is that of the option which is selected */
	bool option_selected, option_has_value;
	char *value;     /* of the select element; NULL = it has no option yet */
	struct buf text; /* of the textarea, or of the option */
};

/* name: of the element. attribute: its value by name, NULL = absent; "" = without a value. */
void probe_form_element(struct probe_form *f, struct probe_links *l, const char *name,
			const char *(*attribute)(const void *element, const char *name), const void *element);
void probe_form_text(struct probe_form *f, const char *s, size_t n);
void probe_form_element_end(struct probe_form *f, struct probe_links *l, const char *name);
/* The page ends; adds a form that was not closed. */
void probe_form_done(struct probe_form *f, struct probe_links *l);
