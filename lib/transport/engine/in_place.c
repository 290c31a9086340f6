/* Uses the layers where the engine has them. The engine tells which of its options change what its directories mean;
 * its own files prove that the directories are of this image. All of it is hostile: the directories must lie in the
 * engine's own, which only root may write, and nowhere else. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "os/privilege.h"
#include "text/json.h"
#include "text/path.h"
#include "transport/engine/opened.h"
#include "transport/engine/storage/storage.h"
#include "transport/engine/tar_split.h"

struct place {
	const struct engine_storage *storage;
	char *root; /* the engine's directory, without symlinks */
	int fd;     /* of it */
	struct oci_image_config config;
	struct buf config_bytes;
	struct layer_unpacked *layers;
	size_t n_layers;
};

static void place_done(struct place *p)
{
	free(p->root);
	if (p->fd >= 0)
		close(p->fd);
	oci_image_config_done(&p->config);
	buf_done(&p->config_bytes);
	for (size_t i = 0; i < p->n_layers; i++)
		free(p->layers[i].path);
	free(p->layers);
}

#define UNSUITED(...) err_set(err, ERR_UNSUPPORTED, "in-place-unsuited", __VA_ARGS__)

/* ---- what the engine says of itself ---- */

static const char *status(const json_t *info, const char *key)
{
	size_t i;
	json_t *row;
	json_array_foreach (json_object_get(info, "DriverStatus"), i, row) {
		const char *name = json_string_value(json_array_get(row, 0));
		const char *value = json_string_value(json_array_get(row, 1));
		if (name && value && strcmp(name, key) == 0)
			return value;
	}
	return "";
}

static int check_info(const json_t *info, struct place *p, struct err *err)
{
	static const struct engine_storage *const storages[] = {&engine_storage_docker, &engine_storage_podman};
	const char *driver = json_string_value(json_object_get(info, "Driver"));
	for (size_t i = 0; i < sizeof(storages) / sizeof(storages[0]); i++)
		if (driver && strcmp(driver, storages[i]->driver) == 0)
			p->storage = storages[i];
	if (!p->storage)
		return UNSUITED("its storage driver is %s", driver ? driver : "not told");
	if (strcmp(status(info, "Native Overlay Diff"), "true") != 0)
		return UNSUITED("it has no \"Native Overlay Diff\"");
	if (strcmp(status(info, "Using metacopy"), "true") == 0)
		return UNSUITED("it uses metacopy");
	if (strcmp(status(info, "userxattr"), "true") == 0)
		return UNSUITED("it uses userxattr");
	size_t i;
	json_t *option;
	json_array_foreach (json_object_get(info, "SecurityOptions"), i, option) {
		const char *s = json_string_value(option);
		if (s && (strncmp(s, "name=userns", 11) == 0 || strncmp(s, "name=rootless", 13) == 0))
			return UNSUITED("it maps ids (%s)", s);
	}
	return 0;
}

