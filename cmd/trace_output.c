#include "trace_output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"

int trace_output_check(const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	CLEANUP_FREE char *dir = slash ? mem_strndup(path, (size_t)(slash - path) + 1) : mem_strdup(".");
	return access(dir, W_OK | X_OK) < 0 ? err_sys(err, errno, "write %s", path) : 0;
}

int trace_output_write(const char *path, const struct trace_file *trace, struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	int r = trace_file_write(trace, &b, err);
	if (r == 0)
		r = fd_write_file_atomic(AT_FDCWD, path, b.data, b.len, 0644, err);
	return r < 0 ? err_wrap(err, "trace") : 0;
}
