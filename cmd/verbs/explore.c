#include <unistd.h>

#include "base/log.h"
#include "cmd/command.h"
#include "cmd/explore/source/source.h"
#include "cmd/explore/terminal/terminal.h"
#include "cmd/explore/terminal/terminal_type.h"
#include "cmd/options/registry_flags.h"
#include "cmd/progress.h"

struct explore_flags {
	const char *platform;
	bool verbose, json;
	struct registry_flags registry;
};

#define AT(member) offsetof(struct explore_flags, member)
static const struct option_row rows[] = {
    {"platform", 0, OPTION_STRING, AT(platform), "OS/ARCH",
     "choose the image of this platform from an index (default: this machine's)", OPTION_RARE, OPTION_PLATFORMS},
    {"json", 0, OPTION_FLAG, AT(json), NULL, "print an error as JSON, too"},
    {"verbose", 'v', OPTION_FLAG, AT(verbose), NULL, "describe each step on stderr"},
};
static const struct option_group group = OPTION_GROUP("Options", rows);
static const struct option_part parts[] = {{&group, 0}, {&registry_flags_group, AT(registry)}};

static void defaults(void *options)
{
	registry_flags_init(&((struct explore_flags *)options)->registry);
}

static void done(void *options)
{
	registry_flags_done(&((struct explore_flags *)options)->registry);
}

/* Reads an image that is named by reference. */
static int open_image(const struct explore_flags *f, const char *name, const struct oci_ref *ref,
		      const struct oci_platform *platform, const struct progress *progress, struct explore_source *out,
		      struct err *err)
{
	struct transport_options t = registry_flags_options(&f->registry);
	t.progress = progress;
	return explore_source_image(name, ref, platform, &t, progress, out, err);
}

static int explore(const struct explore_flags *f, const char *name, const struct oci_ref *ref,
		   const struct oci_platform *platform, struct err *err)
{
	struct explore_source source;
	struct progress progress;
	int r = progress_begin(&progress, false, err);
	if (r == 0)
		r = ref ? open_image(f, name, ref, platform, &progress, &source, err)
			: explore_source_report(name, &source, err);
	progress_clear();
	if (r < 0)
		return r;
	r = explore_terminal_run(&source.model, err);
	explore_source_done(&source);
	return r;
}

static int run(void *options, const struct strlist *args, struct outcome *out)
{
	const struct explore_flags *f = options;
	const char *name = args->items[0];
	const bool is_report = report_why_lists_is_file(name);
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	struct oci_platform platform;
	log_enable(f->verbose);
	if (f->platform && oci_platform_parse(f->platform, &platform, &out->err) < 0)
		return EXIT_USAGE;
	if (!is_report && oci_ref_parse(name, &ref, &out->err) < 0) {
		err_wrap(&out->err, "there is no file %s, and it is not the name of an image", name);
		return EXIT_USAGE;
	}
	if (explore_terminal_type_check(&out->err) < 0)
		return EXIT_USAGE;
	const int r = explore(f, name, is_report ? NULL : &ref, f->platform ? &platform : NULL, &out->err);
	return r < 0 ? EXIT_FAILED : EXIT_DONE;
}

static const char *const examples[] = {
    "Look at what a build kept and removed, and mark paths for a policy file.",
    "slim explore report.json",
    "Look at the layers and files of an image.",
    "slim explore docker://nginx:1.25",
    NULL,
};

const struct command command_explore = {
    .name = "explore",
    .args = "IMAGE|REPORT",
    .summary = "Browse an image or a build's report on the terminal, and mark what to keep or remove",
    .examples = examples,
    .options = OPTION_TABLE(parts),
    .options_size = sizeof(struct explore_flags),
    .defaults = defaults,
    .done = done,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
