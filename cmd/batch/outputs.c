#include "cmd/batch/outputs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/outcome.h"
#include "version.h"

static char *text_of(const json_t *object, const char *name)
{
	const char *s = json_string_value(json_object_get(object, name));
	return s ? mem_strdup(s) : NULL;
}

static void read_image(const json_t *v, struct report_image *out)
{
	CLEANUP_FREE char *digest = text_of(v, "digest");
	const json_int_t size = json_integer_value(json_object_get(v, "size_bytes"));
	out->reference = text_of(v, "reference");
	out->size_bytes = size > 0 ? (uint64_t)size : 0;
	if (digest && strlen(digest) < sizeof(out->digest))
		strcpy(out->digest, digest);
}

/* The members of a report (slim.report/v1) that figures and tables need. */
static void read_report(const struct batch_result *r, struct report *out)
{
	const json_t *to = json_array_get(json_object_get(r->report, "destinations"), 0);
	const char *published = json_string_value(json_object_get(json_object_get(r->report, "gates"), "published"));
	read_image(json_object_get(r->report, "source"), &out->source);
	read_image(json_object_get(r->report, "result"), &out->result);
	if (!out->source.reference)
		out->source.reference = mem_strdup(r->source);
	if (json_is_object(to)) {
		out->destinations = mem_calloc(1, sizeof(*out->destinations));
		out->n_destinations = 1;
		out->destinations[0].reference = text_of(to, "reference");
		out->destinations[0].pinned = text_of(to, "pinned");
	}
	if (published)
		out->gates.published = strcmp(published, "original") == 0 ? "original" : "result";
}

static void read_error(const struct batch_result *r, struct err *out)
{
	const char *id = json_string_value(json_object_get(r->error, "code")),
		   *message = json_string_value(json_object_get(r->error, "message"));
	const bool stopped = !r->started || (id && strcmp(id, "cancelled") == 0);
	if (r->started && r->status == EXIT_DONE && !id)
		return;
	out->code = stopped                     ? ERR_CANCELLED
		    : r->status == EXIT_GATE    ? ERR_GATE
		    : r->status == EXIT_DIFFERS ? ERR_DIFFERS
						: ERR_SYS;
	snprintf(out->msg, sizeof(out->msg), "%s", message ? message : stopped ? "not started" : "failed");
}

void batch_outputs_init(const struct batch_results *r, struct batch_outputs *out)
{
	struct ci_batch_image *images = mem_calloc(r->count, sizeof(*images));
	*out = (struct batch_outputs){.reports = mem_calloc(r->count, sizeof(*out->reports)),
				      .errors = mem_calloc(r->count, sizeof(*out->errors))};
	for (size_t i = 0; i < r->count; i++) {
		read_report(&r->items[i], &out->reports[i]);
		read_error(&r->items[i], &out->errors[i]);
		images[i] = (struct ci_batch_image){
		    .name = r->items[i].name,
		    .build = {&out->reports[i], &out->errors[i], SLIM_VERSION, CI_BUILD},
		    .ms = r->items[i].ms,
		};
	}
	out->b = (struct ci_batch){images, r->count};
}

void batch_outputs_done(struct batch_outputs *o)
{
	for (size_t i = 0; i < o->b.count; i++)
		report_done(&o->reports[i]);
	free(o->reports);
	free(o->errors);
	free((void *)o->b.images);
	*o = (struct batch_outputs){0};
}
