#include "cmd/options/http_flags.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/options/ports.h"
#include "probe/script/http_command.h"

#define TEXT_OF(number) #number
#define TEXT(number) TEXT_OF(number)
#define AT(member) offsetof(struct http_flags, member)
static const struct option_row rows[] = {
    {"http-probe", 0, OPTION_CHOICE, AT(probe), "BOOL",
     "request / on the exposed ports and follow its links (default: true)", OPTION_COMMON},
    {"http-probe-cmd", 0, OPTION_LIST, AT(requests), "[PROTO:][METHOD:]PATH",
     "send this request and no default ones; crawl:PATH also follows links from there", OPTION_COMMON},
    {"http-probe-ports", 0, OPTION_STRING, AT(ports), "PORT,...",
     "probe these ports, in this order (default: the exposed ones)"},
    {"http-probe-start-wait", 0, OPTION_SECONDS, AT(wait), "SECONDS", "wait SECONDS before the first request"},
    {"http-probe-client-timeout", 0, OPTION_SECONDS, AT(timeout), "SECONDS",
     "wait at most SECONDS for the answer to one request (default: " TEXT(PROBE_HTTP_TIMEOUT) ")"},
    {"http-probe-exit-on-failure", 0, OPTION_CHOICE, AT(must_answer), "BOOL",
     "fail if there was no answer, or only errors (default: true if an option asks for the probe)"},
    {"http-probe-fail-on-status-4xx", 0, OPTION_BOOL, AT(no_4xx), "BOOL",
     "fail if any answer has a status from 400 to 499 (default: false)"},
    {"http-probe-fail-on-status-5xx", 0, OPTION_BOOL, AT(no_5xx), "BOOL",
     "fail if any answer has a status of 500 or above (default: false)"},
};
const struct option_group http_flags_group = OPTION_GROUP("HTTP probe", rows);

static const struct option_row crawl_rows[] = {
    {"http-probe-crawl", 0, OPTION_BOOL, AT(options.crawl), "BOOL", "follow links (default: true)"},
    {"http-probe-routes", 0, OPTION_BOOL, AT(routes), "BOOL",
     "request the paths that the application's files name (default: true; for slim probe: false)"},
    {"http-crawl-max-depth", 0, OPTION_COUNT, AT(options.max_depth), "N",
     "follow at most N links in a row (default: " TEXT(PROBE_HTTP_DEPTH) ")"},
    {"http-crawl-max-page-count", 0, OPTION_NUMBER, AT(options.max_pages), "N",
     "send at most N requests to each port (default: " TEXT(PROBE_HTTP_PAGES) ")"},
    {"http-crawl-max-time", 0, OPTION_SECONDS, AT(crawl_seconds), "SECONDS",
     "limit the time of all crawls together; 0 means no limit (default: " TEXT(PROBE_HTTP_SECONDS) ")"},
};
const struct option_group http_flags_crawl_group = OPTION_GROUP("Crawl of the HTTP probe", crawl_rows);

void http_flags_init(struct http_flags *f)
{
	probe_http_options_init(&f->options);
	f->timeout = PROBE_HTTP_TIMEOUT;
	f->routes = true;
	f->crawl_seconds = PROBE_HTTP_SECONDS;
}

void http_flags_done(struct http_flags *f)
{
	strlist_done(&f->requests);
}

bool http_flags_probe(const struct http_flags *f, bool named)
{
	return f->probe != OPTION_NO || named;
}

bool http_flags_crawls(const struct http_flags *f, bool named)
{
	return f->probe != OPTION_NO && !named && f->options.crawl;
}

void http_flags_expect(const struct http_flags *f, bool named, bool driven, struct run_expectation *out)
{
	const bool asked = named || f->ports || f->probe == OPTION_YES || f->must_answer == OPTION_YES;
	out->http_no_4xx = f->no_4xx;
	out->http_no_5xx = f->no_5xx;
	if (!http_flags_probe(f, named) || f->must_answer == OPTION_NO || (!asked && driven))
		return;
	out->http_sent = named || f->must_answer == OPTION_YES;
	out->http_answered = asked;
	out->http_below = named ? 400 : 500;
}

static int parse_ports(const char *text, struct probe_http_options *out, struct oci_port **expose, size_t *n_expose,
		       struct err *err)
{
	CLEANUP_STRLIST struct strlist list = {0};
	size_t first = *n_expose;
	const char *at = text;
	for (size_t len; at && *at; at += len + (at[len] == ',')) {
		len = strcspn(at, ",");
		strlist_take(&list, mem_strndup(at, len));
	}
	int r = ports_parse(&list, "http-probe-ports", expose, n_expose, err);
	out->ports = mem_calloc(*n_expose - first, sizeof(*out->ports));
	for (size_t i = first; r == 0 && i < *n_expose; i++) {
		if ((*expose)[i].udp)
			return err_set(err, ERR_INVAL, "option-value-invalid",
				       "--http-probe-ports %s: HTTP needs a tcp port; name a udp port with --expose",
				       text);
		out->ports[out->n_ports++] = (*expose)[i].number;
	}
	return r;
}

int http_flags_parse(const struct http_flags *f, struct probe_http_options *out, struct oci_port **expose,
		     size_t *n_expose, struct err *err)
{
	*out = f->options;
	out->wait_ms = f->wait * 1000;
	out->max_ms = f->crawl_seconds * 1000;
	out->timeout_ms = f->timeout * 1000;
	if (!f->timeout)
		return err_set(err, ERR_INVAL, "option-value-invalid",
			       "--http-probe-client-timeout takes at least 1 second, not 0");
	return parse_ports(f->ports, out, expose, n_expose, err);
}

int http_flags_script(const struct http_flags *f, struct probe_script *out, struct err *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < f->requests.count; i++)
		if ((r = probe_http_command_read(f->requests.items[i], out, err)) < 0)
			return err_wrap(err, "--http-probe-cmd");
	return probe_script_check(out, 0, "--http-probe-cmd", err);
}

struct probe_script_options http_flags_requests(const struct probe_http_options *o, const struct probe_script *script)
{
	return (struct probe_script_options){
	    .script = script,
	    .ports = o->ports,
	    .n_ports = o->n_ports,
	    .timeout_ms = o->timeout_ms,
	    .wait_ms = o->wait_ms,
	    .crawl = o,
	};
}
