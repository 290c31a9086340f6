#include "publish/wish.h"

#include <stdlib.h>

#include "base/mem.h"

static int parse_output(const char *text, struct oci_ref *out, struct err *err)
{
	if (oci_ref_parse(text, out, err) < 0)
		return err_wrap(err, "--output");
	if (out->scheme == OCI_SCHEME_NONE)
		return err_set(err, ERR_INVAL, "output-without-transport",
			       "--output %s does not name a transport: write docker-daemon:%s or docker://%s, or --tag "
			       "%s for the engine that the image came from",
			       text, text, text, text);
	return 0;
}

int publish_wish_parse(const struct strlist *outputs, const struct strlist *tags, bool push, struct publish_wish *out,
		       struct err *err)
{
	*out = (struct publish_wish){.tags = tags, .push = push};
	for (size_t i = 0; i < tags->count; i++) {
		char *name = NULL;
		if (oci_name_with_tag(tags->items[i], &name, err) < 0)
			return err_wrap(err, "--tag");
		strlist_take(&out->names, name);
	}
	out->outputs = mem_calloc(outputs->count, sizeof(*out->outputs));
	while (out->n_outputs < outputs->count) {
		const size_t i = out->n_outputs++;
		int r = parse_output(outputs->items[i], &out->outputs[i], err);
		if (r < 0)
			return r;
	}
	return 0;
}

void publish_wish_done(struct publish_wish *w)
{
	for (size_t i = 0; i < w->n_outputs; i++)
		oci_ref_done(&w->outputs[i]);
	free(w->outputs);
	strlist_done(&w->names);
	*w = (struct publish_wish){0};
}
