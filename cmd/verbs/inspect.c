#include <string.h>

#include "base/log.h"
#include "cmd/command.h"
#include "cmd/docker_slim/report.h"
#include "cmd/inspect/files.h"

static const struct option_part parts[] = {
    {&inspect_flags_group, 0},
    {&inspect_flags_gate_group, 0},
    {&registry_flags_group, offsetof(struct inspect_flags, registry)},
};

static int inspect(const struct inspect_flags *f, const struct oci_ref *ref, const struct oci_platform *platform,
		   const char *name, struct inspect_image *i, struct outcome *out)
{
	if (inspect_image_read(f, ref, platform, i, &out->err) < 0)
		return EXIT_FAILED;
	CLEANUP_FREE char *opened = oci_ref_text(transport_source_ref(i->read.source));
	i->view.reference = f->json ? name : opened;
	if (f->json)
		report_inspect_view_json(&i->view, &out->result);
	else
		report_inspect_view_text(&i->view, &out->result);
	i->view.reference = name;
	const size_t failed = report_gates_failed(&i->gates);
	if (!failed)
		return EXIT_DONE;
	report_gates_page(&i->gates, &out->page);
	(void)err_set(&out->err, ERR_GATE, "gate-failed", "the image does not pass %zu of %zu limits", failed,
		      i->gates.count);
	return EXIT_GATE;
}

static int run(void *options, const struct strlist *args, struct outcome *out)
{
	const struct inspect_flags *f = options;
	const char *name = args->items[0];
	struct oci_platform platform;
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	struct inspect_image image = {0};
	bool theirs;
	log_enable(f->verbose);
	if (oci_ref_parse(name, &ref, &out->err) < 0 ||
	    docker_slim_report_format(f->report_format, &theirs, &out->err) < 0 ||
	    (f->platform && oci_platform_parse(f->platform, &platform, &out->err) < 0))
		return EXIT_USAGE;
	if (inspect_files_check(f, &out->err) < 0)
		return out->err.code == ERR_INVAL && strcmp(out->err.id, "option-conflict") == 0 ? EXIT_USAGE
												 : EXIT_FAILED;
	int code = EXIT_USAGE;
	if (inspect_flags_limits(f, &image.limits, &out->err) == 0 &&
	    inspect_flags_exceptions(f, &image.exceptions, &out->err) == 0) {
		code = inspect(f, &ref, f->platform ? &platform : NULL, name, &image, out);
		code = inspect_files_write(f, theirs, name, &image, code, out);
	}
	inspect_image_done(&image);
	return code;
}

static const char *const examples[] = {
    "Show an image in a registry without pulling its layers.",
    "slim inspect docker://nginx:1.25 --quick",
    "Fail if an image holds a key or a token, in any of its layers.",
    "slim inspect app:1 --fail-on high",
    "Print the configuration of an image in a layout.",
    "slim inspect oci:images:app --json",
    NULL,
};

const struct command command_inspect = {
    .name = "inspect",
    .args = "REF",
    .summary = "Show an image's layers, packages and configuration, and what is wrong with it",
    .examples = examples,
    .options = OPTION_TABLE(parts),
    .options_size = sizeof(struct inspect_flags),
    .defaults = inspect_flags_init,
    .done = inspect_flags_done,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
