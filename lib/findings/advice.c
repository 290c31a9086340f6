#include <string.h>

#include "base/mem.h"
#include "findings/matchers.h"
#include "oci/history.h"

#define NAMED 3 /* places that an advice names */

static const char *of_secret(const struct findings_item *i)
{
	static const char *const advices[] = {
	    [FINDINGS_IN_FILES] =
		"Replace the secret, as layer %l publishes it. Mount it with RUN --mount=type=secret or at run time.",
	    [FINDINGS_IN_CONFIG] = "Replace the secret, and leave it out of %n.",
	    [FINDINGS_IN_ENVIRONMENT] = "Replace the secret, and set %n when the container starts, not with ENV.",
	    [FINDINGS_IN_LABEL] = "Replace the secret, and leave the label %n out.",
	    [FINDINGS_IN_HISTORY] = "Replace the secret, and give it to this step with RUN --mount=type=secret.",
	};
	if (i->where == FINDINGS_IN_FILES && i->removed != FINDINGS_NO_LAYER)
		return "Replace the secret: layer %r only hides the file, layer %l still has it. Mount it with RUN "
		       "--mount=type=secret.";
	return advices[i->where];
}

/* Of what comes with the base image, which its user cannot change. */
static const char *of_base(const struct findings_rule *rule)
{
	if (rule->match != FINDINGS_BY_FACT)
		return "Take a smaller base image: layer %l comes with it. Or let slim build leave %f out (saves %s).";
	switch (rule->what) {
	case FINDINGS_HEAVY_BASE:
		return rule->advice;
	case FINDINGS_REMOVED_LATER:
		return "Take a smaller base image: layer %r only hides %f, layer %l still has it (saves %s).";
	case FINDINGS_REPLACED_LATER:
	case FINDINGS_COPIED_FOR_MODE:
		return "Take a newer base image: layer %r replaces %f, which layer %l has (saves %s).";
	default:
		return "Take a smaller base image: layer %l comes with it. Or let slim build leave %f out (saves %s).";
	}
}

/* Whether a COPY or ADD makes the layer: then no command of its step can delete something. */
static bool is_copied(const struct findings_work *w, uint32_t layer)
{
	CLEANUP_BUF struct buf line = {0};
	if (layer != FINDINGS_NO_LAYER)
		oci_history_line(oci_image_config_created_by(w->in->config, layer), &line);
	return line.len && (strncmp(line.data, "COPY ", 5) == 0 || strncmp(line.data, "ADD ", 4) == 0);
}

static const char *template_of(const struct findings_work *w, const struct findings_item *i)
{
	const bool theirs = i->layer != FINDINGS_NO_LAYER && i->layer < w->out->base.layers;
	if (!i->rule->advice)
		return of_secret(i);
	if (theirs && i->rule->kind == FINDINGS_FAT)
		return of_base(i->rule);
	return i->rule->copied && is_copied(w, i->layer) ? i->rule->copied : i->rule->advice;
}

static void put_size(struct buf *b, uint64_t bytes)
{
	if (bytes >= 100000)
		buf_printf(b, "%.1f MB", (double)bytes / 1e6);
	else
		buf_printf(b, "%.1f kB", (double)bytes / 1e3);
}

static void put_files(struct buf *b, const struct findings_item *i)
{
	for (size_t k = 0; k < i->n_places && k < NAMED; k++)
		buf_printf(b, "%s%s", k ? ", " : "", i->places[k].path);
	if (i->count > NAMED)
		buf_printf(b, " and %zu more", i->count - NAMED);
}

static void put(struct buf *b, const struct findings_item *i, char what)
{
	if (what == 'p')
		buf_str(b, i->path ? i->path : "");
	else if (what == 'n')
		buf_str(b, i->name ? i->name : "");
	else if (what == 'f')
		put_files(b, i);
	else if (what == 's')
		put_size(b, i->bytes);
	else
		buf_printf(b, "%u", (what == 'l' ? i->layer : i->removed) + 1);
}

void findings_advise(struct findings_work *w)
{
	for (size_t i = 0; i < w->out->count; i++) {
		struct findings_item *item = &w->out->items[i];
		CLEANUP_BUF struct buf b = {0};
		for (const char *t = template_of(w, item); *t; t++)
			if (*t == '%')
				put(&b, item, *++t);
			else
				buf_char(&b, *t);
		item->advice = buf_steal(&b);
	}
}
