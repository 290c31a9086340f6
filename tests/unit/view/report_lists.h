/* tests/unit/view/report_lists.h - the lists of paths of a report, from texts. */
#pragma once

#include "text/json.h"

/* elements: n objects as JSON. list: all zero. */
static inline void report_lists_fill(struct json_list *list, const char *const *elements, size_t n)
{
	list->depth = 1;
	for (size_t i = 0; i < n; i++) {
		json_auto_t *v = json_loads(elements[i], 0, NULL);
		assert_non_null(v);
		json_list_add(list, v);
	}
	json_list_end(list);
}
