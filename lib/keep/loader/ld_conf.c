#include "keep/loader/ld_conf.h"

#include <fnmatch.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "keep/program_lookup.h"
#include "text/path.h"

#define MAX_STARS 4 /* of one component: what fnmatch backtracks over */

/* Append the paths that the pattern (absolute) matches, in order of names. done: what of it is matched. */
static void glob_image(const struct image_index *x, const char *done, const char *pattern, struct strlist *out)
{
	const char *name;
	size_t len;
	if (out->count >= LIMIT_LD_CONF_FILES)
		return;
	if (!path_next(&pattern, &name, &len)) {
		strlist_add(out, done);
		return;
	}
	CLEANUP_FREE char *component = mem_strndup(name, len);
	if (!strpbrk(component, "*?[")) {
		CLEANUP_FREE char *path = mem_printf("%s/%s", done, component);
		if (image_index_resolve(x, path, true, NULL, NULL) != IMAGE_NONE)
			glob_image(x, path, pattern, out);
		return;
	}
	unsigned stars = 0;
	for (const char *p = component; *p; p++)
		stars += *p == '*';
	uint32_t dir = image_index_resolve(x, *done ? done : "/", true, NULL, NULL);
	if (dir == IMAGE_NONE || stars > MAX_STARS)
		return;
	const struct image_node *d = image_index_node(x, dir);
	for (uint32_t i = 0; i < d->n_children; i++) {
		const char *child = image_index_node(x, d->first_child + i)->name;
		if (fnmatch(component, child, FNM_PERIOD) != 0)
			continue;
		CLEANUP_FREE char *path = mem_printf("%s/%s", done, child);
		glob_image(x, path, pattern, out);
	}
}

static void read_line(const struct image_index *x, const char *file, char *line, struct strlist *files,
		      struct strlist *dirs)
{
	line[strcspn(line, "#")] = '\0';
	char *word = strsep(&line, " \t\r");
	while (word && !*word)
		word = strsep(&line, " \t\r");
	if (!word)
		return;
	if (*word == '/' && dirs->count < LIMIT_ELF_DIRS) {
		word[strcspn(word, "=")] = '\0'; /* "dir=type", of libc5 times */
		strlist_add(dirs, word);
	}
	if (strcmp(word, "include") != 0)
		return;
	CLEANUP_FREE char *dir = mem_strndup(file, (size_t)(strrchr(file, '/') - file));
	while ((word = strsep(&line, " \t\r"))) {
		if (!*word)
			continue;
		CLEANUP_BUF struct buf pattern = {0};
		path_join(&pattern, dir, word);
		glob_image(x, "", pattern.data, files);
	}
}

/* seen: by their real paths, as one that includes itself may call itself by ever longer names. */
static void read_file(const struct image_index *x, const char *file, struct strlist *seen, struct strlist *dirs)
{
	CLEANUP_BUF struct buf real = {0}, text = {0};
	uint32_t node = image_index_resolve(x, file, true, NULL, NULL);
	if (node == IMAGE_NONE)
		return;
	image_index_path(x, node, &real);
	if (seen->count >= LIMIT_LD_CONF_FILES || strlist_has(seen, real.data))
		return;
	strlist_add(seen, real.data);
	if (!image_index_text(x, file, LIMIT_LD_CONF, &text))
		return;
	for (char *rest = text.data, *line; (line = strsep(&rest, "\n"));) {
		CLEANUP_STRLIST struct strlist files = {0};
		read_line(x, file, line, &files, dirs);
		for (size_t i = 0; i < files.count; i++)
			read_file(x, files.items[i], seen, dirs);
	}
}

void keep_ld_conf_read(const struct image_index *x, const char *path, struct strlist *dirs)
{
	CLEANUP_STRLIST struct strlist seen = {0};
	read_file(x, path, &seen, dirs);
}
