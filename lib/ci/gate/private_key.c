#include "ci/gate/private_key.h"

#include <ctype.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/fd.h"

#define MAX_BYTES (64u << 10) /* larger files are programs that have such text in their messages */
#define MIN_BASE64 16         /* characters of base64 in the line below, which has no others */

static const char begin[] = "-----BEGIN ", end[] = "PRIVATE KEY-----";

/* The line at s, without its line break. */
static size_t line_length(const char *s, size_t n)
{
	const char *newline = memchr(s, '\n', n);
	size_t len = newline ? (size_t)(newline - s) : n;
	return len && s[len - 1] == '\r' ? len - 1 : len;
}

static bool is_key_data(const char *line, size_t n)
{
	static const char *const headers[] = {"Proc-Type:", "DEK-Info:", "Comment:"};
	size_t i = 0;
	for (size_t h = 0; h < sizeof(headers) / sizeof(headers[0]); h++)
		if (n >= strlen(headers[h]) && memcmp(line, headers[h], strlen(headers[h])) == 0)
			return true;
	while (i < n && (isalnum((unsigned char)line[i]) || line[i] == '+' || line[i] == '/' || line[i] == '='))
		i++;
	return i == n && n >= MIN_BASE64;
}

bool ci_gate_private_key_text(const char *text, size_t n)
{
	const size_t begins = sizeof(begin) - 1, ends = sizeof(end) - 1;
	const char *limit = text + n, *at = text;
	while (at < limit) {
		size_t left = (size_t)(limit - at), len = line_length(at, left);
		const char *newline = memchr(at, '\n', left), *next = newline ? newline + 1 : limit;
		if (len >= begins + ends && memcmp(at, begin, begins) == 0 && memcmp(at + len - ends, end, ends) == 0 &&
		    is_key_data(next, line_length(next, (size_t)(limit - next))))
			return true;
		at = next;
	}
	return false;
}

bool ci_gate_private_key(const struct image_index *x, uint32_t node)
{
	const struct image_node *n = image_index_node(x, node);
	CLEANUP_BUF struct buf text = {0};
	if (!S_ISREG(n->mode) || n->size < sizeof(begin) + sizeof(end) || n->size > MAX_BYTES)
		return false;
	CLEANUP_FD int fd = image_index_open(x, node, NULL);
	return fd >= 0 && fd_read_all(fd, MAX_BYTES, "a file of the image", &text, NULL) == 0 &&
	       ci_gate_private_key_text(text.data ? text.data : "", text.len);
}
