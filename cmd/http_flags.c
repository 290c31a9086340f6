#include "http_flags.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ports.h"

void http_flags_init(struct http_flags *f)
{
	f->probe = true;
	probe_http_options_init(&f->options);
}

void http_flags_done(struct http_flags *f)
{
	strlist_done(&f->requests);
}

bool http_flags_probe(const struct http_flags *f)
{
	return f->probe || f->requests.count;
}

static int parse_ports(const char *text, struct probe_http_options *out, struct oci_port **expose, size_t *n_expose,
		       struct err *err)
{
	CLEANUP_STRLIST struct strlist list = {0};
	size_t first = *n_expose;
	for (size_t len; text && *text; text += len + (text[len] == ',')) {
		len = strcspn(text, ",");
		strlist_take(&list, mem_strndup(text, len));
	}
	int r = ports_parse(&list, "http-probe-ports", expose, n_expose, err);
	out->ports = mem_calloc(*n_expose - first, sizeof(*out->ports));
	for (size_t i = first; i < *n_expose; i++)
		out->ports[out->n_ports++] = (*expose)[i].number;
	return r;
}

int http_flags_parse(const struct http_flags *f, struct probe_http_options *out, struct oci_port **expose,
		     size_t *n_expose, struct err *err)
{
	*out = f->options;
	out->wait_ms = f->wait * 1000;
	out->requests = mem_calloc(f->requests.count, sizeof(*out->requests));
	int r = parse_ports(f->ports, out, expose, n_expose, err);
	for (size_t i = 0; r == 0 && i < f->requests.count; i++) {
		r = probe_http_request_parse(f->requests.items[i], &out->requests[i], err);
		if (r < 0)
			return err_wrap(err, "--http-probe-cmd");
		out->n_requests++;
	}
	return r;
}
