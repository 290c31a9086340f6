#include "cmd/options/ready.h"

#include <stdlib.h>

#include "base/mem.h"
#include "run/output/output_watch.h"

/* A named port must listen before it is probed. If no port is named, any port must listen. */
static int add(struct ready *r, const struct probe_ready_check *c, struct err *err)
{
	if (c->port)
		r->ports[r->run.n_ports++] = c->port;
	else if (c->kind == PROBE_READY_HTTP)
		r->run.any_port = true;
	if (c->kind != PROBE_READY_LOG)
		return 0;
	strlist_add(&r->prints, c->rest);
	return run_output_watch_check(c->rest, err);
}

int ready_init(struct ready *out, const struct strlist *texts, struct err *err)
{
	out->ports = mem_calloc(texts->count, sizeof(*out->ports));
	out->probe.checks = mem_calloc(texts->count, sizeof(*out->probe.checks));
	out->run.asked = texts->count > 0;
	out->run.ports = out->ports;
	for (size_t i = 0; i < texts->count; i++) {
		struct probe_ready_check *c = &out->probe.checks[out->probe.n++];
		int r = probe_ready_parse(texts->items[i], c, err);
		if (r == 0 && (r = add(out, c, err)) < 0)
			err_wrap(err, "--ready");
		if (r < 0)
			return r;
	}
	return 0;
}

void ready_done(struct ready *r)
{
	free(r->ports);
	free(r->probe.checks);
	strlist_done(&r->prints);
	*r = (struct ready){0};
}
