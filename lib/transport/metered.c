#include "transport/metered.h"

static ssize_t metered_read(void *ctx, void *buf, size_t n, struct err *err)
{
	struct transport_metered *m = ctx;
	const ssize_t got = io_read(&m->from, buf, n, err);
	if (got <= 0)
		return got;
	m->done += (uint64_t)got;
	const int r = progress_step(m->progress, m->stage, m->done, m->total, "bytes", err);
	return r < 0 ? r : got;
}

static void metered_close(void *ctx)
{
	struct transport_metered *m = ctx;
	io_reader_close(&m->from);
}

struct io_reader transport_metered_reader(struct transport_metered *m)
{
	return (struct io_reader){.read = metered_read, .close = metered_close, .ctx = m};
}
