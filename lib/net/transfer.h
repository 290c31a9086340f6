/* net/transfer.h - prepares libcurl's handles with safe options, makes one step of a transfer, and turns its results
 * into errors. Private to lib/net/. */
#pragma once

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/progress.h"

/* What callbacks saw of an answer. */
struct net_transfer_answer {
	uint64_t header_bytes;
	/* Set before a callback makes curl stop: */
	const char *refused; /* what was too large */
	bool not_http;
	bool tls; /* not HTTP, but a TLS record */
};

/* A multi handle and an easy one; out of memory aborts. */
void net_transfer_handles(CURLM **multi, CURL **easy);
/* Forget the last request's options (connections stay) and set those that always hold. A method without a body;
 * redirects, proxies, .netrc and schemes other than http and https are off. */
void net_transfer_defaults(CURL *easy, const char *method, const char *url);

/* Appends a line to the header of a request. ERR_INVAL: it has a line break. */
int net_transfer_add_header(struct curl_slist **headers, const char *line, struct err *err) MUST_CHECK;

/* A header callback's count: false when there is too much of it. */
bool net_transfer_header(struct net_transfer_answer *a, size_t n);
/* An answer without any header is HTTP/0.9, which could be any protocol. True = the answer has a header: go on. */
bool net_transfer_is_http(struct net_transfer_answer *a, const char *data, size_t n);

/* Do what can be done without waiting. *ended: *result says how. */
int net_transfer_step(CURLM *multi, bool *ended, CURLcode *result, struct err *err) MUST_CHECK;
/* Until something can be done, ms are over (no error), or ERR_CANCELLED. progress may be NULL. */
int net_transfer_wait(CURLM *multi, unsigned ms, const struct progress *progress, struct err *err) MUST_CHECK;

/* The status of the answer that came last; 0 = none came. */
int net_transfer_status(CURL *easy);

/* The error that a result other than CURLE_OK stands for: see exchange.h. */
int net_transfer_failure(CURL *easy, const struct net_transfer_answer *a, CURLcode code, struct err *err);
