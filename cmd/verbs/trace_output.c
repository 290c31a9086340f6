#include "cmd/verbs/trace_output.h"

#include "os/output_file.h"

int trace_output_write(const char *path, const struct trace_file *trace, struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	int r = trace_file_write(trace, &b, err);
	if (r == 0)
		r = output_file_write(path, b.data, b.len, err);
	return r < 0 ? err_wrap(err, "trace") : 0;
}
