#include "dockerfile/ignore.h"

#include <string.h>

#include "dockerfile/quote.h"

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("/._@%,:=~ -", c);
}

void dockerfile_ignore_pattern(struct buf *out, const char *path, size_t n)
{
	for (size_t i = 0, len; i < n; i += len) {
		len = buf_printable(path + i, n - i);
		bool trimmed = path[i] == ' ' && (i == 0 || i + 1 == n);
		if (!len || trimmed)
			buf_char(out, '?');
		else if (len == 1 && !is_plain(path[i]))
			buf_printf(out, "\\%c", path[i]);
		else
			buf_append(out, path + i, len);
		len += !len;
	}
}

static void add_pattern(void *ctx, const char *path, size_t n)
{
	dockerfile_ignore_pattern(ctx, path, n);
	buf_char(ctx, '\n');
}

static void add_comment(void *ctx, const char *path, size_t n)
{
	dockerfile_comment(ctx, "        %s%.*s", path[0] == '/' ? "" : "/", (int)n, path);
}

/* Patterns of the steps that tell their sources. */
static void add_known(const struct dockerfile_steps *steps, const struct dockerfile_context *c, struct buf *out)
{
	bool any = false, run = false;
	for (size_t i = 0; i < steps->count; i++) {
		if (!steps->items[i].sources.count)
			continue;
		if (!any)
			dockerfile_comment(out, "%s",
					   "The patterns are paths below the build context, as these steps "
					   "of the image's history tell them:");
		dockerfile_comment(out, "    %s", steps->items[i].text);
		any = true;
		run |= steps->items[i].run_follows;
	}
	if (run)
		dockerfile_comment(out, "%s",
				   "RUN steps follow, which may read such files: try a build with the patterns "
				   "before you keep them.");
	if (c->too_many)
		dockerfile_comment(out, "There are more than %d files.", DOCKERFILE_CONTEXT_MAX);
	dockerfile_context_unused(c, add_pattern, out);
}

static void add_unknown(const struct dockerfile_step *step, const struct image_index *x, const bool *used, bool *any,
			struct buf *out)
{
	CLEANUP_DOCKERFILE_CONTEXT struct dockerfile_context c;
	CLEANUP_BUF struct buf paths = {0};
	dockerfile_context_of_step(step, x, used, &c);
	dockerfile_context_unused(&c, add_comment, &paths);
	if (!paths.len)
		return;
	if (!*any)
		dockerfile_comment(out, "%s",
				   "These steps do not tell from where they copied. Paths in the image that "
				   "are not used:");
	*any = true;
	dockerfile_comment(out, "    %s", step->text);
	buf_append(out, paths.data, paths.len);
}

void dockerfile_ignore(const struct oci_image_config *config, const struct image_index *x, const bool *used,
		       const char *reference, struct buf *out)
{
	CLEANUP_DOCKERFILE_STEPS struct dockerfile_steps steps;
	CLEANUP_DOCKERFILE_CONTEXT struct dockerfile_context context;
	bool any = false;
	dockerfile_steps_read(config, &steps);
	dockerfile_context_read(&steps, x, used, &context);
	dockerfile_comment(out, "What the build of %s copied into it, but no run used and the slim image leaves out.",
			   reference);
	dockerfile_comment(out, "%s", "Written by slim build, see slim-build(1).");
	add_known(&steps, &context, out);
	for (size_t i = 0; i < steps.count; i++)
		if (!steps.items[i].sources.count)
			add_unknown(&steps.items[i], x, used, &any, out);
	if (!steps.count)
		dockerfile_comment(out, "%s", "Its history has no step that copied files of a build context.");
}
