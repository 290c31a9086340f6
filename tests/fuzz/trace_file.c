#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "trace/trace_redact.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Checks that redacting a redacted trace changes nothing. */
static void redact(const struct trace_file *f)
{
	CLEANUP_TRACE_FILE struct trace_file once = {0}, twice = {0};
	CLEANUP_BUF struct buf first = {0}, second = {0};
	if (trace_redact(f, &once, NULL) < 0)
		return;
	int r = trace_redact(&once, &twice, NULL);
	if (r < 0 || trace_file_write(&once, &first, NULL) < 0 || trace_file_write(&twice, &second, NULL) < 0)
		return;
	assert(first.len == second.len && memcmp(first.data, second.data, first.len) == 0);
}

/* Checks that a trace which parses is written to bytes that parse to the same, and that uniting a trace with itself
 * adds no path. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP_TRACE_FILE struct trace_file f = {0}, again = {0};
	CLEANUP_BUF struct buf first = {0}, second = {0};
	if (trace_file_parse((const char *)data, n, &f, NULL) < 0)
		return 0;
	redact(&f);
	struct err err = {0};
	if (trace_file_write(&f, &first, &err) < 0)
		return 0; /* indented, it may be larger than what was read */
	int r = trace_file_parse(first.data, first.len, &again, &err);
	assert(r == 0);
	r = trace_file_write(&again, &second, &err);
	assert(r == 0 && first.len == second.len && memcmp(first.data, second.data, first.len) == 0);
	size_t paths = f.trace.paths.count;
	trace_file_merge(&f, &again);
	assert(f.trace.paths.count == paths && f.n_images == again.n_images);
	return 0;
}
