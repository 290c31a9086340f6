/* cmd/options/http_flags.h - the options of the HTTP probe, and the probe's options made of them. */
#pragma once

#include "cmd/options/option.h"
#include "oci/image_config.h"
#include "probe/probe.h"
#include "run/expectation.h"

/* A member of container_flags. */
struct http_flags {
	enum option_choice probe, must_answer;
	bool no_4xx, no_5xx, routes;
	struct strlist requests;
	const char *ports;
	unsigned wait, timeout, crawl_seconds; /* seconds */
	struct probe_http_options options;     /* numbers and switches that need no parsing */
};

extern const struct option_group http_flags_group, http_flags_crawl_group;

void http_flags_init(struct http_flags *f);
void http_flags_done(struct http_flags *f);
/* In the functions below, named means: flags name requests, which are sent instead of GET /. */
/* Tells whether any request is to be sent. */
bool http_flags_probe(const struct http_flags *f, bool named);
/* Tells whether the probe begins at / and follows the links, because nothing else was named. */
bool http_flags_crawls(const struct http_flags *f, bool named);
/* Sets the answers that are expected. A probe that the user asked for must get an answer. The usual probe must not get
 * errors only, unless commands of the user drive the container, too (driven). */
void http_flags_expect(const struct http_flags *f, bool named, bool driven, struct run_expectation *out);
/* Appends the named requests to *out, which is valid in any case. */
int http_flags_script(const struct http_flags *f, struct probe_script *out, struct err *err) MUST_CHECK;
/* Returns the options to run a script. Borrows both. */
struct probe_script_options http_flags_requests(const struct probe_http_options *o, const struct probe_script *script);
/* *out is valid in any case. The ports to probe are appended to *expose, to be waited for. */
int http_flags_parse(const struct http_flags *f, struct probe_http_options *out, struct oci_port **expose,
		     size_t *n_expose, struct err *err) MUST_CHECK;
