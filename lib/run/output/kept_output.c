#include "run/output/kept_output.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "os/fd.h"

void run_kept_output_init(struct run_kept_output *k, int fd, size_t head, size_t tail)
{
	*k = (struct run_kept_output){.fd = fd, .head = head, .tail = tail};
}

void run_kept_output_done(struct run_kept_output *k)
{
	free(k->last);
	k->last = NULL;
}

/* Bytes that came behind the head. */
static uint64_t behind_head(const struct run_kept_output *k)
{
	return k->total > k->head ? k->total - k->head : 0;
}

uint64_t run_kept_output_left_out(const struct run_kept_output *k)
{
	uint64_t behind = behind_head(k);
	return behind > k->tail ? behind - k->tail : 0;
}

int run_kept_output_add(struct run_kept_output *k, const void *data, size_t n, struct err *err)
{
	const char *p = data;
	size_t first = k->total < k->head ? (size_t)(k->head - k->total) : 0;
	if (first > n)
		first = n;
	int r = first ? fd_write_all(k->fd, p, first, err) : 0;
	k->total += first;
	p += first;
	n -= first;
	if (n && !k->last)
		k->last = mem_alloc(k->tail);
	while (n) {
		size_t at = (size_t)(behind_head(k) % k->tail), part = k->tail - at < n ? k->tail - at : n;
		memcpy(k->last + at, p, part);
		k->total += part;
		p += part;
		n -= part;
	}
	return r;
}

int run_kept_output_finish(struct run_kept_output *k, struct err *err)
{
	const uint64_t behind = behind_head(k), left_out = run_kept_output_left_out(k);
	CLEANUP_BUF struct buf b = {0};
	if (!behind)
		return 0;
	if (left_out)
		buf_printf(&b, "\n[slim left out %llu bytes of output]\n", (unsigned long long)left_out);
	size_t at = left_out ? (size_t)(behind % k->tail) : 0; /* the oldest byte, once the ring is full */
	if (left_out)
		buf_append(&b, k->last + at, k->tail - at);
	buf_append(&b, k->last, left_out ? at : (size_t)behind);
	return fd_write_all(k->fd, b.data, b.len, err);
}
