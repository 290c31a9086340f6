/* tests/unit/keep/kept.h - what a keep set holds, as text. */
#pragma once

#include "image.h"
#include "keep/set.h"

/* All kept paths but "/", in path order (of ids: by depth), separated by blanks; free(). */
static inline char *kept_text(const struct keep_set *k)
{
	struct buf b = {0};
	for (uint32_t id = 1; id < image_index_count(k->index); id++) {
		if (!keep_has(k, id))
			continue;
		if (b.len)
			buf_char(&b, ' ');
		image_index_path(k->index, id, &b);
	}
	return buf_steal(&b);
}

static inline void assert_kept(const struct keep_set *k, const char *want)
{
	CLEANUP_FREE char *got = kept_text(k);
	assert_string_equal(got, want);
}

static inline void assert_reason(const struct keep_set *k, const struct test_image *m, const char *path,
				 enum keep_reason_kind kind, uint32_t by)
{
	struct keep_reason r = k->reasons[image_node(m, path)];
	assert_int_equal(r.kind, kind);
	assert_int_equal(r.by, by);
}
