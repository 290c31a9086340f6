/* os/path_walk.h - splits a path into components in the order in which the kernel walks them, and puts the target of
 * each symlink in its place. It knows no tree: the caller keeps its position (a node, a descriptor or a string), looks
 * names up there and reads symlinks.
 *
 *	struct path_walk w;
 *	path_walk_init(&w, path);
 *	while ((step = path_walk_next(&w, &name, &len)) != PATH_WALK_END)
 *		if (step == PATH_WALK_UP)
 *			...to the parent; the root's parent is the root
 *		else if (step == PATH_WALK_NAME && "it is a symlink" && (follow_last || !path_walk_is_last(&w)))
 *			path_walk_follow(&w, target), and back to the root if target[0] is '/'
 *		else if (step == PATH_WALK_NAME)
 *			...down to it
 *
 * Lifetime: _init, any number of the others, _done if a target was copied. Not thread-safe. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/limits.h"

struct path_walk {
	const char *rest[LIMIT_SYMLINKS + 1]; /* what is left of the path, and of the targets inside each other */
	char *copies[LIMIT_SYMLINKS];
	unsigned depth, links, n_copies;
	bool slash; /* the last _next skipped slashes */
};

/* path is borrowed until the walk ends. */
void path_walk_init(struct path_walk *w, const char *path);
/* Frees the targets that were copied. */
void path_walk_done(struct path_walk *w);
#define CLEANUP_PATH_WALK CLEANUP(path_walk_done)

enum path_walk_step {
	PATH_WALK_END,
	PATH_WALK_NAME,
	PATH_WALK_STAY, /* "." */
	PATH_WALK_UP,   /* ".." */
};
/* The next component: *name has *len bytes, which no NUL ends. At the end w->slash says whether the path ends in a
 * slash, which only a directory may. */
enum path_walk_step path_walk_next(struct path_walk *w, const char **name, size_t *len);

/* Whether the component that came last ends the path, without a slash behind it: a walk that does not follow a
 * symlink at the end stops there. */
bool path_walk_is_last(const struct path_walk *w);

/* The component that came last is a symlink to target, which is walked next. False, and nothing changes, if
 * LIMIT_SYMLINKS were followed already. target is borrowed until the walk ends; _copy copies it. */
bool path_walk_follow(struct path_walk *w, const char *target);
bool path_walk_follow_copy(struct path_walk *w, const char *target);

/* For positions that are strings: "/a/b" to "/a", "/a" to "" (the root), and "" stays. */
void path_walk_up(struct buf *at);
