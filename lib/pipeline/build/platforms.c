#include "pipeline/build/platforms.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "os/binfmt.h"
#include "pipeline/build/choose.h"
#include "pipeline/build/stage_publish.h"
#include "pipeline/stages.h"

/* The build of one platform, and the options that are its own. */
struct platform_build {
	struct pipeline_build_options options;
	struct pipeline_check_options check;
	char *lock, *growth, *dockerfile, *dockerignore;
};

void pipeline_platform_results_done(struct pipeline_platform_results *r)
{
	for (size_t i = 0; i < r->count; i++) {
		report_done(&r->items[i].report);
		free(r->items[i].why);
	}
	free(r->items);
	*r = (struct pipeline_platform_results){0};
}

char *pipeline_platform_file(const char *file, size_t number, const char *name)
{
	if (!file || !number)
		return mem_strdup(file);
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
	char *own = mem_printf("%s.%s", file, name);
	for (char *c = own + strlen(file); *c; c++) /* the index may say anything */
		if (!strchr(plain, *c))
			*c = '-';
	return own;
}

static void fill_results(const struct pipeline_choices *c, struct pipeline_platform_results *out)
{
	out->items = mem_calloc(c->count, sizeof(*out->items));
	for (; out->count < c->count; out->count++) {
		struct pipeline_platform_result *to = &out->items[out->count];
		const struct pipeline_choice *from = &c->items[out->count];
		strcpy(to->name, from->name);
		to->why = mem_strdup(from->obstacle);
		to->state = from->obstacle ? PIPELINE_PLATFORM_KEPT : PIPELINE_PLATFORM_NOT_STARTED;
	}
}

static void set_options(struct platform_build *b, const struct pipeline_build_options *common,
			struct transport_source *source, const struct pipeline_choice *choice, size_t number)
{
	b->options = *common;
	b->options.session.opened = source;
	b->check = *common->check;
	b->options.check = &b->check;
	b->options.session.platform = &choice->platform;
	b->options.traces = &choice->traces;
	b->options.manifest = &choice->digest;
	b->options.keep_index = true;
	b->check.lock.file = b->lock = pipeline_platform_file(common->check->lock.file, number, choice->name);
	b->check.growth_file = b->growth = pipeline_platform_file(common->check->growth_file, number, choice->name);
	b->options.dockerfile_out = b->dockerfile =
	    pipeline_platform_file(common->dockerfile_out, number, choice->name);
	b->options.dockerignore_out = b->dockerignore =
	    pipeline_platform_file(common->dockerignore_out, number, choice->name);
}

static void free_options(struct platform_build *b)
{
	free(b->lock);
	free(b->growth);
	free(b->dockerfile);
	free(b->dockerignore);
}

/* Builds all that can be built, but publishes nothing. */
static int make_all(const struct pipeline_choices *c, const struct platform_build *builds,
		    const struct progress *progress, struct pipeline_platform_results *out,
		    struct pipeline_build_several *several, struct buf *log, struct err *err)
{
	size_t n = 0;
	int r = 0;
	while (n < c->count && !c->items[n].obstacle)
		n++;
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct pipeline_platform_result *result = &out->items[i];
		const uint64_t from = clock_ms();
		r = progress_step(progress, PIPELINE_PLATFORM_STAGE, i, n, "platforms", err);
		if (r < 0)
			return r;
		buf_done(log); /* of the one before, which did not fail */
		*log = (struct buf){0};
		pipeline_build_state_init(&several->items[i], &builds[i].options, progress, &result->report,
					  i ? several->items : NULL);
		several->count = i + 1;
		r = pipeline_build_make(&several->items[i], log, err);
		result->ms = clock_ms() - from;
		result->state = r < 0 ? PIPELINE_PLATFORM_FAILED : PIPELINE_PLATFORM_BUILT;
		if (r < 0)
			err_wrap(err, "%s", result->name);
	}
	return r;
}

/* The source is open in session. */
static int build_all(const struct pipeline_platforms_options *o, struct pipeline_session *session,
		     struct pipeline_platform_results *out, struct buf *log, struct err *err)
{
	static const struct pipeline_stage last = {"publish", pipeline_build_publish_index};
	CLEANUP_PIPELINE_CHOICES struct pipeline_choices choices = {0};
	struct pipeline_build_several several = {0};
	int r = pipeline_choose(session->source, o, BINFMT_DIR, &choices, err);
	fill_results(&choices, out);
	struct platform_build *builds = mem_calloc(choices.count, sizeof(*builds));
	several.items = mem_calloc(choices.count, sizeof(*several.items));
	for (size_t i = 0; i < choices.count; i++)
		set_options(&builds[i], o->build, session->source, &choices.items[i], i);
	if (r == 0)
		r = make_all(&choices, builds, session->progress, out, &several, log, err);
	if (r == 0)
		r = pipeline_stages_run(&last, 1, &several, several.items[0].report, err);
	while (several.count)
		pipeline_build_state_done(&several.items[--several.count]);
	for (size_t i = 0; i < choices.count; i++)
		free_options(&builds[i]);
	free(builds);
	free(several.items);
	return r;
}

int pipeline_platforms_build(const struct pipeline_platforms_options *o, const struct progress *progress,
			     struct pipeline_platform_results *out, struct buf *log, struct err *err)
{
	struct pipeline_session session; /* all builds read its source: a pipe can be read once */
	pipeline_session_init(&session, &o->build->session, progress);
	int r = pipeline_session_open(&session, err);
	if (r == 0)
		r = build_all(o, &session, out, log, err);
	pipeline_session_done(&session);
	return r;
}
