#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compose/member.h"
#include "compose/parts.h"
#include "compose/shape/shaper.h"

/* Puts the mount in the place of the earlier one of the same target, or behind all. */
static void put_mount(struct compose_service *out, struct compose_mount *m)
{
	struct compose_mount *at = &out->mounts[out->n_mounts];
	for (size_t i = 0; i < out->n_mounts; i++)
		if (strcmp(out->mounts[i].target, m->target) == 0)
			at = &out->mounts[i];
	if (at == &out->mounts[out->n_mounts]) {
		out->n_mounts++;
	} else {
		free(at->source);
		free(at->target);
		free(at->subpath);
	}
	*at = *m;
}

static void take_mount(struct compose_scope *s, const struct compose_at *at, const json_t *in,
		       struct compose_service *out)
{
	const char *type = compose_text(in, "type");
	const json_t *volume = json_object_get(in, "volume"), *tmpfs = json_object_get(in, "tmpfs");
	struct compose_mount m = {.kind = COMPOSE_MOUNT_VOLUME};
	if (strcmp(type, "bind") == 0)
		m.kind = COMPOSE_MOUNT_BIND;
	else if (strcmp(type, "tmpfs") == 0)
		m.kind = COMPOSE_MOUNT_TMPFS;
	else if (strcmp(type, "volume") != 0)
		compose_refuse(s, at, out, "it knows no mount of the type %.60s", type);
	m.source = m.kind == COMPOSE_MOUNT_TMPFS ? NULL : compose_take_text(in, "source");
	m.target = mem_strdup(compose_text(in, "target"));
	m.subpath = compose_take_text(volume, "subpath");
	m.read_only = compose_take_bool(in, "read_only", false);
	m.no_copy = compose_take_bool(volume, "nocopy", false);
	m.create =
	    m.kind == COMPOSE_MOUNT_BIND && compose_take_bool(json_object_get(in, "bind"), "create_host_path", true);
	m.tmpfs_bytes = compose_take_number(tmpfs, "size", 0);
	m.tmpfs_mode = (unsigned)compose_take_number(tmpfs, "mode", 0);
	put_mount(out, &m);
}

static bool take_option(struct compose_mount *m, char *word)
{
	char *value = strchr(word, '=');
	if (!value) {
		m->read_only |= strcmp(word, "ro") == 0;
		return true; /* noexec and the like */
	}
	*value++ = 0;
	if (strcmp(word, "size") == 0)
		return compose_read_bytes(value, &m->tmpfs_bytes);
	if (strcmp(word, "mode") == 0) {
		char *end;
		m->tmpfs_mode = (unsigned)strtoul(value, &end, 8) & 07777;
		return *value && !*end;
	}
	return strcmp(word, "uid") == 0 || strcmp(word, "gid") == 0 || strncmp(word, "nr_", 3) == 0;
}

/* "/run:size=64m,mode=1777" */
static int take_tmpfs(struct compose_scope *s, const struct compose_at *at, const char *text,
		      struct compose_service *out, struct err *err)
{
	const size_t n = strcspn(text, ":");
	struct compose_mount m = {.kind = COMPOSE_MOUNT_TMPFS};
	CLEANUP_FREE char *options = mem_strdup(text[n] ? text + n + 1 : "");
	CLEANUP_FREE char *target = mem_strndup(text, n);
	bool good = target[0] == '/';
	char *rest = options, *word;
	while (good && (word = strsep(&rest, ",")))
		good = take_option(&m, word);
	if (!good)
		return compose_fail(s, at, err, "compose-mount-invalid",
				    "a tmpfs is an absolute path, and options: /run:size=64m,mode=1777; not %.200s",
				    text);
	m.target = compose_path(s, target);
	put_mount(out, &m);
	return 0;
}

int compose_decode_mounts(struct compose_scope *s, const struct compose_at *at, json_t *in, struct compose_service *out,
			  struct err *err)
{
	const json_t *mounts = json_object_get(in, "volumes"), *tmpfs = json_object_get(in, "tmpfs");
	const size_t most = json_array_size(mounts) + json_array_size(tmpfs);
	const struct compose_at volumes_at = {.up = at, .key = "volumes"}, tmpfs_at = {.up = at, .key = "tmpfs"};
	size_t i;
	json_t *v;
	int e = compose_spend(s->reading, most, 0, err);
	if (e < 0)
		return e;
	if (most > LIMIT_COMPOSE_MOUNTS)
		return compose_fail(s, &volumes_at, err, "compose-too-large", "more than %d mounts are given",
				    LIMIT_COMPOSE_MOUNTS);
	out->mounts = mem_calloc(most + 1, sizeof(*out->mounts));
	json_array_foreach (mounts, i, v)
		take_mount(s, COMPOSE_ITEM(&volumes_at, i), v, out);
	json_array_foreach (tmpfs, i, v)
		if (e == 0)
			e = take_tmpfs(s, COMPOSE_ITEM(&tmpfs_at, i), json_string_value(v), out, err);
	return e;
}

int compose_decode_grants(struct compose_scope *s, json_t *in, const char *key, struct compose_grant **out, size_t *n,
			  struct err *err)
{
	const json_t *grants = json_object_get(in, key);
	size_t i;
	json_t *v;
	*out = mem_calloc(json_array_size(grants) + 1, sizeof(**out));
	json_array_foreach (grants, i, v) {
		struct compose_grant *g = &(*out)[(*n)++];
		g->source = mem_strdup(compose_text(v, "source"));
		g->target = mem_strdup(compose_text(v, "target"));
		g->uid = (int)compose_take_number(v, "uid", (uint64_t)-1);
		g->gid = (int)compose_take_number(v, "gid", (uint64_t)-1);
		g->mode = (int)compose_take_number(v, "mode", (uint64_t)-1);
	}
	return compose_spend(s->reading, *n, 0, err);
}

static void copy_mount(struct compose_service *to, const struct compose_mount *m, bool read_only)
{
	for (size_t i = 0; i < to->n_mounts; i++)
		if (strcmp(to->mounts[i].target, m->target) == 0)
			return;
	to->mounts = mem_realloc(to->mounts, to->n_mounts + 1, sizeof(*to->mounts));
	struct compose_mount *new = &to->mounts[to->n_mounts++];
	*new = *m;
	new->source = mem_strdup(m->source);
	new->target = mem_strdup(m->target);
	new->subpath = mem_strdup(m->subpath);
	new->read_only |= read_only;
}

int compose_copy_mounts(struct compose_scope *s, const struct compose_project *p, struct compose_service *to,
			struct err *err)
{
	for (size_t k = 0; k < to->volumes_from.count; k++) {
		const char *item = to->volumes_from.items[k];
		const size_t n = strcspn(item, ":");
		CLEANUP_FREE char *name = mem_strndup(item, n);
		const struct compose_service *from = compose_project_service(p, name);
		for (size_t j = 0; from && j < from->n_mounts && to->n_mounts < LIMIT_COMPOSE_MOUNTS; j++) {
			int e = compose_spend(s->reading, 1, 0, err);
			if (e < 0)
				return e;
			if (from->mounts[j].kind != COMPOSE_MOUNT_TMPFS)
				copy_mount(to, &from->mounts[j], item[n] != 0);
		}
	}
	return 0;
}
