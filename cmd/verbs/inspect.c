#include "base/log.h"
#include "base/mem.h"
#include "cmd/command.h"
#include "cmd/docker_slim/report.h"
#include "cmd/options/registry_flags.h"
#include "os/output_file.h"
#include "report/inspect_view.h"
#include "transport/transport.h"

struct inspect_flags {
	const char *platform, *report, *report_format;
	bool json, verbose;
	struct registry_flags registry;
};

#define AT(member) offsetof(struct inspect_flags, member)
static const struct option_row rows[] = {
    {"platform", 0, OPTION_STRING, AT(platform), "OS/ARCH",
     "choose the image of this platform from an index (default: this machine's)", OPTION_RARE, OPTION_PLATFORMS},
    {"json", 0, OPTION_FLAG, AT(json), NULL, "print JSON"},
    {"report", 0, OPTION_STRING, AT(report), "FILE", "write what --json prints to a file"},
    {"report-format", 0, OPTION_STRING, AT(report_format), "slim|docker-slim",
     "write --report in slim's or docker-slim's format (default: slim)"},
    {"verbose", 'v', OPTION_FLAG, AT(verbose), NULL, "describe each step on stderr"},
};
static const struct option_group group = OPTION_GROUP("Options", rows);
static const struct option_part parts[] = {
    {&group, 0},
    {&registry_flags_group, offsetof(struct inspect_flags, registry)},
};

static void defaults(void *options)
{
	registry_flags_init(&((struct inspect_flags *)options)->registry);
}

static void done(void *options)
{
	registry_flags_done(&((struct inspect_flags *)options)->registry);
}

static int inspect(const struct inspect_flags *f, const struct oci_ref *ref, const struct oci_platform *platform,
		   const char *name, struct transport_image *image, struct outcome *out)
{
	CLEANUP_TRANSPORT_SOURCE struct transport_source *source = NULL;
	const struct transport_options t = registry_flags_options(&f->registry);
	if (transport_source_open(ref, &t, &source, &out->err) < 0 ||
	    transport_source_image(source, platform, image, &out->err) < 0)
		return EXIT_FAILED;
	CLEANUP_FREE char *opened = oci_ref_text(transport_source_ref(source));
	const struct report_inspect_view view = {.reference = f->json ? name : opened,
						 .digest = &image->manifest_digest,
						 .manifest = &image->manifest,
						 .config = &image->config};
	if (f->json)
		report_inspect_view_json(&view, &out->result);
	else
		report_inspect_view_text(&view, &out->result);
	return EXIT_DONE;
}

/* docker-slim's report is there if the image could not be read, too. */
static int write_report(const struct inspect_flags *f, bool theirs, const char *name,
			const struct transport_image *image, int code, struct outcome *out)
{
	const bool read = code == EXIT_DONE;
	struct err err = {0};
	int r = 0;
	if (!f->report || (!read && !theirs))
		return code;
	if (theirs) {
		struct report_docker_slim d = {.type = REPORT_DOCKER_SLIM_XRAY,
					       .target = name,
					       .manifest = read ? &image->manifest : NULL,
					       .config = read ? &image->config : NULL,
					       .error = &out->err};
		r = docker_slim_report_write(f->report, &d, &err);
	} else {
		const struct report_inspect_view view = {.reference = name,
							 .digest = &image->manifest_digest,
							 .manifest = &image->manifest,
							 .config = &image->config};
		CLEANUP_BUF struct buf json = {0};
		report_inspect_view_json(&view, &json);
		r = output_file_write(f->report, json.data, json.len, &err);
	}
	if (r == 0)
		return code;
	outcome_fail(out, &err);
	return EXIT_FAILED;
}

static int run(void *options, const struct strlist *args, struct outcome *out)
{
	const struct inspect_flags *f = options;
	const char *name = args->items[0];
	struct oci_platform platform;
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	CLEANUP_TRANSPORT_IMAGE struct transport_image image = {0};
	bool theirs;
	log_enable(f->verbose);
	if (oci_ref_parse(name, &ref, &out->err) < 0 ||
	    docker_slim_report_format(f->report_format, &theirs, &out->err) < 0 ||
	    (f->platform && oci_platform_parse(f->platform, &platform, &out->err) < 0))
		return EXIT_USAGE;
	if (f->report && output_file_check(f->report, &out->err) < 0) {
		err_wrap(&out->err, "report");
		return EXIT_FAILED;
	}
	int code = inspect(f, &ref, f->platform ? &platform : NULL, name, &image, out);
	return write_report(f, theirs, name, &image, code, out);
}

static const char *const examples[] = {
    "Show an image in a registry without pulling its layers.",
    "slim inspect docker://nginx:1.25",
    "Print the configuration of an image in a layout.",
    "slim inspect oci:images:app --json",
    NULL,
};

const struct command command_inspect = {
    .name = "inspect",
    .args = "REF",
    .summary = "Show an image's layers, sizes and configuration",
    .examples = examples,
    .options = OPTION_TABLE(parts),
    .options_size = sizeof(struct inspect_flags),
    .defaults = defaults,
    .done = done,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
