#include "transport/engine/addresses.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "os/privilege.h"
#include "transport/engine/context.h"
#include "transport/engine/endpoint.h"
#include "transport/engine/podman_store.h"

void engine_address_done(struct engine_address *a)
{
	free(a->url);
	free(a->from);
	free(a->ca);
	free(a->cert);
	free(a->key);
}

char *engine_address_name(const struct engine_address *a)
{
	if (strcmp(a->url, ENGINE_PODMAN_HERE) == 0)
		return mem_strdup("podman, started for this");
	return mem_printf("%s at %s", a->podman ? "podman" : "docker", a->url);
}

struct addresses {
	struct engine_address *items;
	size_t count, cap;
};

static struct engine_address *add(struct addresses *l, char *url, const char *from, bool podman)
{
	l->items = mem_grow(l->items, l->count, &l->cap, sizeof(*l->items));
	struct engine_address *a = &l->items[l->count++];
	*a = (struct engine_address){.url = url, .from = from ? mem_strdup(from) : NULL, .podman = podman};
	return a;
}

static int drop(struct addresses *l, size_t i)
{
	engine_address_done(&l->items[i]);
	memmove(&l->items[i], &l->items[i + 1], (--l->count - i) * sizeof(*l->items));
	return 0;
}

void engine_addresses_done(struct engine_address *a, size_t count)
{
	for (size_t i = 0; i < count; i++)
		engine_address_done(&a[i]);
	free(a);
}

static const char *variable(const char *name)
{
	const char *value = getenv(name);
	return value && *value ? value : NULL;
}

/* The user's directory for sockets; NULL for root; free(). */
static char *runtime_dir(void)
{
	const char *dir = variable("XDG_RUNTIME_DIR");
	uid_t uid;
	gid_t gid;
	if (dir)
		return mem_strdup(dir);
	privilege_outer_ids(&uid, &gid);
	return uid ? mem_printf("/run/user/%u", uid) : NULL;
}

/* ---- docker ---- */

/* As the docker command line: DOCKER_TLS_VERIFY, DOCKER_TLS, DOCKER_CERT_PATH. */
static void take_tls(struct engine_address *a)
{
	bool verify = variable("DOCKER_TLS_VERIFY");
	a->tls = verify || variable("DOCKER_TLS");
	a->tls_skip_verify = a->tls && !verify;
	if (!a->tls)
		return;
	const char *dir = variable("DOCKER_CERT_PATH");
	CLEANUP_FREE char *config = dir ? mem_strdup(dir) : engine_docker_config();
	if (config)
		engine_tls_files(config, a);
}

static bool same_file(const char *a, const char *b)
{
	struct stat x, y;
	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static void docker_sockets(struct addresses *l)
{
	static const char root[] = "docker's socket", user[] = "the user's docker socket";
	add(l, mem_strdup("unix:///run/docker.sock"), root, false);
	if (!same_file("/run", "/var/run"))
		add(l, mem_strdup("unix:///var/run/docker.sock"), root, false);
	CLEANUP_FREE char *dir = runtime_dir();
	if (dir && strcmp(dir, "/run") != 0)
		add(l, mem_printf("unix://%s/docker.sock", dir), user, false);
	const char *home = variable("HOME");
	if (home)
		add(l, mem_printf("unix://%s/.docker/run/docker.sock", home), user, false);
}

static int docker_context(struct addresses *l, struct err *err)
{
	CLEANUP_FREE char *dir = engine_docker_config(), *current = NULL;
	const char *name = variable("DOCKER_CONTEXT");
	int r = !name && dir ? engine_context_current(dir, &current, err) : 0;
	if (r < 0)
		return r;
	if (!name)
		name = current;
	if (!name || strcmp(name, "default") == 0) {
		docker_sockets(l);
		return 0;
	}
	if (!dir)
		return err_set(err, ERR_NOTFOUND, "docker-context-not-found",
			       "docker context \"%s\": set DOCKER_CONFIG or HOME, so that slim can find it", name);
	struct engine_address *a = add(l, NULL, NULL, false);
	r = engine_context_read(dir, name, a, err);
	a->explicit = true;
	if (r == 0 && !a->url)
		a->url = mem_strdup("unix:///var/run/docker.sock");
	return r;
}

static int docker_addresses(struct addresses *l, struct err *err)
{
	const char *host = variable("DOCKER_HOST");
	if (!host)
		return docker_context(l, err);
	struct engine_address *a = add(l, mem_strdup(host), "DOCKER_HOST", false);
	a->explicit = true;
	if (strncmp(host, "tcp://", 6) == 0)
		take_tls(a);
	return 0;
}

/* ---- podman ---- */

static void podman_addresses(struct addresses *l, bool only_podman)
{
	const char *host = variable("CONTAINER_HOST");
	if (host) {
		add(l, mem_strdup(host), "CONTAINER_HOST", true)->explicit = true;
		return;
	}
	/* of an ordinary user root's is not: it has other images, and no permission */
	CLEANUP_FREE char *dir = runtime_dir();
	if (dir && strcmp(dir, "/run") != 0)
		add(l, mem_printf("unix://%s/podman/podman.sock", dir), "the user's podman socket", true);
	add(l, mem_strdup("unix:///run/podman/podman.sock"), "podman's socket", true);
	/* where podman is what is asked for, an empty store can be written to */
	if (engine_podman_is_installed() && (only_podman || engine_podman_has_store()))
		add(l, mem_strdup(ENGINE_PODMAN_HERE), "the program podman", true);
}

int engine_addresses(enum oci_scheme scheme, struct engine_address **out, size_t *count, struct err *err)
{
	bool docker = scheme != OCI_SCHEME_CONTAINERS_STORAGE, podman = scheme != OCI_SCHEME_DOCKER_DAEMON;
	struct addresses l = {0};
	int r = docker ? docker_addresses(&l, err) : 0;
	if (r == 0 && podman)
		podman_addresses(&l, !docker);
	for (size_t i = 0; r == 0 && i < l.count; i++) {
		CLEANUP_ENGINE_ENDPOINT struct engine_endpoint endpoint = {0};
		r = engine_endpoint_parse(l.items[i].url, &endpoint, err);
		if (r < 0 && l.items[i].explicit)
			err_wrap(err, "%s", l.items[i].from);
		else if (r < 0) /* a home too deep for a socket: nothing can listen there */
			r = drop(&l, i--);
	}
	if (r < 0) {
		engine_addresses_done(l.items, l.count);
		return r;
	}
	*out = l.items;
	*count = l.count;
	return 0;
}
