#include "transport/engine/context.h"

#include <fcntl.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "oci/digest.h"
#include "os/fd.h"
#include "text/json.h"

char *engine_docker_config(void)
{
	const char *dir = getenv("DOCKER_CONFIG"), *home = getenv("HOME");
	if (dir && *dir)
		return mem_strdup(dir);
	return home && *home ? mem_printf("%s/.docker", home) : NULL;
}

static int read_json(const char *path, json_t **out, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	int r = fd_read_file(AT_FDCWD, path, LIMIT_DOCKER_CONFIG, &text, err);
	return r < 0 ? r : json_parse_object(text.data, text.len, LIMIT_DOCKER_CONFIG, path, out, err);
}

int engine_context_current(const char *config_dir, char **name, struct err *err)
{
	CLEANUP_FREE char *path = mem_printf("%s/config.json", config_dir);
	json_auto_t *doc = NULL;
	const char *current = NULL;
	*name = NULL;
	struct err e = {0};
	int r = read_json(path, &doc, &e);
	if (r == -ERR_NOTFOUND)
		return 0;
	if (r == 0 && json_get_string(doc, "currentContext", false, &current, &e) < 0)
		r = err_wrap(&e, "%s", path);
	if (r < 0) {
		if (err)
			*err = e;
		return r;
	}
	if (current && *current && strcmp(current, "default") != 0)
		*name = mem_strdup(current);
	return 0;
}

static void take_file(const char *dir, const char *name, char **out)
{
	CLEANUP_FREE char *path = mem_printf("%s/%s", dir, name);
	if (access(path, F_OK) == 0)
		*out = steal_ptr(&path);
}

void engine_tls_files(const char *dir, struct engine_address *out)
{
	take_file(dir, "ca.pem", &out->ca);
	take_file(dir, "cert.pem", &out->cert);
	take_file(dir, "key.pem", &out->key);
}

static int read_endpoint(const json_t *meta, const char *name, struct engine_address *out, struct err *err)
{
	json_t *endpoints, *docker = NULL;
	const char *its_name, *host = NULL;
	int r = json_get_string(meta, "Name", true, &its_name, err);
	/* The directory's name is the hash of the context's: another one in it means that someone put it there. */
	if (r == 0 && strcmp(its_name, name) != 0)
		return err_set(err, ERR_CORRUPT, "docker-context-malformed", "it belongs to another context");
	if (r == 0)
		r = json_get_object(meta, "Endpoints", true, &endpoints, err);
	if (r == 0)
		r = json_get_object(endpoints, "docker", false, &docker, err);
	if (r < 0 || !docker)
		return r;
	r = json_get_string(docker, "Host", false, &host, err);
	if (r < 0)
		return r;
	json_t *skip = json_object_get(docker, "SkipTLSVerify");
	if (skip && !json_is_boolean(skip) && !json_is_null(skip))
		return err_set(err, ERR_CORRUPT, "docker-context-malformed", "SkipTLSVerify is not true or false");
	if (host && *host)
		out->url = mem_strdup(host);
	out->tls_skip_verify = json_is_true(skip);
	return 0;
}

int engine_context_read(const char *config_dir, const char *name, struct engine_address *out, struct err *err)
{
	struct oci_digest id;
	oci_digest_of(name, strlen(name), &id);
	CLEANUP_FREE char *path = mem_printf("%s/contexts/meta/%s/meta.json", config_dir, oci_digest_hex(&id));
	json_auto_t *meta = NULL;
	struct err e = {0};
	int r = read_json(path, &meta, &e);
	if (r == -ERR_NOTFOUND)
		r = err_set(&e, ERR_NOTFOUND, "docker-context-not-found",
			    "there is no docker context \"%s\" in %s: see docker context ls", name, config_dir);
	else if (r < 0 || (r = read_endpoint(meta, name, out, &e)) < 0)
		r = err_wrap(&e, "docker context %s: %s", name, path);
	if (r < 0) {
		if (err)
			*err = e;
		return r;
	}
	CLEANUP_FREE char *tls = mem_printf("%s/contexts/tls/%s/docker", config_dir, oci_digest_hex(&id));
	engine_tls_files(tls, out);
	out->tls = out->ca || out->cert || out->key || out->tls_skip_verify;
	out->from = mem_printf("context %s", name);
	return 0;
}
