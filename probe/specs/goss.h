/* probe/specs/goss.h - reads goss's files (https://goss.readthedocs.io/en/stable/gossfile/): its commands are run in
 * the container by /bin/sh, its http checks are requests to the port that their URL names. Status, output, body and
 * headers are checked as far as they are texts or /expressions/; checks of other kinds, and by matchers, are left out
 * with a note. A redirect is right where only a status was asked for, since goss follows it. Templates are not
 * expanded. */
#pragma once

#include "probe/specs/spec.h"

int probe_goss_read(const char *path, struct probe_spec *commands, struct probe_script *requests, struct notes *notes,
		    struct err *err) MUST_CHECK;
/* The same of bytes. what: the file's name in messages. */
int probe_goss_parse(const char *data, size_t n, const char *what, struct probe_spec *commands,
		     struct probe_script *requests, struct notes *notes, struct err *err) MUST_CHECK;
