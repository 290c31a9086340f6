#include "base/mem.h"
#include "cmd/command.h"
#include "cmd/options/registry_flags.h"
#include "cmd/progress.h"
#include "pipeline/unpacked.h"
#include "report/image_diff.h"
#include "runtime/userns.h"
#include "text/quantity.h"

struct diff_flags {
	const char *platform, *store, *max_sparse;
	bool all, json;
	struct registry_flags registry;
};

static const struct option_row rows[] = {
    {"all", 'a', OPTION_FLAG, offsetof(struct diff_flags, all), NULL, "show every path, directory and package"},
    {"json", 0, OPTION_FLAG, offsetof(struct diff_flags, json), NULL, "print JSON"},
    {"platform", 0, OPTION_STRING, offsetof(struct diff_flags, platform), "OS/ARCH",
     "choose the image of this platform from an index (default: this machine's)", OPTION_RARE, OPTION_PLATFORMS},
    {"store", 0, OPTION_STRING, offsetof(struct diff_flags, store), "DIR",
     "keep unpacked layers in this directory (default: $XDG_CACHE_HOME/slim)"},
    {"max-sparse", 0, OPTION_STRING, offsetof(struct diff_flags, max_sparse), "SIZE",
     "limit the zeros that an image's sparse files stand for (default: 16G)"},
};
static const struct option_group group = OPTION_GROUP("Options", rows);
static const struct option_part parts[] = {
    {&group, 0},
    {&registry_flags_group, offsetof(struct diff_flags, registry)},
};

static void defaults(void *options)
{
	registry_flags_init(&((struct diff_flags *)options)->registry);
}

static void done(void *options)
{
	registry_flags_done(&((struct diff_flags *)options)->registry);
}

static int compare(const struct diff_flags *f, char *const names[2], const struct oci_ref refs[2],
		   const struct oci_platform *platform, uint64_t max_sparse, struct buf *out, struct err *err)
{
	struct store store = {.fd = -1, .layers_fd = -1};
	struct store_run run = {.fd = -1, .lock_fd = -1};
	struct pipeline_unpacked_image images[2] = {0};
	const struct transport_options access = registry_flags_options(&f->registry);
	struct report_image_diff d = {0};
	struct progress progress;
	int r = runtime_userns_enter(err);
	if (r == 0)
		r = progress_begin(&progress, true, err);
	if (r == 0)
		r = store_open(f->store, &store, err);
	if (max_sparse)
		store.max_sparse = max_sparse;
	if (r == 0)
		r = store_run_new(&store, &run, err);
	for (int i = 0; r == 0 && i < 2; i++)
		r = pipeline_unpacked_open(&refs[i], platform, &store, &run, &access, &progress, &images[i], err);
	if (r == 0)
		r = report_image_diff_make(images[0].index, images[1].index, &d, err);
	if (r == 0 && f->json)
		report_image_diff_json(&d, (const char *const *)names, out);
	else if (r == 0)
		report_image_diff_text(&d, (const char *const *)names, f->all, out);
	report_image_diff_done(&d);
	for (int i = 0; i < 2; i++)
		pipeline_unpacked_done(&images[i]);
	store_run_done(&run);
	store_done(&store);
	return r;
}

static int run(void *options, const struct strlist *args, struct outcome *out)
{
	const struct diff_flags *f = options;
	struct oci_platform platform;
	uint64_t max_sparse = 0;
	struct oci_ref refs[2] = {0};
	int code = EXIT_DONE;
	if (oci_ref_parse(args->items[0], &refs[0], &out->err) < 0 ||
	    oci_ref_parse(args->items[1], &refs[1], &out->err) < 0 ||
	    (f->platform && oci_platform_parse(f->platform, &platform, &out->err) < 0) ||
	    (f->max_sparse && quantity_parse_bytes(f->max_sparse, &max_sparse, &out->err) < 0))
		code = EXIT_USAGE;
	else if (compare(f, args->items, refs, f->platform ? &platform : NULL, max_sparse, &out->result, &out->err) < 0)
		code = EXIT_FAILED;
	oci_ref_done(&refs[0]);
	oci_ref_done(&refs[1]);
	return code;
}

static const char *const examples[] = {
    "Show what the slim image does not have.",
    "slim diff nginx:1.25 nginx.slim:1.25",
    NULL,
};

const struct command command_diff = {
    .name = "diff",
    .args = "IMAGE IMAGE",
    .summary = "Show the differences between two images, by directory and by package",
    .examples = examples,
    .options = OPTION_TABLE(parts),
    .options_size = sizeof(struct diff_flags),
    .defaults = defaults,
    .done = done,
    .min_args = 2,
    .max_args = 2,
    .run = run,
};
