/* cmd/http_flags.h - the options of the HTTP probe, and what they become. */
#pragma once

#include "option.h"
#include "oci/image_config.h"
#include "probe/probe.h"

/* container_flags has one of these as a member, and its rows are HTTP_ROWS. */
struct http_flags {
	bool probe;
	struct strlist requests;
	const char *ports;
	unsigned wait;
	struct probe_http_options options; /* numbers and switches that need no parsing */
};

#define HTTP_TEXT_OF(number) #number
#define HTTP_TEXT(number) HTTP_TEXT_OF(number)
#define HTTP_ROW(type, member, field, name, kind, value, help)                                                         \
	{                                                                                                              \
		name, 0, kind, offsetof(type, member.field), value, help                                               \
	}
#define HTTP_ROWS(T, M)                                                                                                \
	HTTP_ROW(T, M, probe, "http-probe", OPTION_BOOL, "BOOL",                                                       \
		 "GET / on the exposed ports and follow links (default: true)"),                                       \
	    HTTP_ROW(T, M, requests, "http-probe-cmd", OPTION_LIST, "[METHOD:]PATH",                                   \
		     "send this request instead; crawl:PATH follows its links, too"),                                  \
	    HTTP_ROW(T, M, ports, "http-probe-ports", OPTION_STRING, "PORT,...",                                       \
		     "probe these ports, in this order (default: the exposed ones)"),                                  \
	    HTTP_ROW(T, M, wait, "http-probe-start-wait", OPTION_SECONDS, "SECONDS", "before the first request"),      \
	    HTTP_ROW(T, M, options.crawl, "http-probe-crawl", OPTION_BOOL, "BOOL", "follow links (default: true)"),    \
	    HTTP_ROW(T, M, options.max_depth, "http-crawl-max-depth", OPTION_COUNT, "N",                               \
		     "links in a row (default: " HTTP_TEXT(PROBE_HTTP_DEPTH) ")"),                                     \
	    HTTP_ROW(T, M, options.max_pages, "http-crawl-max-page-count", OPTION_NUMBER, "N",                         \
		     "requests to a port (default: " HTTP_TEXT(PROBE_HTTP_PAGES) ")"),                                 \
	    HTTP_ROW(T, M, options.must_answer, "http-probe-exit-on-failure", OPTION_BOOL, "BOOL",                     \
		     "fail when no request was answered (default: false)")

void http_flags_init(struct http_flags *f);
void http_flags_done(struct http_flags *f);
/* Whether any request is to be sent. */
bool http_flags_probe(const struct http_flags *f);
/* *out is valid in any case. The ports to probe are appended to *expose, to be waited for. */
int http_flags_parse(const struct http_flags *f, struct probe_http_options *out, struct oci_port **expose,
		     size_t *n_expose, struct err *err) MUST_CHECK;
