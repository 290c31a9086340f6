#include <stdlib.h>

#include "probe/probe.h"

void probe_http_options_init(struct probe_http_options *o)
{
	*o = (struct probe_http_options){
	    .max_pages = PROBE_HTTP_PAGES,
	    .max_depth = PROBE_HTTP_DEPTH,
	    .max_ms = PROBE_HTTP_SECONDS * 1000,
	    .timeout_ms = PROBE_HTTP_TIMEOUT * 1000,
	    .crawl = true,
	};
}

void probe_http_options_done(struct probe_http_options *o)
{
	free(o->ports);
	*o = (struct probe_http_options){0};
}
