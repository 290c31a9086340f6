#include "report/diff/data.h"

#include <stdlib.h>

const char *const report_diff_change_names[REPORT_DIFF_CHANGES] = {"gone", "added", "changed"};
const char *const report_diff_aspect_names[REPORT_DIFF_ASPECTS] = {"kind", "content", "mode", "owner"};

static void sums_done(struct report_diff_sums *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->items[i].name);
	free(s->items);
}

void report_diff_done(struct report_diff *d)
{
	for (size_t i = 0; i < d->n_paths; i++) {
		free(d->paths[i].path);
		free(d->paths[i].package);
	}
	free(d->paths);
	sums_done(&d->layers);
	sums_done(&d->directories);
	sums_done(&d->packages);
	sums_done(&d->parts);
	*d = (struct report_diff){0};
}
