/* tests/unit/keep/sources.h - an image of source files, and what the closures keep for one of them. */
#pragma once

#include "unit.h"

#include "keep/closure/closures.h"
#include "keep/kept.h"

struct source_file {
	const char *path; /* without the leading slash; "x -> y" is a symlink; a trailing ! makes it executable */
	const char *text; /* NULL = its own path */
};

static inline void image_sources(struct test_image *m, const struct source_file *files, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *path = files[i].path, *arrow = strstr(path, " -> ");
		size_t len = arrow ? (size_t)(arrow - path) : strlen(path);
		bool program = !arrow && path[len - 1] == '!';
		CLEANUP_FREE char *name = mem_strndup(path, len - program);
		const char *text = files[i].text ? files[i].text : path;
		if (arrow)
			image_link(m, name, arrow + 4);
		else
			image_bytes(m, name, text, strlen(text), program ? 0755 : 0644);
	}
}

/* What is kept at the level closure for a file of that path and those bytes among the files, without the file itself,
 * in path order by depth, separated by blanks; free(). names: the names of regular files only, else the paths of files
 * and symlinks. config may be NULL. */
static inline char *kept_for_bytes(const struct source_file *files, size_t n, const struct oci_image_config *config,
				   const char *path, const void *data, size_t len, mode_t mode, bool names)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_BUF struct buf start = {0};
	struct buf out = {0};
	image_init(&m);
	image_sources(&m, files, n);
	image_bytes(&m, path, data, len, mode);
	image_index(&m);
	CLEANUP_KEEP_SET struct keep_set k;
	keep_set_init(&k, m.index, config, KEEP_CLOSURE);
	buf_printf(&start, "/%s", path);
	uint32_t node = image_node(&m, start.data);
	keep_node(&k, node, KEEP_WHY(KEEP_TRACE, 0));
	assert_int_equal(keep_closures(&k, NULL), 0);
	buf_str(&out, "");
	for (uint32_t id = 1; id < image_index_count(m.index); id++) {
		const struct image_node *info = image_index_node(m.index, id);
		if (!keep_has(&k, id) || id == node || S_ISDIR(info->mode) || (names && !S_ISREG(info->mode)))
			continue;
		if (out.len)
			buf_char(&out, ' ');
		if (names)
			buf_str(&out, info->name);
		else
			image_index_path(m.index, id, &out);
	}
	return buf_steal(&out);
}

static inline char *kept_for(const struct source_file *files, size_t n, const struct oci_image_config *config,
			     const char *path, const char *text, mode_t mode)
{
	return kept_for_bytes(files, n, config, path, text, strlen(text), mode, false);
}

#define ASSERT_KEPT_FOR(files, config, path, text, mode, want)                                                         \
	do {                                                                                                           \
		CLEANUP_FREE char *got_ =                                                                              \
		    kept_for(files, sizeof(files) / sizeof((files)[0]), config, path, text, mode);                     \
		if (strcmp(got_, want) != 0)                                                                           \
			fail_msg("%s\n got: %s\nwant: %s", text, got_, want);                                          \
	} while (0)
