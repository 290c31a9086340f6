#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command.h"

static int report_failure(const struct err *err, int code)
{
	CLEANUP_BUF struct buf b = {0};
	buf_escape(&b, err->msg, strlen(err->msg));
	fprintf(stderr, "slim: %s\n", b.len ? b.data : "unknown failure");
	return code;
}

int fail_usage(const struct err *err)
{
	return report_failure(err, EXIT_USAGE);
}

int fail(const struct err *err)
{
	return report_failure(err, EXIT_FAILED);
}

int print(const struct buf *b)
{
	struct err err = {0};
	if (fwrite(b->data ? b->data : "", 1, b->len, stdout) == b->len && fflush(stdout) == 0)
		return EXIT_DONE;
	err_sys(&err, errno, "write to standard output");
	return fail(&err);
}
