#include "cmd/build/advice.h"

#include <string.h>

#include "cmd/container_run.h"

static const char advice[] =
    "    --keep safe            keep the whole application\n"
    "    --include PATH         keep a path that is named above or in the answers\n"
    "    --exec, --host-exec    exercise the image more while it is recorded\n"
    "    --heal N               add missing files in more rounds\n"
    "    --verify=off           publish it without a comparison, if the difference does not matter\n";

static void advise_gates(struct report *report, struct outcome *out)
{
	bool drop = false;
	report->error = out->err;
	report_gates_page(&report->gates, &out->page);
	for (size_t i = 0; i < report->gates.count; i++)
		drop |= !report->gates.items[i].passed && strcmp(report->gates.items[i].name, "must-drop") == 0;
	if (drop)
		buf_str(&out->page,
			"--exclude PATH removes a path even if another file needs it; the verification shows whether "
			"the image works without it.\n");
	buf_str(&out->page, "Nothing was published. --on-fail keep-original publishes the original instead.\n");
}

void build_advise(struct report *report, int r, struct outcome *out)
{
	if (r == -ERR_GATE)
		advise_gates(report, out);
	else if (container_run_is_late(&out->err))
		report->error = out->err;
	else
		container_run_advise(report, advice, out);
}
