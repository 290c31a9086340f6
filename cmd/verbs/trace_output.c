#include "cmd/verbs/trace_output.h"

#include "os/fd.h"
#include "os/output_file.h"

static int make(void *ctx, int fd, struct err *err)
{
	return trace_file_write_parts(ctx, fd_sink, &fd, err);
}

int trace_output_write(const char *path, const struct trace_file *trace, struct err *err)
{
	int r = output_file_make(path, make, (void *)trace, err);
	return r < 0 ? err_wrap(err, "trace") : 0;
}
