/* probe/file/probe_file.h - reads the probe file, slim.probe/v1: YAML, or JSON, that people write by hand; see
 * slim-probe(5). An unknown key is an error. */
#pragma once

#include "probe/script/script.h"

#define PROBE_FILE_SCHEMA "slim.probe/v1"

/* Appends the requests of the file at path; the files that it names are looked for in its folder. ERR_INVAL says "FILE,
 * line N: ...". */
int probe_file_read(const char *path, struct probe_script *out, struct err *err) MUST_CHECK;
/* The same of bytes. what: the file's name in messages; dir: of the files that it names, -1 = it can't name any. */
int probe_file_parse(const char *data, size_t n, const char *what, int dir, struct probe_script *out,
		     struct err *err) MUST_CHECK;
