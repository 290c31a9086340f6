#include "cmd/complete/images.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/mem.h"
#include "oci/index.h"
#include "os/fd.h"
#include "transport/engine/find.h"

/* The kinds of place that may follow a transport. */
enum place { PLACE_LAYOUT, PLACE_FILE, PLACE_DIRECTORY, PLACE_ENGINE, PLACE_REGISTRY };

static const struct transport {
	const char *prefix;
	enum place place;
	enum oci_scheme scheme; /* of an engine */
} transports[] = {
    {"oci:", PLACE_LAYOUT, 0},
    {"oci-archive:", PLACE_FILE, 0},
    {"docker-archive:", PLACE_FILE, 0},
    {"dir:", PLACE_DIRECTORY, 0},
    {"rootfs:", PLACE_DIRECTORY, 0},
    {"docker://", PLACE_REGISTRY, 0},
    {"docker-daemon:", PLACE_ENGINE, OCI_SCHEME_DOCKER_DAEMON},
    {"containers-storage:", PLACE_ENGINE, OCI_SCHEME_CONTAINERS_STORAGE},
    {"containerd:", PLACE_ENGINE, OCI_SCHEME_CONTAINERD},
};

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* ---- OCI layouts ---- */

static bool is_layout(const char *directory)
{
	CLEANUP_FREE char *index = mem_printf("%s/index.json", directory);
	struct stat st;
	return stat(index, &st) == 0 && S_ISREG(st.st_mode);
}

/* "oci:DIR:TAG" of each tag. */
static void add_tags(const char *directory, const char *word, struct strlist *out)
{
	CLEANUP_FREE char *path = mem_printf("%s/index.json", directory);
	CLEANUP_BUF struct buf text = {0};
	CLEANUP_OCI_INDEX struct oci_index index = {0};
	if (fd_read_file(AT_FDCWD, path, LIMIT_MANIFEST, &text, NULL) < 0 || !text.len ||
	    oci_index_parse(text.data, text.len, &index, NULL) < 0)
		return;
	for (size_t i = 0; i < index.count; i++) {
		const char *tag = index.manifests[i].ref_name;
		CLEANUP_FREE char *reference = mem_printf("oci:%s:%s", directory, tag);
		if (*tag && begins(reference, word) && !strlist_has(out, reference))
			strlist_add(out, reference);
	}
}

/* ---- paths ---- */

/* Of the directory entry name: with a "/" behind a directory, or a ":" behind a layout. NULL = it is not for place. */
static char *with_end(enum place place, const char *path)
{
	struct stat st;
	if (stat(path, &st) < 0)
		return NULL;
	if (!S_ISDIR(st.st_mode))
		return place == PLACE_FILE ? mem_strdup(path) : NULL;
	return mem_printf("%s%c", path, place == PLACE_LAYOUT && is_layout(path) ? ':' : '/');
}

/* The paths that begin with path. */
static void add_paths(const struct transport *t, const char *path, struct strlist *out)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	CLEANUP_FREE char *directory = mem_strndup(path, (size_t)(name - path));
	DIR *d = opendir(*directory ? directory : ".");
	struct dirent *e;
	while (d && (e = readdir(d))) {
		if (!begins(e->d_name, name) || (*e->d_name == '.' && *name != '.') || strcmp(e->d_name, ".") == 0 ||
		    strcmp(e->d_name, "..") == 0)
			continue;
		CLEANUP_FREE char *full = mem_printf("%s%s", directory, e->d_name);
		CLEANUP_FREE char *shown = with_end(t->place, full);
		if (shown)
			strlist_take(out, mem_printf("%s%s", t->prefix, shown));
	}
	if (d)
		closedir(d);
}

/* ---- engines ---- */

/* Without the parts that podman adds to a name, as its user wrote it. */
static const char *short_name(const char *name)
{
	static const char *const added[] = {"docker.io/library/", "docker.io/", "localhost/"};
	for (size_t i = 0; i < sizeof(added) / sizeof(added[0]); i++)
		if (begins(name, added[i]))
			return name + strlen(added[i]);
	return name;
}

static void add_names(enum oci_scheme scheme, const char *prefix, const char *word, struct strlist *out)
{
	CLEANUP_STRLIST struct strlist names = {0};
	engine_images_list(scheme, &names);
	for (size_t i = 0; i < names.count; i++) {
		const char *name = short_name(names.items[i]);
		if (!begins(name, word))
			name = names.items[i];
		CLEANUP_FREE char *reference = mem_printf("%s%s", prefix, name);
		if (begins(name, word) && !strlist_has(out, reference))
			strlist_add(out, reference);
	}
}

/* ---- all ---- */

static void add_behind(const struct transport *t, const char *word, struct strlist *out)
{
	const char *rest = word + strlen(t->prefix);
	if (t->place == PLACE_ENGINE)
		add_names(t->scheme, t->prefix, rest, out);
	if (t->place == PLACE_ENGINE || t->place == PLACE_REGISTRY)
		return;
	const char *colon = t->place == PLACE_LAYOUT ? strrchr(rest, ':') : NULL;
	CLEANUP_FREE char *directory = mem_strndup(rest, colon ? (size_t)(colon - rest) : strlen(rest));
	if (colon || (t->place == PLACE_LAYOUT && *rest && is_layout(directory)))
		add_tags(directory, word, out);
	if (!colon)
		add_paths(t, rest, out);
}

void images_list(const char *word, struct strlist *out)
{
	for (size_t i = 0; i < sizeof(transports) / sizeof(transports[0]); i++) {
		if (begins(word, transports[i].prefix)) {
			add_behind(&transports[i], word, out);
			return;
		}
		if (begins(transports[i].prefix, word))
			strlist_add(out, transports[i].prefix);
	}
	add_names(OCI_SCHEME_NONE, "", word, out);
}
