#include "probe/crawl/extras.h"

#include <string.h>

#include "base/clock.h"
#include "probe/crawl/step.h"

struct extra {
	const char *what, *method, *path;
	bool if_changed; /* since the answer to GET / */
};

/* PROPFIND only reads. Parsers know it, and who does no WebDAV has no use for it. */
static const struct extra extras[] = {
    {"GET / if changed", "GET", "/", true},
    {"HEAD /", "HEAD", "/"},
    {"GET " PROBE_EXTRAS_NO_PAGE, "GET", PROBE_EXTRAS_NO_PAGE},
    {"PROPFIND /", "PROPFIND", "/"},
};

static void add_condition(const struct net_answer *a, const char *header, const char *condition, struct strlist *out)
{
	const char *value = net_answer_header(a, header);
	if (value && *value)
		strlist_take(out, mem_printf("%s: %s", condition, value));
}

static int send_extra(const struct probe_site *s, const struct extra *e, const struct strlist *headers,
		      struct probe_no_page *got, struct exercise_log *log, struct err *err)
{
	const unsigned timeout = s->timeout_ms < PROBE_EXTRAS_TIMEOUT_MS ? s->timeout_ms : PROBE_EXTRAS_TIMEOUT_MS;
	const struct probe_step step = {
	    .what = e->what, .port = s->port, .began = clock_ms(), .wish = EXERCISE_WISH_ERROR};
	CLEANUP_NET_ANSWER struct net_answer answer = {0};
	int r = probe_site_fetch(s, s->client, e->method, e->path, headers, timeout, &answer, err);
	probe_step_log(&step, &answer, r < 0 ? err->msg : NULL, log);
	*got = (struct probe_no_page){answer.status, (uint32_t)(clock_ms() - step.began)};
	return r;
}

int probe_extras_run(const struct probe_site *s, const struct net_answer *answer, struct probe_no_page *no_page,
		     struct exercise_log *log, struct err *err)
{
	*no_page = (struct probe_no_page){0};
	CLEANUP_STRLIST struct strlist conditions = {0};
	add_condition(answer, "ETag", "If-None-Match", &conditions);
	add_condition(answer, "Last-Modified", "If-Modified-Since", &conditions);
	for (size_t i = 0; i < sizeof(extras) / sizeof(*extras); i++) {
		struct err failure = {0};
		struct probe_no_page got;
		if (extras[i].if_changed && !conditions.count)
			continue; /* the answer gave nothing to compare with */
		int r = send_extra(s, &extras[i], extras[i].if_changed ? &conditions : NULL, &got, log, &failure);
		if (strcmp(extras[i].path, PROBE_EXTRAS_NO_PAGE) == 0)
			*no_page = got;
		if (r == -ERR_CANCELLED && err)
			*err = failure;
		if (r == -ERR_CANCELLED)
			return r;
		if (r == -ERR_TIMEOUT)
			break;
	}
	return 0;
}
