/* report/diff/sums.h - for the files of report/diff: sums of differences under names. All zero is empty. */
#pragma once

#include "base/strset.h"
#include "report/diff/data.h"

struct report_diff_group {
	struct report_diff_sums *sums;
	size_t cap; /* of sums */
	struct strset keys;
};

/* One difference. counted: the bytes in each image, 0 for a further name of a file. */
struct report_diff_item {
	const struct report_diff_path *path;
	uint64_t counted[2];
	bool is_file; /* not a directory */
};

/* Adds it to the sum of that key (n bytes), or to a new one with that name. */
void report_diff_group_add(struct report_diff_group *g, const char *key, size_t n, const char *name, size_t name_n,
			   const struct report_diff_item *item);
void report_diff_sum_add(struct report_diff_sum *s, const struct report_diff_item *item);
void report_diff_sums_sort(struct report_diff_sums *s);
/* By image and layer first. */
void report_diff_sums_sort_by_layer(struct report_diff_sums *s);
/* The *n sums of that layer among sums sorted by layer; NULL if there is none. Borrowed. */
const struct report_diff_sum *report_diff_sums_of_layer(const struct report_diff_sums *s,
							const struct report_diff_sum *layer, size_t *n);
