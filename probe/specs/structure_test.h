/* probe/specs/structure_test.h - reads container-structure-test's files
 * (https://github.com/GoogleContainerTools/container-structure-test), schema versions 1 and 2: their command tests are
 * run in the container, with exit code and standard output checked. Tests of files, metadata and licences, of standard
 * error, and commands that need variables of their own, are left out with a note. */
#pragma once

#include "probe/specs/spec.h"

int probe_structure_test_read(const char *path, struct probe_spec *out, struct notes *notes,
			      struct err *err) MUST_CHECK;
/* The same of bytes. what: the file's name in messages. */
int probe_structure_test_parse(const char *data, size_t n, const char *what, struct probe_spec *out,
			       struct notes *notes, struct err *err) MUST_CHECK;
