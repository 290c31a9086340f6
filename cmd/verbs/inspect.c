#include "base/log.h"
#include "base/mem.h"
#include "cmd/command.h"
#include "cmd/options/registry_flags.h"
#include "report/inspect_view.h"
#include "transport/transport.h"

struct inspect_flags {
	const char *platform;
	bool json, verbose;
	struct registry_flags registry;
};

static const struct option_row rows[] = {
    {"platform", 0, OPTION_STRING, offsetof(struct inspect_flags, platform), "OS/ARCH",
     "which image of an index (default: this machine's)"},
    {"json", 0, OPTION_FLAG, offsetof(struct inspect_flags, json), NULL, "print JSON"},
    {"verbose", 'v', OPTION_FLAG, offsetof(struct inspect_flags, verbose), NULL, "tell on stderr what is done"},
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

static int run(void *options, const struct strlist *args, struct outcome *out)
{
	const struct inspect_flags *f = options;
	struct oci_platform platform;
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	CLEANUP_TRANSPORT_SOURCE struct transport_source *source = NULL;
	CLEANUP_TRANSPORT_IMAGE struct transport_image image = {0};
	log_enable(f->verbose);
	if (oci_ref_parse(args->items[0], &ref, &out->err) < 0 ||
	    (f->platform && oci_platform_parse(f->platform, &platform, &out->err) < 0))
		return EXIT_USAGE;
	const struct transport_options t = registry_flags_options(&f->registry);
	if (transport_source_open(&ref, &t, &source, &out->err) < 0 ||
	    transport_source_image(source, f->platform ? &platform : NULL, &image, &out->err) < 0)
		return EXIT_FAILED;
	CLEANUP_FREE char *opened = oci_ref_text(transport_source_ref(source));
	const struct report_inspect_view view = {.reference = f->json ? args->items[0] : opened,
						 .digest = &image.manifest_digest,
						 .manifest = &image.manifest,
						 .config = &image.config};
	if (f->json)
		report_inspect_view_json(&view, &out->result);
	else
		report_inspect_view_text(&view, &out->result);
	return EXIT_DONE;
}

const struct command command_inspect = {
    .name = "inspect",
    .args = "REF",
    .summary = "Show an image's layers, sizes and configuration",
    .options = OPTION_TABLE(parts),
    .options_size = sizeof(struct inspect_flags),
    .defaults = defaults,
    .done = done,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
