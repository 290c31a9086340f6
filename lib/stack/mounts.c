#include "stack/mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "os/fd.h"
#include "runtime/runtime.h"
#include "stack/refuse.h"

#define INIT "/sbin/docker-init"

static int fill_bind(const struct compose_service *s, const struct compose_mount *m, struct runtime_bundle_mount *out,
		     struct err *err)
{
	struct stat st;
	if (m->create && stat(m->source, &st) < 0 && errno == ENOENT) {
		int r = fd_mkdir_p(AT_FDCWD, m->source, 0755, err);
		if (r < 0)
			return r;
	}
	/* the runtime has another working directory, so the path must be without symlinks */
	out->source = realpath(m->source, NULL);
	return out->source ? 0 : err_sys(err, errno, "mount-source-open", "service %s: %s", s->name, m->source);
}

static char *volume_key(const struct compose_service *s, const struct compose_mount *m)
{
	return m->source ? mem_printf("named %s", m->source) : mem_printf("of %s at %s", s->name, m->target);
}

static int fill_volume(const struct compose_service *s, const struct compose_mount *m, struct stack_volumes *volumes,
		       struct runtime_bundle_mount *out, char **key, struct err *err)
{
	if (m->subpath)
		return stack_refuse(s, "a part of a volume (subpath)", err);
	*key = volume_key(s, m);
	return stack_volumes_path(volumes, *key, &out->source, err);
}

static void fill_tmpfs(const struct compose_mount *m, struct runtime_bundle_mount *out)
{
	CLEANUP_BUF struct buf b = {0};
	if (m->tmpfs_bytes)
		buf_printf(&b, "size=%llu", (unsigned long long)m->tmpfs_bytes);
	if (m->tmpfs_mode)
		buf_printf(&b, "%smode=%o", b.len ? "," : "", m->tmpfs_mode);
	out->tmpfs = b.len ? buf_steal(&b) : mem_strdup("");
}

static struct runtime_bundle_mount *add(struct stack_mounts *out, const char *target, bool read_only)
{
	struct runtime_bundle_mount *to = &out->items[out->count++];
	to->destination = mem_strdup(target);
	to->read_only = read_only;
	return to;
}

static int fill_mount(const struct compose_service *s, const struct compose_mount *m, struct stack_volumes *volumes,
		      struct stack_mounts *out, struct err *err)
{
	struct runtime_bundle_mount *to = add(out, m->target, m->read_only);
	switch (m->kind) {
	case COMPOSE_MOUNT_BIND:
		return fill_bind(s, m, to, err);
	case COMPOSE_MOUNT_VOLUME:
		return fill_volume(s, m, volumes, to, &out->volumes[out->count - 1], err);
	case COMPOSE_MOUNT_TMPFS:
		fill_tmpfs(m, to);
		return 0;
	}
	return 0;
}

/* ---- configs and secrets ---- */

static const struct compose_file_source *find(const struct compose_file_source *all, size_t n, const char *key)
{
	size_t i = 0;
	while (i < n && strcmp(all[i].key, key) != 0)
		i++;
	return i < n ? &all[i] : NULL;
}

/* Its bytes become a file of the run. */
static int fill_content(const struct compose_service *s, const struct compose_grant *g,
			const struct compose_file_source *from, struct stack_volumes *volumes,
			struct runtime_bundle_mount *to, struct err *err)
{
	const char *text = from->environment ? getenv(from->environment) : from->content;
	if (!text)
		return err_set(err, ERR_NOTFOUND, "compose-value-missing",
			       "service %s: %s is the variable %s, which is not set", s->name, g->source,
			       from->environment ? from->environment : "of no name");
	const struct stack_volumes_file file = {.uid = g->uid < 0 ? 0 : (unsigned)g->uid,
						.gid = g->gid < 0 ? 0 : (unsigned)g->gid,
						.mode = g->mode < 0 ? 0444 : (unsigned)g->mode,
						.text = text};
	return stack_volumes_add_file(volumes, &file, &to->source, err);
}

static int fill_grants(const struct compose_service *s, const struct compose_grant *grants, size_t n,
		       const struct compose_file_source *all, size_t n_all, struct stack_volumes *volumes,
		       struct stack_mounts *out, struct err *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < n; i++) {
		const struct compose_file_source *from = find(all, n_all, grants[i].source);
		struct runtime_bundle_mount *to = add(out, grants[i].target, true);
		if (!from || from->external)
			return stack_refuse(s, "configs and secrets that an engine keeps (external)", err);
		if (!from->file)
			r = fill_content(s, &grants[i], from, volumes, to, err);
		else if (!(to->source = realpath(from->file, NULL)))
			r = err_sys(err, errno, "mount-source-open", "service %s: %s", s->name, from->file);
	}
	return r;
}

/* ---- the init ---- */

/* The small init of `init: true`, which is bound into the container as engines do. */
static int fill_init(const struct compose_service *s, struct stack_mounts *out, struct err *err)
{
	static const char *const programs[] = {"docker-init", "tini-static", "catatonit",
					       "/usr/libexec/podman/catatonit"};
	struct runtime_bundle_mount *to = add(out, INIT, true);
	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs) && !to->source; i++)
		to->source = runtime_program(programs[i]);
	out->init = INIT;
	return to->source ? 0
			  : err_set(err, ERR_NOTFOUND, "init-program-missing",
				    "service %s: init: true needs a small init, and none is installed: install package "
				    "tini or catatonit",
				    s->name);
}

int stack_mounts_fill(const struct compose_project *p, const struct compose_service *s, struct stack_volumes *volumes,
		      struct stack_mounts *out, struct err *err)
{
	const size_t most = s->n_mounts + s->n_configs + s->n_secrets + 1;
	int r = 0;
	*out = (struct stack_mounts){.service = s,
				     .items = mem_calloc(most, sizeof(*out->items)),
				     .volumes = mem_calloc(most, sizeof(*out->volumes))};
	for (size_t i = 0; r == 0 && i < s->n_mounts; i++)
		r = fill_mount(s, &s->mounts[i], volumes, out, err);
	if (r == 0)
		r = fill_grants(s, s->configs, s->n_configs, p->configs, p->n_configs, volumes, out, err);
	if (r == 0)
		r = fill_grants(s, s->secrets, s->n_secrets, p->secrets, p->n_secrets, volumes, out, err);
	return r == 0 && s->init ? fill_init(s, out, err) : r;
}

int stack_mounts_fill_volumes(const struct stack_mounts *m, struct stack_volumes *volumes, int root, struct err *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < m->service->n_mounts; i++) {
		const int from = m->service->mounts[i].no_copy ? -1 : root;
		if (m->volumes[i])
			r = stack_volumes_fill(volumes, m->volumes[i], from, m->items[i].destination, err);
	}
	return r;
}

void stack_mounts_done(struct stack_mounts *m)
{
	for (size_t i = 0; i < m->count; i++) {
		free(m->items[i].source);
		free(m->items[i].destination);
		free(m->items[i].tmpfs);
		free(m->volumes[i]);
	}
	free(m->items);
	free(m->volumes);
}
