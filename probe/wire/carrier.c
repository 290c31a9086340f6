#include "probe/wire/carrier.h"

#include <string.h>
#include <strings.h>

#include "base/limits.h"

void probe_carrier_answer_done(struct probe_carrier_answer *a)
{
	strlist_done(&a->headers);
	buf_done(&a->body);
	*a = (struct probe_carrier_answer){0};
}

int probe_carrier_headers(const char **at, const char *end, struct probe_carrier_answer *out, struct err *err)
{
	while (*at < end) {
		const char *line = *at, *next = memchr(line, '\n', (size_t)(end - line));
		size_t n = next ? (size_t)(next - line) : (size_t)(end - line);
		*at = next ? next + 1 : end;
		if (n && line[n - 1] == '\r')
			n--;
		if (!n)
			return 0;
		const char *colon = memchr(line, ':', n);
		if (!colon || colon == line || memchr(line, '\0', n))
			return err_set(err, ERR_PROTO, "carrier-header-malformed",
				       "the answer has a line that is not a header");
		const char *value = colon + 1;
		while (value < line + n && (*value == ' ' || *value == '\t'))
			value++;
		strlist_take(&out->headers,
			     mem_printf("%.*s: %.*s", (int)(colon - line), line, (int)(line + n - value), value));
	}
	return 0;
}

const char *probe_carrier_header(const struct probe_carrier_answer *a, const char *name)
{
	const size_t n = strlen(name);
	for (size_t i = 0; i < a->headers.count; i++)
		if (strncasecmp(a->headers.items[i], name, n) == 0 && a->headers.items[i][n] == ':')
			return a->headers.items[i] + n + 2;
	return NULL;
}

void probe_carrier_body(struct probe_carrier_answer *a, const void *data, size_t n)
{
	const size_t room = LIMIT_HTTP_BODY - a->body.len;
	buf_append(&a->body, data, n < room ? n : room);
	a->body_bytes += n;
}
