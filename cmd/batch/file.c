#include "cmd/batch/file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "cmd/batch/values.h"
#include "formats/yaml.h"
#include "oci/ref.h"
#include "os/fd.h"
#include "text/json.h"
#include "text/secret.h"

#define SCHEMA "slim.build/v1"
#define NAME_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
#define NAME_MOST 64
#define JOBS_MOST 100

/* An option that an image has, and its value. */
struct setting {
	const struct option_row *row;
	const json_t *holder, *value;
	bool of_exercise;
};

struct settings {
	struct setting *items;
	size_t count, cap;
};

struct reader {
	const char *path;
	struct yaml_lines lines;
	json_t *root;
	const struct command *build;
	const struct option_given_list *given;
	struct batch_file *out;
	size_t bytes; /* of all arguments */
};

/* The members of an image that are not options. */
static const char *const members[] = {"name", "image", "exercise", "gates"};
#define N_MEMBERS (sizeof(members) / sizeof(members[0]))

static bool is_among(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

/* Options of the batch, which an image can't have. */
static bool is_of_batch(const char *name)
{
	static const char *const names[] = {"file", "jobs", "json", "all", NULL};
	return is_among(name, names);
}

/* Options that beside --file count for the batch alone: an image may have its own. */
static bool is_not_passed_on(const char *name)
{
	static const char *const names[] = {"report", "html", "timeout", "ci-dir", "junit", "markdown", "dotenv", NULL};
	return is_of_batch(name) || is_among(name, names);
}

/* ---- errors ---- */

/* Puts the place before the message: that of the holder's key, or of the holder if key is NULL. */
static int at(const struct reader *r, const json_t *holder, const char *key, struct err *err)
{
	unsigned line = yaml_line_of(&r->lines, holder, key);
	if (!line) /* a merged key has none */
		line = yaml_line_of(&r->lines, holder, NULL);
	return line ? err_wrap(err, "%.300s, line %u", r->path, line) : err_wrap(err, "%.300s", r->path);
}

static int fail(const struct reader *r, const json_t *holder, const char *key, struct err *err, const char *text)
{
	err_set(err, ERR_INVAL, "batch-file-malformed", "%s", text);
	return at(r, holder, key, err);
}

static int unknown_key(const struct reader *r, const json_t *holder, const char *key, bool is_image, struct err *err)
{
	CLEANUP_FREE const char **names = NULL;
	size_t n = 0, cap = 0;
	for (size_t i = is_image ? 0 : 2; i < N_MEMBERS; i++) {
		names = mem_grow(names, n, &cap, sizeof(*names));
		names[n++] = members[i];
	}
	for (size_t k = 0; k < r->build->options.n; k++) {
		const struct option_group *g = r->build->options.parts[k].group;
		for (size_t i = 0; i < g->n; i++) {
			names = mem_grow(names, n, &cap, sizeof(*names));
			if (g->rows[i].name && !is_of_batch(g->rows[i].name))
				names[n++] = g->rows[i].name;
		}
	}
	const char *near = option_nearest(key, names, n);
	if (is_of_batch(key))
		err_set(err, ERR_INVAL, "batch-key-unknown", "%s is one for all images: it belongs on the command line",
			key);
	else if (near)
		err_set(err, ERR_INVAL, "batch-key-unknown", "unknown key %.60s; did you mean %s?", key, near);
	else
		err_set(err, ERR_INVAL, "batch-key-unknown",
			"unknown key %.60s; keys are the options of slim build --help, by their long names", key);
	return at(r, holder, key, err);
}

/* ---- the settings of an image, in their order ---- */

static int add_setting(const struct reader *r, const json_t *holder, const char *key, bool of_exercise,
		       struct settings *out, struct err *err)
{
	const struct option_row *row = option_find(&r->build->options, key, strlen(key));
	if (!row || is_of_batch(key))
		return unknown_key(r, holder, key, true, err);
	out->items = mem_grow(out->items, out->count, &out->cap, sizeof(*out->items));
	out->items[out->count++] = (struct setting){row, holder, json_object_get(holder, key), of_exercise};
	return 0;
}

static int add_members(const struct reader *r, const json_t *object, bool of_exercise, struct settings *out,
		       struct err *err)
{
	const char *key;
	json_t *v;
	json_object_foreach ((json_t *)object, key, v) {
		int e = add_setting(r, object, key, of_exercise, out, err);
		if (e < 0)
			return e;
	}
	return 0;
}

static int add_exercise(const struct reader *r, const json_t *holder, const json_t *steps, struct settings *out,
			struct err *err)
{
	size_t i;
	json_t *step;
	if (!json_is_array(steps))
		return fail(r, holder, "exercise", err, "exercise is a list of options: \"- exec: CMD\"");
	json_array_foreach (steps, i, step) {
		if (!json_is_object(step))
			return fail(r, steps, NULL, err, "a step of an exercise is an option: \"- exec: CMD\"");
		int e = add_members(r, step, true, out, err);
		if (e < 0)
			return e;
	}
	return 0;
}

/* Of an image, or of the defaults. */
static int collect(const struct reader *r, const json_t *object, bool is_image, struct settings *out, struct err *err)
{
	const char *key;
	json_t *v;
	int e = 0;
	json_object_foreach ((json_t *)object, key, v) {
		if (is_image && (strcmp(key, "name") == 0 || strcmp(key, "image") == 0))
			continue;
		if (strcmp(key, "exercise") == 0)
			e = add_exercise(r, object, v, out, err);
		else if (strcmp(key, "gates") == 0)
			e = json_is_object(v) ? add_members(r, v, false, out, err)
					      : fail(r, object, key, err, "gates is a mapping of options");
		else if (option_find(&r->build->options, key, strlen(key)) && !is_of_batch(key))
			e = add_setting(r, object, key, false, out, err);
		else
			e = unknown_key(r, object, key, is_image, err);
		if (e < 0)
			return e;
	}
	return 0;
}

/* True if the image replaces this default. */
static bool is_replaced(const struct setting *s, const struct settings *by, const json_t *image)
{
	if (s->of_exercise && json_object_get(image, "exercise"))
		return true;
	for (size_t i = 0; i < by->count; i++)
		if (by->items[i].row == s->row && !by->items[i].of_exercise && !s->of_exercise)
			return true;
	return false;
}

static bool is_given(const struct option_given_list *given, const struct option_row *row)
{
	for (size_t i = 0; given && i < given->count; i++)
		if (given->items[i].row == row && !is_not_passed_on(row->name))
			return true;
	return false;
}

/* ---- arguments ---- */

/* What the options of one image become, to see that they are right. */
struct trial {
	void *options;
	struct strlist words; /* copies: parsing overwrites secrets, and keeps pointers */
};

static void wipe(struct strlist *l)
{
	for (size_t i = 0; i < l->count; i++)
		secret_blank(l->items[i]);
	strlist_done(l);
}

static int try_one(const struct reader *r, struct trial *t, const char *argument, struct err *err)
{
	CLEANUP_STRLIST struct strlist rest = {0};
	char verb[] = "build";
	strlist_add(&t->words, argument);
	char *argv[] = {verb, t->words.items[t->words.count - 1], NULL};
	return option_parse(&r->build->options, 2, argv, t->options, &rest, err);
}

/* Tries the arguments from the first on, and counts them. */
static int try_all(struct reader *r, struct trial *t, const struct strlist *argv, size_t first, struct err *err)
{
	for (size_t i = first; i < argv->count; i++) {
		r->bytes += strlen(argv->items[i]) + sizeof(struct strlist);
		if (r->bytes > LIMIT_BATCH_ARGUMENTS)
			return err_set(err, ERR_LIMIT, "batch-file-too-large",
				       "the options of all images are larger than %u bytes", LIMIT_BATCH_ARGUMENTS);
		int e = try_one(r, t, argv->items[i], err);
		if (e < 0)
			return e;
	}
	return 0;
}

static int add_value(struct reader *r, const struct setting *s, const char *name, struct trial *t, struct strlist *argv,
		     struct err *err)
{
	size_t first = argv->count;
	if (is_given(r->given, s->row))
		return 0;
	int e = batch_values_add(s->row, s->value, s->of_exercise, name, argv, err);
	if (e == 0)
		e = try_all(r, t, argv, first, err);
	return e < 0 ? at(r, s->holder, s->row->name, err) : 0;
}

static void add_given(const struct reader *r, struct strlist *argv)
{
	for (size_t i = 0; r->given && i < r->given->count; i++) {
		const struct option_given *g = &r->given->items[i];
		if (is_not_passed_on(g->row->name))
			continue;
		strlist_take(argv, g->value ? mem_printf("--%s=%s", g->row->name, g->value)
					    : mem_printf("--%s", g->row->name));
	}
}

static int add_values(struct reader *r, const json_t *image, const struct settings *common, const struct settings *own,
		      struct batch_image *out, struct err *err)
{
	struct trial t = {.options = mem_alloc(r->build->options_size)};
	int e = 0;
	if (r->build->defaults)
		r->build->defaults(t.options);
	for (size_t i = 0; e == 0 && i < common->count; i++)
		if (!is_replaced(&common->items[i], own, image))
			e = add_value(r, &common->items[i], out->name, &t, &out->argv, err);
	for (size_t i = 0; e == 0 && i < own->count; i++)
		e = add_value(r, &own->items[i], out->name, &t, &out->argv, err);
	add_given(r, &out->argv);
	if (r->build->done)
		r->build->done(t.options);
	free(t.options);
	wipe(&t.words);
	return e;
}

/* ---- images ---- */

/* A name for an image that was given none: the last part of its own, without tag and digest. free(). */
static char *name_of(const struct oci_ref *source)
{
	const char *slash = strrchr(source->location, '/'), *s = slash ? slash + 1 : source->location;
	return mem_strndup(s, strcspn(s, ":@"));
}

static bool is_name(const char *s)
{
	size_t n = strlen(s);
	return n > 0 && n <= NAME_MOST && strspn(s, NAME_LETTERS) == n && s[0] != '-';
}

static int name_image(const struct reader *r, const json_t *v, const struct oci_ref *source, struct batch_image *out,
		      struct err *err)
{
	const json_t *name = json_object_get(v, "name");
	out->name = json_is_string(name) ? mem_strdup(json_string_value(name)) : name_of(source);
	if ((name && !json_is_string(name)) || !is_name(out->name))
		return fail(r, v, name ? "name" : "image", err,
			    "the image needs a name of letters, digits, \".\", \"_\" and \"-\": \"name: web\"");
	for (size_t i = 0; &r->out->images[i] != out; i++)
		if (strcmp(r->out->images[i].name, out->name) == 0) {
			err_set(err, ERR_INVAL, "batch-file-malformed",
				"two images have the name %s: give one another name", out->name);
			return at(r, v, name ? "name" : "image", err);
		}
	return 0;
}

static int read_source(const struct reader *r, const json_t *v, struct buf *source, struct oci_ref *ref,
		       struct err *err)
{
	const json_t *image = json_is_object(v) ? json_object_get(v, "image") : NULL;
	if (!json_is_string(image))
		return fail(r, v, image ? "image" : NULL, err, "an image needs \"image: REF\", the one to make small");
	int e = batch_values_expand(json_string_value(image), NULL, source, err);
	if (e == 0)
		e = oci_ref_parse(source->data ? source->data : "", ref, err);
	if (e == 0 && source->data[0] == '-')
		e = err_set(err, ERR_INVAL, "batch-file-malformed", "the image begins with a dash");
	return e < 0 ? at(r, v, "image", err) : 0;
}

static int read_image(struct reader *r, const json_t *v, const struct settings *common, const struct strlist *wanted,
		      struct err *err)
{
	struct batch_file *f = r->out;
	CLEANUP_BUF struct buf source = {0};
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	struct settings own = {0};
	f->images = mem_grow(f->images, f->count, &f->cap, sizeof(*f->images));
	struct batch_image *image = &f->images[f->count++];
	*image = (struct batch_image){0};
	int e = read_source(r, v, &source, &ref, err);
	if (e == 0)
		e = name_image(r, v, &ref, image, err);
	if (e == 0)
		e = collect(r, v, true, &own, err);
	if (e == 0 && (!wanted || !wanted->count || strlist_has(wanted, image->name))) {
		strlist_add(&image->argv, "build");
		strlist_add(&image->argv, source.data);
		strlist_add(&image->argv, "--json");
		e = add_values(r, v, common, &own, image, err);
	}
	free(own.items);
	return e;
}

/* Leaves the images that are wanted. */
static int choose(const struct reader *r, const struct strlist *wanted, struct err *err)
{
	struct batch_file *f = r->out;
	CLEANUP_FREE const char **names = mem_calloc(f->count, sizeof(*names));
	for (size_t i = 0; i < f->count; i++)
		names[i] = f->images[i].name;
	for (size_t k = 0; wanted && k < wanted->count; k++) {
		bool found = false;
		for (size_t i = 0; i < f->count; i++)
			found |= strcmp(names[i], wanted->items[k]) == 0;
		const char *near = found ? NULL : option_nearest(wanted->items[k], names, f->count);
		if (!found)
			return err_set(err, ERR_INVAL, "batch-image-unknown", "%s has no image %s; did you mean %s?",
				       r->path, wanted->items[k], near ? near : names[0]);
	}
	size_t n = 0;
	for (size_t i = 0; i < f->count; i++)
		if (f->images[i].argv.count)
			f->images[n++] = f->images[i];
		else
			free(f->images[i].name);
	f->count = n;
	return 0;
}

static int read_images(struct reader *r, const struct settings *common, const struct strlist *wanted, struct err *err)
{
	const json_t *images = json_object_get(r->root, "images");
	size_t i;
	json_t *v;
	if (!json_is_array(images) || !json_array_size(images))
		return fail(r, r->root, images ? "images" : NULL, err, "\"images:\" is a list of images");
	if (json_array_size(images) > LIMIT_BATCH_IMAGES) {
		err_set(err, ERR_LIMIT, "batch-file-too-large", "more than %d images", LIMIT_BATCH_IMAGES);
		return at(r, r->root, "images", err);
	}
	json_array_foreach (images, i, v) {
		int e = json_is_object(v)
			    ? read_image(r, v, common, wanted, err)
			    : fail(r, images, NULL, err, "an image is a mapping that begins with \"image: REF\"");
		if (e < 0)
			return e;
	}
	return choose(r, wanted, err);
}

/* ---- the document ---- */

static int read_head(struct reader *r, struct err *err)
{
	static const char *const known[] = {"schema", "jobs", "defaults", "images"};
	const size_t n = sizeof(known) / sizeof(known[0]);
	const char *key;
	json_t *v;
	if (!json_is_object(r->root))
		return fail(r, r->root, NULL, err, "the file is not a mapping; see slim-build-file(5)");
	json_object_foreach (r->root, key, v) {
		const char *near = option_nearest(key, known, n);
		bool is_known = false;
		for (size_t i = 0; i < n; i++)
			is_known |= strcmp(known[i], key) == 0;
		if (is_known)
			continue;
		if (near)
			err_set(err, ERR_INVAL, "batch-key-unknown", "unknown key %.60s; did you mean %s?", key, near);
		else
			err_set(err, ERR_INVAL, "batch-key-unknown",
				"unknown key %.60s; here may be schema, jobs, defaults and images", key);
		return at(r, r->root, key, err);
	}
	const json_t *schema = json_object_get(r->root, "schema"), *jobs = json_object_get(r->root, "jobs");
	if (!json_is_string(schema) || strcmp(json_string_value(schema), SCHEMA) != 0)
		return fail(r, r->root, schema ? "schema" : NULL, err, "the file needs \"schema: " SCHEMA "\"");
	json_int_t n_jobs = json_integer_value(jobs);
	if (jobs && (!json_is_integer(jobs) || n_jobs < 1 || n_jobs > JOBS_MOST))
		return fail(r, r->root, "jobs", err, "jobs takes a number from 1 to 100");
	r->out->jobs = (unsigned)n_jobs;
	return 0;
}

static int read_document(struct reader *r, const struct strlist *wanted, struct err *err)
{
	struct settings common = {0};
	int e = read_head(r, err);
	const json_t *defaults = e == 0 ? json_object_get(r->root, "defaults") : NULL;
	if (defaults)
		e = json_is_object(defaults) ? collect(r, defaults, false, &common, err)
					     : fail(r, r->root, "defaults", err, "defaults is a mapping of options");
	if (e == 0)
		e = read_images(r, &common, wanted, err);
	free(common.items);
	return e;
}

int batch_file_parse(const char *data, size_t n, const char *path, const struct command *build,
		     const struct strlist *names, const struct option_given_list *given, struct batch_file *out,
		     struct err *err)
{
	struct reader r = {.path = path, .build = build, .given = given, .out = out};
	*out = (struct batch_file){0};
	int e = yaml_parse(data, n, path, &r.lines, &r.root, err);
	if (e == 0)
		e = read_document(&r, names, err);
	json_decref(r.root);
	yaml_lines_done(&r.lines);
	return e;
}

int batch_file_read(const char *path, const struct command *build, const struct strlist *names,
		    const struct option_given_list *given, struct batch_file *out, struct err *err)
{
	CLEANUP_SECRET_BUF struct buf text = {0};
	*out = (struct batch_file){0};
	int r = fd_read_file(AT_FDCWD, path, LIMIT_BATCH_FILE, &text, err);
	return r < 0 ? r : batch_file_parse(text.data ? text.data : "", text.len, path, build, names, given, out, err);
}

void batch_file_done(struct batch_file *f)
{
	for (size_t i = 0; i < f->count; i++) {
		free(f->images[i].name);
		wipe(&f->images[i].argv);
	}
	free(f->images);
	*f = (struct batch_file){0};
}
