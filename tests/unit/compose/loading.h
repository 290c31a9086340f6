/* tests/unit/compose/loading.h - projects of small files in a folder of their own, and what they become. */
#pragma once

#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "compose/project_json.h"
#include "os/fd.h"
#include "text/json.h"

/* A file of a project; the list ends with one without a name. */
struct file {
	const char *name, *text;
};

static char loading_folder[64];

/* Makes an empty folder, in place of the one before. */
static inline void loading_begin(void)
{
	if (loading_folder[0])
		fd_remove_tree(AT_FDCWD, loading_folder, NULL);
	strcpy(loading_folder, "/tmp/slim-compose-XXXXXX");
	assert_non_null(mkdtemp(loading_folder));
}

static inline int loading_end(void **state)
{
	if (loading_folder[0])
		fd_remove_tree(AT_FDCWD, loading_folder, NULL);
	return 0;
}

static inline void loading_write(const struct file *files)
{
	for (; files->name; files++) {
		CLEANUP_FREE char *path = mem_printf("%s/%s", loading_folder, files->name);
		char *slash = strrchr(path, '/');
		*slash = 0;
		assert_int_equal(fd_mkdir_p(AT_FDCWD, path, 0755, NULL), 0);
		*slash = '/';
		assert_int_equal(fd_write_file_atomic(AT_FDCWD, path, files->text, strlen(files->text), 0644, NULL), 0);
	}
}

/* The value at a path of keys and numbers ("services.web.ports.0"); NULL = there is none. Borrowed. */
static inline json_t *loading_value(json_t *v, const char *path)
{
	while (v && *path) {
		const size_t n = strcspn(path, ".");
		CLEANUP_FREE char *key = mem_strndup(path, n);
		v = json_is_array(v) ? json_array_get(v, (size_t)atoi(key)) : json_object_get(v, key);
		path += n + (path[n] == '.');
	}
	return v;
}

/* Replaces the folder's name by "~". free(). */
static inline char *loading_shorten(const char *text)
{
	struct buf out = {0};
	const size_t n = strlen(loading_folder);
	for (const char *p = text; *p;) {
		const bool is_folder = strncmp(p, loading_folder, n) == 0;
		buf_char(&out, is_folder ? '~' : *p);
		p += is_folder ? n : 1;
	}
	return buf_steal(&out);
}

/* Loads with the files of the options ("a.yaml", below the folder), and compares the value at the path, as compact
 * JSON, with want. */
static inline void loading_check(const struct compose_options *options, const char *path, const char *want)
{
	CLEANUP_COMPOSE_PROJECT struct compose_project p = {0};
	struct err e = {0};
	if (compose_project_load(options, &p, &e) < 0)
		fail_msg("%s: %s", path, e.msg);
	json_auto_t *v = project_json(&p);
	json_t *part = loading_value(v, path);
	char *text = part ? json_dumps(part, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS) : mem_strdup("none");
	CLEANUP_FREE char *got = loading_shorten(text);
	free(text);
	if (strcmp(got, want) != 0)
		fail_msg("%s:\n  is   %s\n  want %s", path, got, want);
}

/* The same for a refusal: its id, and a part of its message. */
static inline void loading_refuse(const struct compose_options *options, const char *id, const char *says)
{
	CLEANUP_COMPOSE_PROJECT struct compose_project p = {0};
	struct err e = {0};
	if (compose_project_load(options, &p, &e) == 0)
		fail_msg("it is taken: %s", says);
	CLEANUP_FREE char *got = loading_shorten(e.msg);
	if (strcmp(e.id, id) != 0 || !strstr(got, says))
		fail_msg("%s: \"%s\"\n  want %s: \"%s\"", e.id, got, id, says);
}

/* A project of one file, compose.yaml, whose service web has these lines, without variables of this process. */
static inline void loading_one(const char *service, struct compose_options *o, struct strlist *files)
{
	CLEANUP_FREE char *text = mem_printf("services:\n  web:\n    image: i\n%s\n"
					     "  db: {image: d, volumes: [/v, 'data:/w']}\n"
					     "networks: {back: }\nvolumes: {data: }\n"
					     "configs: {c: {content: x}}\nsecrets: {s: {environment: S}}\n",
					     service);
	loading_begin();
	loading_write((const struct file[]){{"compose.yaml", text}, {"e.env", "E=1\nF=\"a $E\"\n"}, {0}});
	strlist_take(files, mem_printf("%s/compose.yaml", loading_folder));
	*o = (struct compose_options){.files = files, .no_host_env = true};
}
