/* cmd/options/http_flags.h - the options of the HTTP probe, and the probe's options made of them. */
#pragma once

#include "cmd/options/option.h"
#include "oci/image_config.h"
#include "probe/probe.h"

/* A member of container_flags. */
struct http_flags {
	bool probe;
	struct strlist requests;
	const char *ports;
	unsigned wait;
	struct probe_http_options options; /* numbers and switches that need no parsing */
};

extern const struct option_group http_flags_group;

void http_flags_init(struct http_flags *f);
void http_flags_done(struct http_flags *f);
/* Whether any request is to be sent. */
bool http_flags_probe(const struct http_flags *f);
/* *out is valid in any case. The ports to probe are appended to *expose, to be waited for. */
int http_flags_parse(const struct http_flags *f, struct probe_http_options *out, struct oci_port **expose,
		     size_t *n_expose, struct err *err) MUST_CHECK;
