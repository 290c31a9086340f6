/* tests/unit/runtime/bundle_fixture.h - what the tests of a container's bundle share: images, and the config.json that
 * runtime_bundle_write makes of one. */
#pragma once

#include "runtime/tree.h"

#include "base/limits.h"
#include "runtime/bundle.h"
#include "text/json.h"

static const char image[] __attribute__((unused)) =
    "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]},\"config\":{"
    "\"User\":\"app\",\"Env\":[\"LANG=C\",\"PATH=/app/bin\",\"BARE\",\"A=1=2\"],\"Entrypoint\":[\"/entry\",\"-e\"],"
    "\"Cmd\":[\"serve\",\"--all\"],\"WorkingDir\":\"/srv/app\",\"Volumes\":{\"/data\":{},\"/logs/today\":{}}}}";
static const char bare_image[] __attribute__((unused)) =
    "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]},"
    "\"config\":{\"Cmd\":[\"/app\"]}}";

/* A list and a string for options. */
#define LIST(...)                                                                                                      \
	(&(struct strlist){.items = (char *[]){__VA_ARGS__, NULL},                                                     \
			   .count = sizeof((char *[]){__VA_ARGS__}) / sizeof(char *)})
#define S(text) ((char[]){text})

/* root/ with users, bundle/ beside it; what runtime_bundle_write makes of a config there. */
struct fixture {
	struct tree all, root;
	struct oci_image_config config;
	struct runtime_bundle bundle;
	json_t *spec;
};

static inline struct fixture fixture_new(const char *config)
{
	struct fixture f = {.all = tree_new()};
	tree_mkdir(&f.all, "bundle");
	tree_mkdir(&f.all, "outside");
	tree_file(&f.all, "root/etc/passwd", "root:x:0:0::/root:\napp:x:1000:1001::/home/app:\n");
	tree_file(&f.all, "root/etc/group", "app:x:1001:\nvideo:x:44:app\n");
	f.root.fd = openat(f.all.fd, "root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(oci_image_config_parse(config, strlen(config), &f.config, NULL), 0);
	return f;
}

static inline void fixture_done(struct fixture *f)
{
	assert_int_equal(unlinkat(f->all.fd, "outside", AT_REMOVEDIR), 0); /* nothing was created in it */
	runtime_bundle_done(&f->bundle);
	json_decref(f->spec);
	oci_image_config_done(&f->config);
	close(f->root.fd);
	tree_done(&f->all);
}
#define CLEANUP_FIXTURE CLEANUP(fixture_done)

static inline int try_write(struct fixture *f, const struct runtime_bundle_options *options, struct err *err)
{
	CLEANUP_FREE char *dir = mem_printf("%s/bundle", f->all.path), *root = mem_printf("%s/root", f->all.path);
	runtime_bundle_done(&f->bundle);
	json_decref(f->spec);
	f->spec = NULL;
	return runtime_bundle_write(dir, root, f->root.fd, "0123456789abcdef", &f->config, options, &f->bundle, err);
}

static inline void write_one(struct fixture *f, const struct runtime_bundle_options *options)
{
	struct err err = {0};
	if (try_write(f, options, &err) < 0)
		fail_msg("%s", err.msg);
	CLEANUP_FREE char *text = tree_read(&f->all, "bundle/config.json");
	if (json_parse_object(text, strlen(text), LIMIT_CONFIG, "config.json", &f->spec, &err) < 0)
		fail_msg("%s", err.msg);
}

/* The value at a path like "process.user.uid" or "linux.namespaces"; fails the test if absent. */
static inline json_t *at(json_t *v, const char *path)
{
	CLEANUP_FREE char *copy = mem_strdup(path);
	for (char *save, *key = strtok_r(copy, ".", &save); key; key = strtok_r(NULL, ".", &save)) {
		v = json_object_get(v, key);
		if (!v)
			fail_msg("no %s in %s", key, path);
	}
	return v;
}

static inline void assert_json(json_t *v, const char *expected)
{
	CLEANUP_BUF struct buf b = {0};
	if (json_is_object(v) || json_is_array(v)) {
		json_write(v, &b);
	} else {
		char *s = json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT);
		buf_str(&b, s);
		free(s);
	}
	while (b.len && b.data[b.len - 1] == '\n')
		b.data[--b.len] = '\0';
	assert_string_equal(b.data, expected);
}

static inline bool has_text(json_t *array, const char *s)
{
	for (size_t i = 0; i < json_array_size(array); i++)
		if (strcmp(json_string_value(json_array_get(array, i)), s) == 0)
			return true;
	return false;
}
