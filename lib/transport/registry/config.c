#include "transport/registry/config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "os/fd.h"
#include "text/json.h"
#include "text/path.h"
#include "text/toml.h"

#define SYSTEM_FILE "/etc/containers/registries.conf"
#define SYSTEM_DIR "/etc/containers/registries.conf.d"

char *registry_user_path(const char *path)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	if (config && *config == '/')
		return mem_printf("%s/%s", config, path);
	return home && *home ? mem_printf("%s/.config/%s", home, path) : NULL;
}

/* ---- the files ---- */

/* The [[registry]] tables of all files by prefix: objects of them, with their names for messages. */
struct tables {
	json_t *by_prefix; /* prefix: table */
	json_t *files;     /* prefix: the file that has it */
};

static void tables_done(struct tables *t)
{
	json_decref(t->by_prefix);
	json_decref(t->files);
}

static int add_table(struct tables *t, const char *file, json_t *table, struct err *err)
{
	const char *prefix = NULL, *location = NULL;
	int r;
	if (!json_is_object(table))
		return err_set(err, ERR_INVAL, "registries-conf-malformed",
			       "\"registry\" is not written as [[registry]]");
	if ((r = json_get_string(table, "prefix", false, &prefix, err)) < 0 ||
	    (r = json_get_string(table, "location", false, &location, err)) < 0)
		return r;
	if (!prefix || !*prefix)
		prefix = location;
	if (!prefix || !*prefix)
		return err_set(err, ERR_INVAL, "registries-conf-malformed",
			       "a [[registry]] has neither prefix nor location");
	json_object_set(t->by_prefix, prefix, table);
	json_object_set_new(t->files, prefix, json_string(file));
	return 0;
}

/* Version 1 of the format had lists. Not to look at them is harmless but for one. */
static int check_version_1(const json_t *root, struct err *err)
{
	json_t *v1 = json_object_get(root, "registries"), *block = json_object_get(v1, "block");
	json_t *list = json_object_get(block, "registries");
	if (v1)
		log_debug("registries.conf: [registries.*] of version 1 is not used");
	if (json_array_size(list) > 0)
		return err_set(err, ERR_UNSUPPORTED, "registries-conf-version-1",
			       "[registries.block] is of version 1 of the format; write "
			       "[[registry]] tables with \"blocked = true\"");
	return 0;
}

static int parse_file(struct tables *t, const char *file, const struct buf *text, struct err *err)
{
	json_auto_t *root = NULL;
	json_t *list = NULL, *table;
	size_t i;
	int r = toml_parse(text->data, text->len, file, &root, err);
	if (r < 0)
		return r;
	if ((r = check_version_1(root, err)) == 0)
		r = json_get_array(root, "registry", false, &list, err);
	json_array_foreach (list, i, table)
		if (r == 0)
			r = add_table(t, file, table, err);
	return r < 0 ? err_wrap(err, "%s", file) : 0;
}

/* 1 when the file is there. */
static int read_file(struct tables *t, const char *file, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	struct err e = {0};
	int r = fd_read_file(AT_FDCWD, file, LIMIT_TOML, &text, &e);
	if (r == -ERR_NOTFOUND)
		return 0;
	if (r == 0)
		r = parse_file(t, file, &text, &e);
	if (r < 0 && err)
		*err = e;
	return r < 0 ? r : 1;
}

static int is_conf(const struct dirent *e)
{
	return e->d_name[0] != '.' && path_ends_with(e->d_name, ".conf");
}

