#include <unistd.h>

#include "base/mem.h"
#include "cmd/command.h"
#include "cmd/options/registry_flags.h"
#include "cmd/page_file.h"
#include "cmd/progress.h"
#include "findings/secrets/config_text.h"
#include "os/output_file.h"
#include "pipeline/compare_images.h"
#include "report/diff/diff.h"

struct diff_flags {
	const char *platform, *html;
	bool all, summary, exact, json;
	struct registry_flags registry;
};

static const struct option_row rows[] = {
    {"all", 'a', OPTION_FLAG, offsetof(struct diff_flags, all), NULL, "show every path, layer, directory and package"},
    {"summary", 0, OPTION_FLAG, offsetof(struct diff_flags, summary), NULL,
     "print only three lines of Markdown, for a pull request"},
    {"exact", 0, OPTION_FLAG, offsetof(struct diff_flags, exact), NULL,
     "pull also the layers that two images of registries share"},
    {"html", 0, OPTION_STRING, offsetof(struct diff_flags, html), "FILE",
     "write a page that shows both images and their differences, for a browser"},
    {"json", 0, OPTION_FLAG, offsetof(struct diff_flags, json), NULL, "print JSON"},
    {"platform", 0, OPTION_STRING, offsetof(struct diff_flags, platform), "OS/ARCH",
     "choose the image of this platform from an index (default: this machine's)", OPTION_RARE, OPTION_PLATFORMS},
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

static void print(const struct diff_flags *f, const struct report_diff *d, const struct report_diff_side sides[2],
		  struct buf *out)
{
	if (f->json)
		report_diff_json(d, sides, out);
	else if (f->summary)
		report_diff_summary(d, sides, out);
	else
		report_diff_text(d, sides, f->all, out);
}

/* The configurations as they are shown: a summary may go where more people read it than the image. */
static int mask_secrets(const struct pipeline_comparison *c, struct oci_image_config shown[2], struct err *err)
{
	CLEANUP_FINDINGS_SCANNER struct findings_scanner *scanner = findings_scanner_new();
	int r = 0;
	for (int i = 0; r == 0 && i < 2; i++)
		if (c->images[i].image.config.root) /* it was read */
			r = findings_config_mask(scanner, &c->images[i].image.config, &shown[i], err);
	return r;
}

static int show(const struct diff_flags *f, char *const names[2], const struct pipeline_comparison *c, struct buf *out,
		struct err *err)
{
	CLEANUP_REPORT_DIFF struct report_diff d = {0};
	struct oci_image_config configs[2] = {0};
	struct report_diff_side sides[2];
	int r = mask_secrets(c, configs, err);
	for (int i = 0; i < 2; i++) {
		const struct pipeline_inspected *p = &c->images[i];
		sides[i] = (struct report_diff_side){names[i],    &p->image.manifest, &configs[i], &p->lists,
						     &p->history, &p->packages,       p->index};
	}
	if (r == 0)
		r = report_diff_make(sides, c->shared, c->unread, &d, err);
	if (r == 0)
		print(f, &d, sides, out);
	if (r == 0 && f->html)
		r = page_file_write_diff(f->html, &d, sides, err);
	for (int i = 0; i < 2; i++)
		oci_image_config_done(&configs[i]);
	return r;
}

static int compare(const struct diff_flags *f, char *const names[2], const struct oci_ref refs[2],
		   const struct oci_platform *platform, struct buf *out, struct err *err)
{
	CLEANUP_COMPARISON struct pipeline_comparison c = {0};
	struct transport_options access = registry_flags_options(&f->registry);
	struct progress progress;
	int r = progress_begin(&progress, !isatty(STDERR_FILENO), err);
	if (r < 0)
		return r;
	access.progress = &progress;
	if ((r = pipeline_compare(refs, platform, &access, f->exact || f->html, &progress, &c, err)) < 0)
		return r;
	return show(f, names, &c, out, err);
}

/* EXIT_DONE, EXIT_USAGE or EXIT_FAILED. */
static int check_page(const struct diff_flags *f, struct err *err)
{
	if (!f->html)
		return EXIT_DONE;
	if (page_file_check_stdout(f->html, f->json, err) < 0)
		return EXIT_USAGE;
	if (output_file_check(f->html, err) == 0)
		return EXIT_DONE;
	(void)err_wrap(err, "--html");
	return EXIT_FAILED;
}

static int run(void *options, const struct strlist *args, struct outcome *out)
{
	const struct diff_flags *f = options;
	struct oci_platform platform;
	struct oci_ref refs[2] = {0};
	int code = EXIT_DONE;
	if (oci_ref_parse(args->items[0], &refs[0], &out->err) < 0 ||
	    oci_ref_parse(args->items[1], &refs[1], &out->err) < 0 ||
	    (f->platform && oci_platform_parse(f->platform, &platform, &out->err) < 0))
		code = EXIT_USAGE;
	else if ((code = check_page(f, &out->err)) == EXIT_DONE &&
		 compare(f, args->items, refs, f->platform ? &platform : NULL, &out->result, &out->err) < 0)
		code = EXIT_FAILED;
	if (f->html && output_file_is_stdout(f->html))
		buf_done(&out->result); /* no summary beside the page */
	oci_ref_done(&refs[0]);
	oci_ref_done(&refs[1]);
	return code;
}

static const char *const examples[] = {
    "Show what a slim image does not have.",
    "slim diff nginx:1.25 nginx.slim:1.25",
    "Compare two tags of a registry for a pull request, without their shared layers.",
    "slim diff docker://registry.example.com/app:1 docker://registry.example.com/app:2 --summary",
    NULL,
};

const struct command command_diff = {
    .name = "diff",
    .args = "IMAGE IMAGE",
    .summary = "Show the differences between two images, by layer, directory and package",
    .examples = examples,
    .options = OPTION_TABLE(parts),
    .options_size = sizeof(struct diff_flags),
    .defaults = defaults,
    .done = done,
    .min_args = 2,
    .max_args = 2,
    .run = run,
};
