/* probe/routes/pages.h - finds the directories that a service serves, and the files in them. Private to probe/routes.
 * A directory is served if the service was asked for a path that a file in it has, whole or without the path's first
 * parts. Example: /srv/app/static has css/site.css, and /static/css/site.css was asked for. */
#pragma once

#include "probe/routes/route.h"

#define ROUTES_PAGES_MAX 150 /* files of all these directories */

/* dirs: absolute paths that may lead to such. asked: "/path?query". Appends "/static/img/dot.png" and the like; no
 * hidden files, and none that Java's servers hide. */
void routes_pages_list(int root, const struct strset *dirs, const struct strset *asked, struct strlist *out);
