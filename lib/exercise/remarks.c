#include "exercise/remarks.h"

#include <string.h>
#include <strings.h>

/* What the HTTP requests of a run came to. */
struct answers {
	size_t asked, answered, pages;    /* pages: that were found, without what they are made up with */
	const struct exercise_step *page; /* the last */
	const struct exercise_step *last; /* that was answered */
	bool driven;                      /* by what the user asked for */
};

/* Whether a page is only made up with it: a style sheet, a script, an image. */
static bool is_asset(const char *type)
{
	static const char *const prefixes[] = {
	    "text/css", "text/javascript", "application/javascript", "application/manifest", "image/", "font/",
	};
	for (size_t i = 0; type && i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (strncasecmp(type, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return false;
}

static void add_step(struct answers *a, const struct exercise_step *s)
{
	a->driven |= s->kind != EXERCISE_HTTP && s->kind != EXERCISE_HEALTHCHECK && s->status == 0;
	if (s->kind != EXERCISE_HTTP || s->wish == EXERCISE_WISH_ERROR)
		return;
	a->asked++;
	if (s->status < 0)
		return;
	a->answered++;
	a->last = s;
	if (s->status >= 200 && s->status < 300 && !is_asset(s->answer.type)) {
		a->pages++;
		a->page = s;
	}
}

void exercise_remarks_add(struct exercise_log *log, bool crawls, struct notes *notes)
{
	struct answers a = {0};
	notes_take(notes, &log->notes);
	for (size_t i = 0; i < log->count; i++)
		add_step(&a, &log->steps[i]);
	if (!a.asked || a.driven)
		return;
	if (!a.answered)
		notes_add(notes, "http-not-exercised",
			  "no port answered HTTP, so only the start and stop of the service were recorded; drive it "
			  "with --client NAME, --tcp PORT or --host-exec CMD, or use --http-probe=false");
	else if (crawls && a.pages == 1)
		notes_add(notes, "crawl-reached-one-page",
			  "the crawl reached one page, %s on port %u, which links to no other; add requests with "
			  "--http-probe-cmd PATH, --probe-file FILE, --http-probe-apispec PATH or --host-exec CMD",
			  a.page->what, a.page->port);
	else if (crawls && !a.pages)
		notes_add(notes, "crawl-reached-no-page",
			  "the crawl reached no page: %s on port %u was answered with status %d; add requests with "
			  "--http-probe-cmd PATH, --probe-file FILE, --http-probe-apispec PATH or --host-exec CMD",
			  a.last->what, a.last->port, a.last->status);
}
