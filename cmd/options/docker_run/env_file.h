/* cmd/options/docker_run/env_file.h - a file of environment variables, as docker run --env-file reads it. */
#pragma once

#include "base/err.h"
#include "base/strlist.h"

/* Appends NAME=VALUE, or NAME for our own value, of each line. Blanks before a line, empty lines and those that begin
 * with
 * "#" do not count; the value is taken as it stands, quotes included. A name with a blank in it is ERR_INVAL. */
int env_file_read(const char *path, struct strlist *out, struct err *err) MUST_CHECK;
/* The same of its text. path: for messages. */
int env_file_parse(const char *path, const char *text, size_t n, struct strlist *out, struct err *err) MUST_CHECK;
