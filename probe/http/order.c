#include "probe/http/order.h"

#include <string.h>

static bool has_variable(const char *text, size_t n)
{
	return text && memmem(text, n, "${", 2);
}

static bool text_has_variable(const char *text)
{
	return text && has_variable(text, strlen(text));
}

static bool uses_variables(const struct probe_request *q)
{
	for (size_t i = 0; i < q->headers.count; i++)
		if (text_has_variable(q->headers.items[i]))
			return true;
	for (size_t i = 0; i < q->params.count; i++)
		if (text_has_variable(q->params.items[i]))
			return true;
	return text_has_variable(q->path) || has_variable(q->body.data, q->body.len) || text_has_variable(q->user) ||
	       text_has_variable(q->password) || text_has_variable(q->bearer);
}

static bool only_reads(const char *method)
{
	return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0 || strcmp(method, "OPTIONS") == 0;
}

static bool may_move(const struct probe_request *q)
{
	return only_reads(q->method) && q->protocol != PROBE_WEBSOCKET && !q->crawl && !q->n_captures && !q->n_parts &&
	       q->repeat <= 1 && q->concurrency <= 1 && !uses_variables(q);
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

size_t probe_order_group(const struct probe_request *first, size_t count)
{
	size_t n = 0;
	while (n < count && may_move(&first[n]) && first[n].port == first->port && same(first[n].socket, first->socket))
		n++;
	return n ? n : 1;
}
