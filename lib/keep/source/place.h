/* keep/source/place.h - tells whom a path of the image belongs to: the application, a package of a language, or the
 * distribution. Paths are absolute, without symlinks. */
#pragma once

#include "keep/file.h"

/* Whether no application owns the directory: a text that names it does not ask for all that is in it. */
bool keep_place_is_shared(const char *path);
/* Whether the path lies in a directory that distributions fill. */
bool keep_place_is_distribution(const char *path);
/* Whether the path is in a package of a language. */
bool keep_place_is_package(const char *path);
/* Whether the path is in no package of a language and in no directory of the distribution. */
bool keep_place_is_application(const struct keep_set *k, const char *path);
/* Whether a file is an application's, or in /usr/local, where authors put their own programs beside a runtime's. */
bool keep_place_is_local(const struct keep_file *f);
/* The directory that the image's command starts in; "/" if the configuration names none. Borrowed. */
const char *keep_place_working_dir(const struct keep_set *k);
