/* report/why_lists.h - looks up what a report says of a path. The report may have a million paths. Of each path only
 * the name, its place in the text and its size are in memory; the rest is read again on demand. The JSON comes from
 * outside: it is checked and capped. Lifetime: all zero but for fd, or one _load, _parse; any number of questions;
 * _done. Not thread-safe. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/strset.h"

enum report_why_list { REPORT_WHY_KEPT, REPORT_WHY_DROPPED };
#define REPORT_WHY_LISTS (REPORT_WHY_DROPPED + 1)
extern const char *const report_why_list_keys[REPORT_WHY_LISTS]; /* their members in a report */

struct report_why_lists {
	struct report_why_paths {
		bool exists; /* the report has such a list */
		struct strset paths;
		struct report_why_place {
			uint32_t at, n; /* its element in the text: first byte, bytes */
			int64_t size;   /* of a regular file; else 0 */
			uint16_t step;  /* the first that needed it; 0 = no step */
		} * places;             /* by id of paths */
		size_t cap;
	} lists[REPORT_WHY_LISTS];
	json_t *runs;   /* of the report; NULL = the report has no runs */
	json_t *layers; /* likewise, unchecked: of the image that was slimmed */
	int fd;         /* the text is in this file; -1 = it is in text */
	struct buf text;
	struct err failed; /* of the first look-up that failed */
};
#define REPORT_WHY_LISTS_NONE                                                                                          \
	{                                                                                                              \
		.fd = -1                                                                                               \
	}

/* Whether path is a file that may be a report, and not the name of an image: a directory may have such a name. */
bool report_why_lists_is_file(const char *path);
/* Opens a report, which stays open if it is a regular file. */
int report_why_lists_load(const char *path, struct report_why_lists *out, struct err *err) MUST_CHECK;
/* Takes the content of text. what: its name in messages. */
int report_why_lists_parse(struct buf *text, const char *what, struct report_why_lists *out,
			   struct err *err) MUST_CHECK;
void report_why_lists_done(struct report_why_lists *w);
#define CLEANUP_REPORT_WHY_LISTS CLEANUP(report_why_lists_done)

static inline bool report_why_lists_has(const struct report_why_lists *w, enum report_why_list list, const char *path)
{
	return strset_find(&w->lists[list].paths, path) != STRSET_NONE;
}
/* The path's element, to be released; NULL if the list does not have it, or it can't be read, see failed. */
json_t *report_why_lists_find(struct report_why_lists *w, enum report_why_list list, const char *path);
