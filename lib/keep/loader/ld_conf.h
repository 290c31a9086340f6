/* keep/loader/ld_conf.h - reads the image's /etc/ld.so.conf as ldconfig(8) does: one directory a line, # comments,
 * include with globs. */
#pragma once

#include "base/strlist.h"
#include "image/index.h"

/* Append the directories that the file names, in order. A missing or broken file names none. */
void keep_ld_conf_read(const struct image_index *x, const char *path, struct strlist *dirs);
