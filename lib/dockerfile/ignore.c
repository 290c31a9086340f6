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

static void add_possible(void *ctx, const char *path, size_t n)
{
	buf_char(ctx, '#');
	add_pattern(ctx, path, n);
}

static void add_comment(void *ctx, const char *path, size_t n)
{
	dockerfile_comment(ctx, "        %s%.*s", path[0] == '/' ? "" : "/", (int)n, path);
}

/* Lists the paths of this need, after comments on the group. */
static void add_paths(const struct dockerfile_context *c, enum dockerfile_need need, dockerfile_context_visit *visit,
		      struct buf *out)
{
	CLEANUP_BUF struct buf paths = {0};
	dockerfile_context_each(c, need, visit, &paths);
	if (!paths.len)
		return;
	if (need == DOCKERFILE_DROPPED) {
		dockerfile_comment(out, "%s",
				   "Proven: the slim image does not have these, and behaved as the original.");
	} else {
		dockerfile_comment(
		    out, "%s",
		    "Only unused: no run touched these, no used file names them, and no used file of the "
		    "same kind");
		dockerfile_comment(out, "%s", "is beside them. Nothing proves that the image works without them.");
	}
	if (need == DOCKERFILE_UNUSED && visit == add_possible)
		dockerfile_comment(out, "%s", "Remove the # before a pattern that you know is not needed.");
	buf_append(out, paths.data, paths.len);
}

/* Returns whether a RUN step follows one of the steps whose sources are known. */
static bool add_steps(const struct dockerfile_steps *steps, struct buf *out)
{
	bool any = false, run = false;
	for (size_t i = 0; i < steps->count; i++) {
		if (!steps->items[i].sources.count)
			continue;
		if (!any)
			dockerfile_comment(out, "%s",
					   "Patterns are paths below the build context, as found in these steps of the "
					   "image's history:");
		dockerfile_comment(out, "    %s", steps->items[i].text);
		any = true;
		run |= steps->items[i].run_follows;
	}
	return run;
}

/* Adds patterns for the steps whose sources are known. */
static void add_known(const struct dockerfile_steps *steps, const struct dockerfile_context *c, struct buf *out)
{
	if (add_steps(steps, out))
		dockerfile_comment(out, "%s",
				   "RUN steps follow, which may read such files: try a build with the patterns "
				   "before you keep them.");
	if (c->too_many)
		dockerfile_comment(out, "There are more than %d files.", DOCKERFILE_CONTEXT_MAX);
	add_paths(c, DOCKERFILE_DROPPED, add_pattern, out);
	add_paths(c, DOCKERFILE_UNUSED, add_possible, out);
}

static void add_unknown(const struct dockerfile_step *step, const struct image_index *x, const uint8_t *needs,
			bool *any, struct buf *out)
{
	CLEANUP_DOCKERFILE_CONTEXT struct dockerfile_context c;
	CLEANUP_BUF struct buf paths = {0};
	dockerfile_context_of_step(step, x, needs, &c);
	add_paths(&c, DOCKERFILE_DROPPED, add_comment, &paths);
	add_paths(&c, DOCKERFILE_UNUSED, add_comment, &paths);
	if (!paths.len)
		return;
	if (!*any)
		dockerfile_comment(out, "%s",
				   "The history does not name the sources of these steps. The paths are those in the "
				   "image:");
	*any = true;
	dockerfile_comment(out, "    %s", step->text);
	buf_append(out, paths.data, paths.len);
}

void dockerfile_ignore(const struct oci_image_config *config, const struct image_index *x, const uint8_t *needs,
		       const char *reference, struct buf *out)
{
	CLEANUP_DOCKERFILE_STEPS struct dockerfile_steps steps;
	CLEANUP_DOCKERFILE_CONTEXT struct dockerfile_context context;
	bool any = false;
	dockerfile_steps_read(config, &steps);
	dockerfile_context_read(&steps, x, needs, &context);
	dockerfile_comment(out, "Files that the build of %s copied into it, although nothing there uses them.",
			   reference);
	dockerfile_comment(out, "%s", "Written by slim build, see slim-build(1).");
	add_known(&steps, &context, out);
	for (size_t i = 0; i < steps.count; i++)
		if (!steps.items[i].sources.count)
			add_unknown(&steps.items[i], x, needs, &any, out);
	if (!steps.count)
		dockerfile_comment(out, "%s", "Its history has no step that copied files of a build context.");
}
