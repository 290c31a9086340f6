#include "cmd/command.h"
#include "cmd/options/registry_flags.h"
#include "report/why.h"
#include "report/why_annotation.h"
#include "report/why_request.h"
#include "transport/transport.h"

struct why_flags {
	bool json;
	struct strlist requests;
	struct registry_flags registry;
};

static const struct option_row rows[] = {
    {"request", 0, OPTION_LIST, offsetof(struct why_flags, requests), "TEXT",
     "list the files that requests and commands with TEXT in their name were the first to need"},
    {"json", 0, OPTION_FLAG, offsetof(struct why_flags, json), NULL, "print an error as JSON, too"},
};
static const struct option_group group = OPTION_GROUP("Answers", rows);
static const struct option_part parts[] = {{&group, 0}, {&registry_flags_group, offsetof(struct why_flags, registry)}};

static void defaults(void *options)
{
	registry_flags_init(&((struct why_flags *)options)->registry);
}

static void done(void *options)
{
	struct why_flags *f = options;
	strlist_done(&f->requests);
	registry_flags_done(&f->registry);
}

static int load_image(const struct why_flags *f, const char *reference, struct report_why_lists *out, struct err *err)
{
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	CLEANUP_TRANSPORT_SOURCE struct transport_source *source = NULL;
	CLEANUP_TRANSPORT_IMAGE struct transport_image image = {0};
	const struct transport_options t = registry_flags_options(&f->registry);
	int r = oci_ref_parse(reference, &ref, err);
	if (r < 0)
		return err_wrap(err, "there is no file %s, and it is not the name of an image", reference);
	if ((r = transport_source_open(&ref, &t, &source, err)) < 0 ||
	    (r = transport_source_image(source, NULL, &image, err)) < 0)
		return r;
	const char *value = json_string_value(json_object_get(image.manifest.annotations, REPORT_WHY_ANNOTATION));
	if (!value)
		return err_set(err, ERR_NOTFOUND, "report-not-attached",
			       "%s does not explain its files: its manifest has no annotation " REPORT_WHY_ANNOTATION
			       "; build with --report FILE, and use that file",
			       reference);
	return report_why_annotation_read(value, out, err);
}

static int run(void *options, const struct strlist *args, struct outcome *out)
{
	CLEANUP_REPORT_WHY_LISTS struct report_why_lists lists = REPORT_WHY_LISTS_NONE;
	const char *from = args->items[0];
	const struct why_flags *f = options;
	if (args->count == 1 && !f->requests.count) {
		(void)err_set(&out->err, ERR_INVAL, "why-without-question",
			      "name a path, or a request with --request TEXT");
		return EXIT_USAGE;
	}
	const int loaded = report_why_lists_is_file(from) ? report_why_lists_load(from, &lists, &out->err)
							  : load_image(f, from, &lists, &out->err);
	int r = loaded;
	for (size_t i = 0; i < f->requests.count && r == 0; i++)
		r = report_why_request(&lists, f->requests.items[i], &out->result, &out->err);
	for (size_t i = 1; i < args->count && (r == 0 || r == -ERR_NOTFOUND) && loaded == 0; i++) {
		struct err e = {0};
		bool kept;
		r = report_why_answer(&lists, args->items[i], &kept, &out->result, &e);
		if (r < 0)
			outcome_fail(out, &e);
	}
	if (out->err.code == ERR_NONE)
		return EXIT_DONE;
	if (f->json)
		out->result.len = 0; /* the error takes its place */
	return EXIT_FAILED;
}

static const char *const examples[] = {
    "Tell why a file is in the slim image, or why it is not.",
    "slim why report.json /usr/bin/env",
    "List the files that a request was the first to need.",
    "slim why report.json --request /login",
    NULL,
};

const struct command command_why = {
    .name = "why",
    .args = "REPORT|IMAGE [PATH...]",
    .summary = "Explain why a path is in the slim image or not, and which files a request needed",
    .examples = examples,
    .options = OPTION_TABLE(parts),
    .options_size = sizeof(struct why_flags),
    .defaults = defaults,
    .done = done,
    .min_args = 1,
    .max_args = 1000,
    .run = run,
};
