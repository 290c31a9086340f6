/* cmd/options/docker_run/env_file.h - a file of environment variables, as docker run --env-file reads it. */
#pragma once

#include "base/err.h"
#include "base/strlist.h"

/* Appends NAME=VALUE of each line, or NAME, which stands for slim's own value. Skips empty lines, lines that begin
 * with "#", and blanks before a line. Quotes are a part of the value. A name with a blank in it is ERR_INVAL. */
int env_file_read(const char *path, struct strlist *out, struct err *err) MUST_CHECK;
/* Parses the text of such a file. path: for messages. */
int env_file_parse(const char *path, const char *text, size_t n, struct strlist *out, struct err *err) MUST_CHECK;
