/* text/path.h - paths as strings: lexical work only, nothing is looked up. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Take the next component of *rest: sets *name and *len (no slashes; may be "." or ".."), advances
 * *rest behind it. Returns false at the end. Runs of slashes count as one. */
bool path_next(const char **rest, const char **name, size_t *len);

/* Append base + "/" + path to out (path alone when it is absolute), with "." and double slashes
 * removed and a trailing slash kept ("x/." counts as one). ".." stays: what it means depends on symlinks. */
void path_join(struct buf *out, const char *base, const char *path);

/* Whether the relative or absolute path has a ".." component. */
bool path_has_dotdot(const char *path);

/* Whether path (absolute) is dir or lies below it. Both without a trailing slash; "/" holds all. */
bool path_is_below(const char *path, const char *dir);

/* Whether a name has that ending, and more before it. */
bool path_ends_with(const char *name, const char *ending);

/* Undo, in place, how mountinfo (proc_pid_mountinfo(5)) writes space, tab, newline and backslash: \ooo. */
void path_unescape_mount(char *s);
