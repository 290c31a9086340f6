#include "compose/find.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "compose/read/interpolate.h"

#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyz0123456789_-"

static char *at_path(const char *dir, const char *name)
{
	return mem_printf("%s/%s", strcmp(dir, "/") == 0 ? "" : dir, name);
}

/* Adds the first of these names that the directory has; returns whether it has one. */
static bool add_first(const char *dir, const char *const *names, struct strlist *out)
{
	for (; *names; names++) {
		CLEANUP_FREE char *path = at_path(dir, *names);
		if (access(path, F_OK) == 0) {
			strlist_add(out, path);
			return true;
		}
	}
	return false;
}

/* The usual names, in the directory or in one above. */
static int find_usual(char **dir, struct strlist *out, struct err *err)
{
	static const char *const usual[] = {"compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml",
					    NULL};
	static const char *const override[] = {"compose.override.yaml", "compose.override.yml",
					       "docker-compose.override.yaml", "docker-compose.override.yml", NULL};
	CLEANUP_FREE char *at = mem_strdup(*dir);
	for (;;) {
		if (add_first(at, usual, out)) {
			(void)add_first(at, override, out); /* there may be none */
			free(*dir);
			*dir = steal_ptr(&at);
			return 0;
		}
		if (strcmp(at, "/") == 0)
			return err_set(
			    err, ERR_NOTFOUND, "compose-file-not-found",
			    "no compose.yaml, compose.yml, docker-compose.yaml or docker-compose.yml is in %.300s "
			    "or in a directory above it",
			    *dir);
		char *up = compose_directory(at);
		free(at);
		at = up;
	}
}

static void add_path(const struct compose_scope *cwd, const char *text, size_t n, struct strlist *out)
{
	CLEANUP_FREE char *part = mem_strndup(text, n);
	if (n)
		strlist_take(out, part[0] == '~' ? mem_strdup(part) : compose_path(cwd, part));
}

/* The variables of the options' files, or of .env of the directory. */
static int read_env(struct compose_reading *r, const struct compose_options *o, const struct compose_scope *cwd,
		    const char *dir, json_t **out, struct err *err)
{
	json_auto_t *vars = json_object();
	int e = 0;
	for (size_t i = 0; e == 0 && o->env_files && i < o->env_files->count; i++) {
		CLEANUP_STRLIST struct strlist path = {0};
		add_path(cwd, o->env_files->items[i], strlen(o->env_files->items[i]), &path);
		if (path.count)
			e = compose_env_read(r, cwd->env, path.items[0], true, false, vars, err);
	}
	if (!o->env_files || !o->env_files->count) {
		CLEANUP_FREE char *path = at_path(dir, ".env");
		e = compose_env_read(r, cwd->env, path, false, false, vars, err);
	}
	if (e < 0)
		return e;
	json_decref(*out);
	*out = json_incref(vars);
	return 0;
}

/* COMPOSE_FILE: paths with a colon, or what COMPOSE_PATH_SEPARATOR is, between them. */
static void add_of_variable(const struct compose_scope *cwd, const struct compose_env *env, struct strlist *out)
{
	const char *text = compose_env_get(env, "COMPOSE_FILE");
	const char *separator = compose_env_get(env, "COMPOSE_PATH_SEPARATOR");
	if (!separator || !*separator)
		separator = ":";
	while (text && *text) {
		const char *end = strstr(text, separator);
		const size_t n = end ? (size_t)(end - text) : strlen(text);
		add_path(cwd, text, n, out);
		text += n + (end ? strlen(separator) : 0);
	}
}

int compose_find(struct compose_reading *r, const struct compose_options *o, struct compose_found *out, struct err *err)
{
	char here[PATH_MAX];
	if (!getcwd(here, sizeof(here)))
		return err_sys(err, errno, "compose-file-not-found", "can't find out the current directory");
	const struct compose_env process = {.host = !o->no_host_env};
	const struct compose_scope cwd = {.reading = r, .env = &process, .dir = here};
	for (size_t i = 0; o->files && i < o->files->count; i++)
		add_path(&cwd, o->files->items[i], strlen(o->files->items[i]), &out->files);
	out->working_dir = o->working_dir     ? compose_path(&cwd, o->working_dir)
			   : out->files.count ? compose_directory(out->files.items[0])
					      : mem_strdup(here);
	if (!out->working_dir)
		return err_set(err, ERR_INVAL, "compose-invalid", "HOME is not set: %.300s", o->working_dir);
	int e = read_env(r, o, &cwd, out->working_dir, &out->vars, err);
	if (e < 0 || out->files.count)
		return e;
	const struct compose_env env = {.up = &process, .vars = out->vars};
	add_of_variable(&cwd, &env, &out->files);
	if (!out->files.count) {
		if ((e = find_usual(&out->working_dir, &out->files, err)) < 0)
			return e;
	} else if (!o->working_dir) {
		free(out->working_dir);
		out->working_dir = compose_directory(out->files.items[0]);
	}
	return o->working_dir || strcmp(out->working_dir, here) == 0
		   ? 0
		   : read_env(r, o, &cwd, out->working_dir, &out->vars, err);
}

void compose_found_done(struct compose_found *f)
{
	strlist_done(&f->files);
	free(f->working_dir);
	json_decref(f->vars);
	*f = (struct compose_found){0};
}

static int check_name(const char *name, const char *where, struct err *err)
{
	if (!*name || strspn(name, NAME_LETTERS) != strlen(name) || strchr("_-", name[0]) || strlen(name) > LIMIT_NAME)
		return err_set(err, ERR_INVAL, "compose-name-invalid",
			       "%.400s: a project's name has small letters, digits, \"-\" and \"_\", and begins with a "
			       "letter or digit: not %.100s",
			       where, name);
	return 0;
}

/* The last component, with what a name may have. */
static char *name_of(const char *dir)
{
	struct buf name = {0};
	for (const char *p = strrchr(dir, '/') + 1; *p; p++) {
		const char c = *p >= 'A' && *p <= 'Z' ? (char)(*p | 0x20) : *p;
		if (strchr(NAME_LETTERS, c) && (name.len || !strchr("_-", c)))
			buf_char(&name, c);
	}
	if (!name.len)
		buf_str(&name, "default");
	return buf_steal(&name);
}

int compose_find_name(struct compose_reading *r, const struct compose_options *o, const struct compose_found *f,
		      const struct compose_env *env, char **out, struct err *err)
{
	const char *given = o->name ? o->name : compose_env_get(env, "COMPOSE_PROJECT_NAME");
	if (given && *given) {
		*out = mem_strdup(given);
		return check_name(given, o->name ? "the option" : "COMPOSE_PROJECT_NAME", err);
	}
	for (size_t i = f->files.count; i-- > 0;) {
		const struct compose_source *s;
		const struct compose_at at = {.key = "name"};
		CLEANUP_BUF struct buf text = {0};
		int e = compose_source_open(r, f->files.items[i], &s, err);
		const char *name = e == 0 ? json_string_value(json_object_get(s->raw, "name")) : NULL;
		if (e < 0)
			return e;
		if (!name)
			continue;
		if ((e = compose_interpolate(env, name, LIMIT_COMPOSE_FILE, NULL, &text, err)) < 0)
			return compose_place_wrap(&r->sources, s, &at, err);
		buf_str(&text, "");
		*out = mem_strdup(text.data);
		return check_name(text.data, s->path, err);
	}
	*out = name_of(f->working_dir);
	return 0;
}
