#include "keep/application/skeleton.h"

#include "base/buf.h"
#include "keep/application/leftovers.h"
#include "keep/application/runtime_tree.h"
#include "keep/documentation.h"
#include "text/path.h"

/* Filesystem Hierarchy Standard 3.0, and what the base packages of distributions add. */
static const char *const standard[] = {
    "/boot",
    "/etc/opt",
    "/home",
    "/media",
    "/mnt",
    "/opt",
    "/root",
    "/run/lock",
    "/srv",
    "/tmp",
    "/usr/local/bin",
    "/usr/local/etc",
    "/usr/local/games",
    "/usr/local/include",
    "/usr/local/lib",
    "/usr/local/sbin",
    "/usr/local/share",
    "/usr/local/src",
    "/var/backups",
    "/var/cache",
    "/var/empty",
    "/var/games",
    "/var/lib/misc",
    "/var/local",
    "/var/lock",
    "/var/log",
    "/var/mail",
    "/var/opt",
    "/var/spool",
    "/var/spool/cron",
    "/var/spool/mail",
    "/var/tmp",
};

/* What others fill, or nobody who runs. */
static bool is_outside(const char *path)
{
	static const char *const places[] = {"/boot",          "/dev",
					     "/etc/apk",       "/etc/apt",
					     "/etc/dnf",       "/etc/dpkg",
					     "/etc/yum",       "/etc/zypp",
					     "/lib/apk",       "/proc",
					     "/sys",           "/tmp",
					     "/usr/include",   "/usr/lib/apk",
					     "/usr/lib/debug", "/usr/lib/dpkg",
					     "/usr/lib/rpm",   "/usr/share/locale",
					     "/usr/src",       "/var/cache/apk",
					     "/var/cache/apt", "/var/cache/debconf",
					     "/var/cache/dnf", "/var/cache/ldconfig",
					     "/var/cache/yum", "/var/cache/zypp",
					     "/var/lib/apt",   "/var/lib/dnf",
					     "/var/lib/dpkg",  "/var/lib/rpm",
					     "/var/lib/ucf",   "/var/lib/yum",
					     "/var/lib/zypp",  "/var/log/apt",
					     "/var/tmp"};
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (path_is_below(path, places[i]))
			return true;
	return keep_documentation_is(path);
}

static void keep_standard(struct keep_set *k)
{
	uint32_t note = keep_note(k, "every system has it");
	for (size_t i = 0; i < sizeof(standard) / sizeof(standard[0]); i++) {
		uint32_t node = image_index_resolve(k->index, standard[i], true, NULL, NULL);
		if (node != IMAGE_NONE && S_ISDIR(image_index_node(k->index, node)->mode))
			(void)keep_path(k, standard[i], true, KEEP_WHY_NOTED(KEEP_SKELETON, IMAGE_NONE, note));
	}
}

struct walker {
	struct keep_set *k;
	const struct packages *packages;
	uint32_t empty, own; /* notes */
	struct buf path;
};

/* As deep as the image's paths are, which LIMIT_PATH bounds. */
static void walk(struct walker *w, uint32_t dir)
{
	const struct image_index *x = w->k->index;
	const struct image_node *n = image_index_node(x, dir);
	uint32_t layer;
	if (w->packages->database[dir] || keep_leftover_directory(x, dir) != KEEP_LEFTOVER_NONE ||
	    (w->path.len && is_outside(w->path.data)) ||
	    keep_runtime_tree_at(x, dir, &layer) == KEEP_RUNTIME_TREE_WHOLE)
		return;
	if (!n->n_children)
		keep_node(w->k, dir, KEEP_WHY_NOTED(KEEP_SKELETON, IMAGE_NONE, w->empty));
	else if (n->uid || n->gid || (n->mode & 07777) != 0755)
		keep_node(w->k, dir, KEEP_WHY_NOTED(KEEP_SKELETON, IMAGE_NONE, w->own));
	size_t len = w->path.len;
	for (uint32_t i = 0; i < n->n_children; i++) {
		const struct image_node *child = image_index_node(x, n->first_child + i);
		if (!S_ISDIR(child->mode))
			continue;
		buf_printf(&w->path, "/%s", child->name);
		walk(w, n->first_child + i);
		w->path.len = len;
	}
}

void keep_skeleton_add(struct keep_set *k, const struct packages *packages)
{
	struct walker w = {.k = k,
			   .packages = packages,
			   .empty = keep_note(k, "empty in the image"),
			   .own = keep_note(k, "with an owner or a mode of its own")};
	keep_standard(k);
	walk(&w, 0);
	buf_done(&w.path);
}
