#include "net/auth/auth_file.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "text/base64.h"
#include "text/json.h"
#include "text/secret.h"

#define DOCKER_KEY "https://index.docker.io/v1/" /* Docker's own for docker.io */

void net_auth_file_done(struct net_auth_file *f)
{
	secret_json_free(f->root);
	*f = (struct net_auth_file){0};
}

void net_auth_file_answer_done(struct net_auth_file_answer *a)
{
	net_auth_credentials_done(&a->credentials);
	free(a->helper);
	strlist_done(&a->servers);
	*a = (struct net_auth_file_answer){0};
}

int net_auth_file_parse(const char *text, size_t n, bool legacy, struct net_auth_file *out, struct err *err)
{
	json_t *root = NULL;
	int r = secret_json_parse(text, n, LIMIT_AUTH_FILE, "the file", &root, err);
	if (r == 0)
		*out = (struct net_auth_file){.root = root, .legacy = legacy};
	return r;
}

static int get_auths(const struct net_auth_file *f, json_t **out, struct err *err)
{
	*out = f->legacy ? f->root : NULL;
	return f->legacy ? 0 : json_get_object(f->root, "auths", false, out, err);
}

static bool has_text(const json_t *entry, const char *key)
{
	const char *s = json_string_value(json_object_get(entry, key));
	return s && s[0];
}

bool net_auth_file_has_secrets(const struct net_auth_file *f)
{
	json_t *auths = NULL, *entry;
	const char *key;
	if (get_auths(f, &auths, NULL) < 0)
		return false;
	json_object_foreach (auths, key, entry)
		if (has_text(entry, "auth") || has_text(entry, "password") || has_text(entry, "identitytoken"))
			return true;
	return false;
}

/* docker.io by any of its names; n bytes. */
static bool is_docker(const char *host, size_t n)
{
	static const char *const names[] = {"docker.io", "index.docker.io", "registry-1.docker.io"};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strlen(names[i]) == n && memcmp(names[i], host, n) == 0)
			return true;
	return false;
}

/* Whether a key is that host, perhaps as a URL. A key with a path and no scheme is a namespace, which only the exact
 * key means, but not in a .dockercfg. */
static bool key_is_host(const char *key, const char *host, bool legacy)
{
	const char *name = strncmp(key, "https://", 8) == 0 ? key + 8 : strncmp(key, "http://", 7) == 0 ? key + 7 : key;
	size_t n = legacy || name != key ? strcspn(name, "/") : strlen(name);
	return (strlen(host) == n && memcmp(name, host, n) == 0) ||
	       (is_docker(name, n) && is_docker(host, strlen(host)));
}

/* The member of a host; *key as it is written. */
static json_t *find_host(json_t *object, const char *host, bool legacy, const char **key)
{
	const char *const exact[] = {host, is_docker(host, strlen(host)) ? DOCKER_KEY : host};
	for (size_t i = 0; i < sizeof(exact) / sizeof(*exact); i++) {
		json_t *v = json_object_get(object, *key = exact[i]);
		if (v)
			return v;
	}
	json_t *v;
	json_object_foreach (object, *key, v)
		if (key_is_host(*key, host, legacy))
			return v;
	return NULL;
}

static int set_helper(const char *name, const char *server, const char *host, bool for_all,
		      struct net_auth_file_answer *out)
{
	out->helper = mem_strdup(name);
	out->helper_for_all = for_all;
	strlist_add(&out->servers, server);
	if (is_docker(host, strlen(host))) { /* who stored it decides by which name */
		if (!strlist_has(&out->servers, DOCKER_KEY))
			strlist_add(&out->servers, DOCKER_KEY);
		if (!strlist_has(&out->servers, host))
			strlist_add(&out->servers, host);
	}
	return 1;
}

/* 1: out was set. */
static int find_helper(const struct net_auth_file *f, const char *host, struct net_auth_file_answer *out,
		       struct err *err)
{
	json_t *helpers = NULL;
	const char *key;
	int r = json_get_object(f->root, "credHelpers", false, &helpers, err);
	json_t *v = r == 0 && helpers ? find_host(helpers, host, false, &key) : NULL;
	if (!v)
		return r;
	if (!json_is_string(v))
		return err_set(err, ERR_CORRUPT, "auth-file-malformed", "the helper of \"%.200s\" is not a string",
			       key);
	return json_string_value(v)[0] ? set_helper(json_string_value(v), key, host, false, out) : 0;
}

