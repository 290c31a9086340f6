/* tests/unit/keep/kept.h - what a keep set holds, as text. */
#pragma once

#include "image.h"
#include "keep/closure/closures.h"
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

/* What one path that a run used brings at a level, with all closures. */
static inline void assert_brings(struct test_image *m, enum keep_level level, const char *path, const char *want)
{
	CLEANUP_KEEP_SET struct keep_set k;
	keep_set_init(&k, m->index, NULL, level);
	keep_node(&k, image_node(m, path), KEEP_WHY(KEEP_TRACE, 0));
	assert_int_equal(keep_closures(&k, NULL), 0);
	assert_kept(&k, want);
}

static inline void assert_reason(const struct keep_set *k, const struct test_image *m, const char *path,
				 enum keep_reason_kind kind, uint32_t by)
{
	struct keep_reason r = k->reasons[image_node(m, path)];
	assert_int_equal(r.kind, kind);
	assert_int_equal(r.by, by);
}