static int read_dir(struct tables *t, const char *dir, struct err *err)
{
	struct dirent **entries;
	int n = scandir(dir, &entries, is_conf, alphasort), r = 0;
	if (n < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : err_sys(err, errno, "directory-read", "%s", dir);
	for (int i = 0; i < n; i++) {
		CLEANUP_FREE char *file = mem_printf("%s/%s", dir, entries[i]->d_name);
		if (r >= 0)
			r = read_file(t, file, err);
		free(entries[i]);
	}
	free(entries);
	return r < 0 ? r : 0;
}

static int read_all(struct tables *t, struct err *err)
{
	const char *named = getenv("CONTAINERS_REGISTRIES_CONF");
	CLEANUP_FREE char *user = registry_user_path("containers/registries.conf");
	CLEANUP_FREE char *user_dir = registry_user_path("containers/registries.conf.d");
	bool own = false; /* the user's own file: the system's do not count then */
	int r = 0;
	if (named && *named) {
		r = read_file(t, named, err);
		if (r == 0)
			r = err_set(err, ERR_NOTFOUND, "registries-conf-not-found",
				    "the file %s in CONTAINERS_REGISTRIES_CONF does not exist", named);
	} else if (user) {
		r = read_file(t, user, err);
		own = r > 0;
	}
	if (r == 0)
		r = read_file(t, SYSTEM_FILE, err);
	if (r >= 0 && !own)
		r = read_dir(t, SYSTEM_DIR, err);
	return r >= 0 && user_dir ? read_dir(t, user_dir, err) : r;
}

/* ---- the table of a name ---- */

static bool is_boundary(char c)
{
	return c == '\0' || c == '/' || c == ':' || c == '@';
}

/* Returns the number of bytes of name that the prefix covers; 0 = it does not match. */
static size_t match(const char *name, const char *prefix)
{
	if (strncmp(prefix, "*.", 2) != 0) {
		size_t n = strlen(prefix);
		return strncmp(name, prefix, n) == 0 && is_boundary(name[n]) ? n : 0;
	}
	/* *.example.com: any subdomain, as far as the host goes */
	const char *at = strstr(name, prefix + 1);
	if (!at || memchr(name, '/', (size_t)(at - name)))
		return 0;
	at += strlen(prefix + 1);
	return is_boundary(*at) ? (size_t)(at - name) : 0;
}

/* name with its first n bytes replaced by location, as a place. */
static int add_place(struct registry_places *out, const char *location, const char *name, size_t n, bool insecure,
		     struct err *err)
{
	CLEANUP_FREE char *text = mem_printf("%s%s", location, name + n);
	CLEANUP_OCI_NAME struct oci_name at = {0};
	struct err e = {0};
	/* A name in the file must have a host: short names are not allowed there. */
	bool hub = strncmp(text, "docker.io/", 10) == 0 || strncmp(text, "index.docker.io/", 16) == 0;
	if (oci_name_parse(text, &at, &e) < 0 || (!hub && strcmp(at.host, "docker.io") == 0))
		return err_set(err, ERR_INVAL, "registries-conf-malformed",
			       "location \"%.300s\" does not lead to an image name: \"%.400s\"", location, text);
	out->items = mem_realloc(out->items, out->count + 1, sizeof(*out->items));
	out->items[out->count++] = (struct registry_place){steal_ptr(&at.host), steal_ptr(&at.path), insecure};
	return 0;
}

static int get_bool(const json_t *table, const char *key, bool *out, struct err *err)
{
	const json_t *v = json_object_get(table, key);
	if (v && !json_is_boolean(v))
		return err_set(err, ERR_INVAL, "registries-conf-malformed", "\"%s\" is not true or false", key);
	*out = json_is_true(v);
	return 0;
}

/* Whether a mirror is for an image that is named by digest, or by tag. */
static int mirror_counts(const json_t *mirror, bool digest_only, bool by_digest, bool *out, struct err *err)
{
	const char *which = NULL;
	int r = json_get_string(mirror, "pull-from-mirror", false, &which, err);
	if (r < 0)
		return r;
	if (which && *which && digest_only)
		return err_set(err, ERR_INVAL, "registries-conf-malformed",
			       "has both mirror-by-digest-only and pull-from-mirror");
	if (!which || !*which || strcmp(which, "all") == 0)
		*out = by_digest || !digest_only;
	else if (strcmp(which, "digest-only") == 0)
		*out = by_digest;
	else if (strcmp(which, "tag-only") == 0)
		*out = !by_digest;
	else
		return err_set(err, ERR_INVAL, "registries-conf-malformed",
			       "pull-from-mirror \"%.100s\" is not all, digest-only or tag-only", which);
	return 0;
}

static int add_mirrors(struct registry_places *out, const json_t *table, const char *name, size_t n, bool by_digest,
		       struct err *err)
{
	json_t *list = NULL, *mirror;
	bool digest_only = false;
	size_t i;
	int r = get_bool(table, "mirror-by-digest-only", &digest_only, err);
	if (r == 0)
		r = json_get_array(table, "mirror", false, &list, err);
	json_array_foreach (list, i, mirror) {
		const char *location = NULL;
		bool insecure = false, counts = false;
		if (r < 0 || (r = json_get_string(mirror, "location", true, &location, err)) < 0 ||
		    (r = get_bool(mirror, "insecure", &insecure, err)) < 0 ||
		    (r = mirror_counts(mirror, digest_only, by_digest, &counts, err)) < 0)
			break;
		if (counts)
			r = add_place(out, location, name, n, insecure, err);
	}
	return r;
}

static int find_in(const json_t *table, const char *prefix, const char *name, size_t n, bool by_digest, bool mirrors,
		   struct registry_places *out, struct err *err)
{
	bool blocked = false, insecure = false;
	const char *location = NULL;
	int r;
	if ((r = get_bool(table, "blocked", &blocked, err)) < 0 ||
	    (r = get_bool(table, "insecure", &insecure, err)) < 0 ||
	    (r = json_get_string(table, "location", false, &location, err)) < 0)
		return r;
	if (blocked)
		return err_set(err, ERR_DENIED, "registry-blocked",
			       "images of \"%s\" are blocked there (\"blocked = true\")", prefix);
	if (mirrors && (r = add_mirrors(out, table, name, n, by_digest, err)) < 0)
		return r;
	bool same = !location || !*location;
	return add_place(out, same ? "" : location, name, same ? 0 : n, insecure, err);
}

int registry_config_find(const struct oci_name *name, bool mirrors, struct registry_places *out, struct err *err)
{
	CLEANUP_FREE char *full = oci_name_text(name), *plain = mem_printf("%s/%s", name->host, name->path);
	CLEANUP(tables_done) struct tables t = {json_object(), json_object()};
	int r = read_all(&t, err);
	if (r < 0)
		return r;
	CLEANUP_REGISTRY_PLACES struct registry_places p = {0};
	const char *key, *best = NULL;
	json_t *table;
	size_t replaced = 0;
	json_object_foreach (t.by_prefix, key, table) {
		size_t n = match(full, key);
		if (n && (!best || strlen(key) > strlen(best))) {
			replaced = n;
			best = key;
		}
	}
	if (best) {
		/* A prefix may go as far as a tag; what is replaced never does. */
		size_t n = replaced < strlen(plain) ? replaced : strlen(plain);
		r = find_in(json_object_get(t.by_prefix, best), best, plain, n, name->digest.text[0], mirrors, &p, err);
		if (r < 0)
			return err_wrap(err, "%s", json_string_value(json_object_get(t.files, best)));
	} else if ((r = add_place(&p, "", plain, 0, false, err)) < 0) {
		return r;
	}
	*out = p;
	p = (struct registry_places){0};
	return 0;
}

void registry_places_done(struct registry_places *p)
{
	for (size_t i = 0; i < p->count; i++) {
		free(p->items[i].host);
		free(p->items[i].path);
	}
	free(p->items);
	*p = (struct registry_places){0};
}
