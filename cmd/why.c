#include <fcntl.h>

#include "base/fd.h"
#include "base/json.h"
#include "base/limits.h"
#include "command.h"
#include "report/why.h"

static int load(const char *path, json_t **out, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	int r = fd_read_file(AT_FDCWD, path, LIMIT_REPORT, &text, err);
	if (r < 0)
		return err_wrap(err, "report");
	return json_parse_object(text.data, text.len, LIMIT_REPORT, path, out, err);
}

static int run(void *options, const struct strlist *args)
{
	struct err err = {0};
	json_auto_t *root = NULL;
	CLEANUP_BUF struct buf text = {0};
	bool kept;
	if (load(args->items[0], &root, &err) < 0)
		return fail(&err);
	int r = 0;
	for (size_t i = 1; r == 0 && i < args->count; i++)
		r = why_answer(root, args->items[i], &kept, &text, &err);
	if (text.len && print(&text) != EXIT_DONE)
		return EXIT_FAILED;
	return r < 0 ? fail(&err) : EXIT_DONE;
}

const struct command command_why = {
    .name = "why",
    .args = "REPORT PATH...",
    .summary = "Tell why a path is in the slim image, or that it is not",
    .min_args = 2,
    .max_args = 1000,
    .run = run,
};