static int open_root(const json_t *info, struct place *p, struct err *err)
{
	const char *said = json_string_value(json_object_get(info, "DockerRootDir"));
	struct stat st;
	if (!said || said[0] != '/')
		return UNSUITED("it does not report its directory");
	p->root = realpath(said, NULL);
	if (!p->root)
		return err_sys(err, errno, "file-open", "%s", said);
	p->fd = open(p->root, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (p->fd < 0 || fstat(p->fd, &st) < 0)
		return err_sys(err, errno, "file-open", "%s", p->root);
	if (st.st_uid != 0 || (st.st_mode & (S_IWGRP | S_IWOTH)))
		return UNSUITED("users other than root may write to %s", p->root);
	return 0;
}

/* ---- its image ---- */

static int read_config(const struct engine_source *s, struct place *p, struct err *err)
{
	struct oci_digest real;
	int r = p->storage->config(p->fd, &s->id, &p->config_bytes, err);
	if (r < 0)
		return r;
	oci_digest_of(p->config_bytes.data, p->config_bytes.len, &real);
	if (!oci_digest_equal(&real, &s->id))
		return UNSUITED("the bytes of its config have the digest %s", real.text);
	return oci_image_config_parse(p->config_bytes.data, p->config_bytes.len, &p->config, err);
}

/* The name in ROOT/FOLDER/NAME/diff, which is path, or is where path leads; NULL if it is another one. */
static char *layer_name(const struct place *p, const char *path)
{
	CLEANUP_FREE char *real = path[0] == '/' ? realpath(path, NULL) : NULL;
	CLEANUP_FREE char *start = mem_printf("%s/%s/", p->root, p->storage->folder);
	size_t n = strlen(start);
	if (!real || strncmp(real, start, n) != 0)
		return NULL;
	const char *slash = strchr(real + n, '/');
	if (!slash || slash == real + n || strcmp(slash, "/diff") != 0)
		return NULL;
	return mem_strndup(real + n, (size_t)(slash - real) - n);
}

/* Directories of all layers, bottom first: the engine tells the upper one, and all others top first. */
static int list_directories(const json_t *inspect, struct strlist *out, struct err *err)
{
	const json_t *data = json_object_get(json_object_get(inspect, "GraphDriver"), "Data");
	const char *lower = json_string_value(json_object_get(data, "LowerDir"));
	const char *upper = json_string_value(json_object_get(data, "UpperDir"));
	CLEANUP_STRLIST struct strlist top_first = {0};
	if (!upper || !*upper)
		return UNSUITED("it does not report where the layers are");
	strlist_add(&top_first, upper);
	while (lower && *lower) {
		size_t n = strcspn(lower, ":");
		if (top_first.count > LIMIT_LAYERS)
			return UNSUITED("it tells of more than %d layers", LIMIT_LAYERS);
		strlist_take(&top_first, mem_strndup(lower, n));
		lower += n + (lower[n] == ':');
	}
	for (size_t i = top_first.count; i-- > 0;)
		strlist_add(out, top_first.items[i]);
	return 0;
}

static int take_layer(struct place *p, size_t i, const char *path, const struct oci_digest *chain_id, struct err *err)
{
	CLEANUP_FREE char *name = layer_name(p, path);
	struct stat st;
	if (!name)
		return UNSUITED("%s is not the directory of a layer below %s", path, p->root);
	struct layer_unpacked *u = &p->layers[i];
	u->path = mem_printf("%s/%s/%s/diff", p->root, p->storage->folder, name);
	if (lstat(u->path, &st) < 0 || !S_ISDIR(st.st_mode))
		return UNSUITED("%s is not a directory", u->path);
	int fd = p->storage->tar_split(p->fd, name, &p->config.diff_ids[i], chain_id, err);
	return fd < 0 ? fd : engine_tar_split_read(fd, u, err);
}

static int take_layers(const struct engine_source *s, struct place *p, struct err *err)
{
	CLEANUP_STRLIST struct strlist paths = {0};
	struct oci_digest chain_id, parent;
	int r = list_directories(s->inspect, &paths, err);
	if (r < 0)
		return r;
	if (paths.count != p->config.n_layers)
		return UNSUITED("it tells of %zu directories, the config has %zu layers", paths.count,
				p->config.n_layers);
	p->layers = mem_calloc(paths.count, sizeof(*p->layers));
	p->n_layers = paths.count;
	for (size_t i = 0; i < paths.count; i++) {
		parent = chain_id;
		oci_chain_id(i ? &parent : NULL, &p->config.diff_ids[i], &chain_id);
		if ((r = take_layer(p, i, paths.items[i], &chain_id, err)) < 0)
			return err_wrap(err, "layer %zu", i + 1);
	}
	return 0;
}

static int find(const struct engine_source *s, struct place *p, struct err *err)
{
	if (!privilege_is_full())
		return UNSUITED("only root of this machine may read them");
	if (!s->info)
		return UNSUITED("the engine may be on another machine");
	int r = check_info(s->info, p, err);
	if (r < 0 || (r = open_root(s->info, p, err)) < 0 || (r = read_config(s, p, err)) < 0)
		return r;
	return take_layers(s, p, err);
}

int engine_source_in_place(struct engine_source *s, struct err *err)
{
	CLEANUP(place_done) struct place p = {.fd = -1};
	struct err e = {0};
	int r = find(s, &p, &e);
	if (r == -ERR_CANCELLED) {
		if (err)
			*err = e;
		return r;
	}
	if (r < 0) {
		log_debug("%s: the layers are not used where they are: %s", engine_name(s->engine), e.msg);
		return 0;
	}
	s->config = p.config_bytes;
	p.config_bytes = (struct buf){0};
	s->layers = steal_ptr(&p.layers);
	s->n_layers = p.n_layers;
	p.n_layers = 0;
	s->in_place = true;
	return 0;
}
