#include "transport/trail.h"

#include <string.h>

void transport_trail_line(const struct buf *trail, struct buf *out)
{
	for (const char *at = trail->data; at && *at;) {
		size_t n = strcspn(at, "\n");
		buf_printf(out, "%s%.*s", out->len ? "; " : "", (int)n, at);
		at += n + (at[n] == '\n');
	}
}
