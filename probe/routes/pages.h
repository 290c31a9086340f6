/* probe/routes/pages.h - finds the directories that a service serves, and the files in them. Private to probe/routes.
 * A directory is served if it has a file of the same path as one that the service was asked for, whole or without the
 * first parts of the path: /srv/app/static has css/site.css, and /static/css/site.css was asked for. */
#pragma once

#include "probe/routes/route.h"

#define ROUTES_PAGES_MAX 150 /* files of all these directories */

/* dirs: absolute paths that may lead to such. asked: "/path?query". Appends "/static/img/dot.png" and the like; no
 * hidden files, and none that Java's servers hide. */
void routes_pages_list(int root, const struct strset *dirs, const struct strset *asked, struct strlist *out);