static int find_store(const struct net_auth_file *f, const char *host, struct net_auth_file_answer *out,
		      struct err *err)
{
	const char *store = NULL;
	int r = json_get_string(f->root, "credsStore", false, &store, err);
	if (r < 0 || !store || !store[0])
		return r;
	return set_helper(store, is_docker(host, strlen(host)) ? DOCKER_KEY : host, host, true, out);
}

/* USER:PASSWORD in base64. An empty one is what a helper leaves in the file. */
static int decode(const char *text, struct net_auth_credentials *out, struct err *err)
{
	size_t n = strlen(text);
	CLEANUP_SECRET_BUF struct buf b = {0};
	if (n / 4 * 3 > LIMIT_CREDENTIAL)
		return err_set(err, ERR_LIMIT, "auth-file-malformed", "\"auth\" is too large");
	if (base64_decode(text, n, &b) < 0)
		return err_set(err, ERR_CORRUPT, "auth-file-malformed", "\"auth\" is not base64");
	while (b.len && !b.data[b.len - 1]) /* old versions of Docker padded with NUL */
		b.len--;
	char *colon = b.len ? memchr(b.data, ':', b.len) : NULL;
	if (b.len == 0)
		return 0;
	if (!colon || memchr(b.data, '\0', b.len))
		return err_set(err, ERR_CORRUPT, "auth-file-malformed", "\"auth\" is not USER:PASSWORD in base64");
	out->user = mem_strndup(b.data, (size_t)(colon - b.data));
	out->password = mem_strndup(colon + 1, b.len - (size_t)(colon + 1 - b.data));
	return 0;
}

/* 1: the entry has something. */
static int read_entry(json_t *entry, struct net_auth_credentials *out, struct err *err)
{
	const char *auth = NULL, *user = NULL, *password = NULL, *token = NULL;
	if (!json_is_object(entry))
		return err_set(err, ERR_CORRUPT, "json-type-wrong", "is not an object");
	int r = json_get_string(entry, "auth", false, &auth, err);
	if (r == 0)
		r = json_get_string(entry, "username", false, &user, err);
	if (r == 0)
		r = json_get_string(entry, "password", false, &password, err);
	if (r == 0)
		r = json_get_string(entry, "identitytoken", false, &token, err);
	if (r < 0)
		return r;
	if (token && token[0]) {
		out->identity_token = mem_strdup(token);
		return 1;
	}
	if (auth && auth[0])
		r = decode(auth, out, err);
	if (r == 0 && !out->user && user && user[0] && password) {
		out->user = mem_strdup(user);
		out->password = mem_strdup(password);
	}
	return r < 0 ? r : out->user != NULL;
}

static int try_entry(json_t *entry, const char *key, struct net_auth_file_answer *out, struct err *err)
{
	if (!entry || json_is_null(entry))
		return 0;
	int r = read_entry(entry, &out->credentials, err);
	return r < 0 ? err_wrap(err, "the entry \"%.200s\"", key) : r;
}

static int find_auth(const struct net_auth_file *f, const char *host, const char *repository,
		     struct net_auth_file_answer *out, struct err *err)
{
	json_t *auths = NULL;
	int r = get_auths(f, &auths, err);
	if (r < 0 || !auths)
		return r;
	CLEANUP_FREE char *name = mem_printf("%s/%s", host, repository ? repository : "");
	char *slash;
	while (r == 0 && !f->legacy && (slash = strrchr(name, '/'))) {
		if (slash[1])
			r = try_entry(json_object_get(auths, name), name, out, err);
		*slash = '\0';
	}
	if (r == 0) {
		const char *key;
		json_t *entry = find_host(auths, host, f->legacy, &key);
		r = try_entry(entry, key, out, err);
	}
	return r;
}

int net_auth_file_find(const struct net_auth_file *f, const char *host, const char *repository,
		       struct net_auth_file_answer *out, struct err *err)
{
	CLEANUP_NET_AUTH_FILE_ANSWER struct net_auth_file_answer a = {0};
	int r = f->legacy ? 0 : find_helper(f, host, &a, err);
	if (r == 0)
		r = find_auth(f, host, repository, &a, err);
	if (r == 0 && !f->legacy)
		r = find_store(f, host, &a, err);
	if (r > 0) {
		*out = a;
		a = (struct net_auth_file_answer){0};
	}
	return r < 0 ? r : 0;
}
