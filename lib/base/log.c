#include "base/log.h"

#include <stdio.h>

#include "base/buf.h"

static bool enabled; /* set once by cmd/ before any thread starts */

void log_enable(bool on)
{
	enabled = on;
}

void log_debug(const char *fmt, ...)
{
	if (!enabled)
		return;
	char line[2048];
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n >= sizeof(line))
		n = sizeof(line) - 1;
	CLEANUP_BUF struct buf b = {0};
	buf_str(&b, "debug: ");
	buf_escape(&b, line, (size_t)n);
	buf_char(&b, '\n');
	fwrite(b.data, 1, b.len, stderr);
}
