#include "run/output/container_log.h"

#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"

void run_log_tail(int fd, size_t max, struct buf *out)
{
	off_t size = fd >= 0 ? lseek(fd, 0, SEEK_END) : 0;
	if (size <= 0)
		return;
	off_t at = (uint64_t)size > max ? size - (off_t)max : 0;
	buf_reserve(out, (size_t)(size - at));
	ssize_t n = pread(fd, out->data, (size_t)(size - at), at);
	out->len = n > 0 ? (size_t)n : 0;
	out->data[out->len] = '\0';
}

/* time="..." level=error msg="what it is \"quoted\"" : the message, unescaped in place. */
static char *logrus_message(char *line)
{
	char *msg = strstr(line, " msg=\""), *to, *from;
	if (!msg || strncmp(line, "time=", 5) != 0)
		return line;
	for (to = from = msg + 6; *from && *from != '"'; from++) {
		if (*from == '\\' && from[1])
			from++;
		*to++ = *from;
	}
	*to = '\0';
	return msg + 6;
}

char *run_log_last_line(int fd)
{
	CLEANUP_BUF struct buf b = {0};
	run_log_tail(fd, LIMIT_LOG_TAIL, &b);
	while (b.len && strchr("\r\n", b.data[b.len - 1]))
		b.data[--b.len] = '\0';
	if (!b.len)
		return mem_strdup("");
	char *line = strrchr(b.data, '\n');
	return mem_strdup(logrus_message(line ? line + 1 : b.data));
}
