/* report/diff/view.h - for the files of report/diff: what an image shows at a path, as far as its layers were read. The
 * paths are asked for in the order of inspect_path_order. */
#pragma once

#include "report/diff/data.h"

enum report_diff_state {
	REPORT_DIFF_ABSENT,
	REPORT_DIFF_SHOWN,
	REPORT_DIFF_UNREAD, /* what the unread layers have, which may be nothing */
};

struct report_diff_view {
	enum report_diff_state state;
	bool is_named;                     /* absent: a whiteout names this very path */
	bool is_link;                      /* shown: another name of a file */
	uint16_t layer;                    /* that brought or removed the path; 0 if none did */
	const struct inspect_entry *entry; /* shown: of a hard link the file, or the link if that is not found */
	const uint8_t *sum;                /* of the file's content; NULL = not known */
};

struct report_diff_eye {
	const struct report_diff_side *side;
	bool is_partial; /* layers are unread */
	struct report_diff_hide {
		bool self, below; /* the path, all below it: whatever unread layers have there */
		uint16_t layer;
	} * hides;         /* by path of the history; NULL unless layers are unread */
	const char *scope; /* the last path below which all is hidden */
	uint16_t scope_layer;
};

void report_diff_eye_init(struct report_diff_eye *eye, const struct report_diff_side *side, size_t unread);
void report_diff_eye_done(struct report_diff_eye *eye);
/* at: number of the path in the history, SIZE_MAX = it does not have it. */
void report_diff_look(struct report_diff_eye *eye, const char *path, size_t at, struct report_diff_view *out);
