#include "transport/registry/certs.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "text/path.h"
#include "transport/registry/config.h"

void registry_certs_done(struct registry_certs *c)
{
	strlist_done(&c->ca_files);
	free(c->cert);
	free(c->key);
	*c = (struct registry_certs){0};
}

/* "DIR/NAME" with another ending of the same length or less. */
static char *sibling(const char *dir, const char *name, const char *ending, const char *other)
{
	return mem_printf("%s/%.*s%s", dir, (int)(strlen(name) - strlen(ending)), name, other);
}

static int add_client(struct registry_certs *c, const char *dir, const char *name, struct err *err)
{
	CLEANUP_FREE char *cert = sibling(dir, name, ".cert", ".cert"), *key = sibling(dir, name, ".cert", ".key");
	if (access(key, F_OK) < 0)
		return err_set(err, ERR_INVAL, "client-certificate-incomplete",
			       "client certificate %s: its key %s is missing", cert, key);
	if (c->cert) {
		log_debug("%s is not used: %s is there already", cert, c->cert);
		return 0;
	}
	c->cert = steal_ptr(&cert);
	c->key = steal_ptr(&key);
	return 0;
}

static int add_file(struct registry_certs *c, const char *dir, const char *name, struct err *err)
{
	if (path_ends_with(name, ".crt")) {
		strlist_take(&c->ca_files, mem_printf("%s/%s", dir, name));
	} else if (path_ends_with(name, ".cert")) {
		return add_client(c, dir, name, err);
	} else if (path_ends_with(name, ".key")) {
		CLEANUP_FREE char *cert = sibling(dir, name, ".key", ".cert");
		if (access(cert, F_OK) < 0)
			return err_set(err, ERR_INVAL, "client-certificate-incomplete",
				       "client key %s/%s: its certificate %s is missing", dir, name, cert);
	}
	return 0;
}

/* 1 when the directory is there, 0 when not. */
static int read_dir(const char *dir, struct registry_certs *c, struct err *err)
{
	struct dirent **entries;
	int n = scandir(dir, &entries, NULL, alphasort);
	if (n < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (n < 0 && errno == EACCES) { /* the next one may be readable, as for the other tools */
		log_debug("%s: %s", dir, strerror(errno));
		return 0;
	}
	if (n < 0)
		return err_sys(err, errno, "directory-read", "%s", dir);
	int r = 0;
	for (int i = 0; i < n; i++) {
		if (r == 0)
			r = add_file(c, dir, entries[i]->d_name, err);
		free(entries[i]);
	}
	free(entries);
	return r < 0 ? r : 1;
}

int registry_certs_find(const char *host, struct registry_certs *out, struct err *err)
{
	if (strchr(host, '/') || strcmp(host, ".") == 0 || strcmp(host, "..") == 0)
		return err_set(err, ERR_INVAL, "registry-host-malformed", "\"%s\" is not the host of a registry", host);
	CLEANUP_FREE char *below = mem_printf("containers/certs.d/%s", host);
	char *dirs[] = {registry_user_path(below), mem_printf("/etc/%s", below),
			mem_printf("/etc/docker/certs.d/%s", host)};
	CLEANUP_REGISTRY_CERTS struct registry_certs c = {0};
	int r = 0;
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		if (r == 0 && dirs[i])
			r = read_dir(dirs[i], &c, err);
		free(dirs[i]);
	}
	if (r < 0)
		return r;
	*out = c;
	c = (struct registry_certs){0};
	return 0;
}
