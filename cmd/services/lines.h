/* cmd/services/lines.h - the command lines of slim for the services of a project. */
#pragma once

#include "cmd/batch/file.h"
#include "cmd/services/list.h"

/* Adds a command line that records each service whose image others have, too. record: the verb, which takes the
 * options that it knows. dir: gets the traces. */
void lines_record(const struct services_request *r, const struct services_list *l, const struct command *record,
		  const char *dir, struct batch_file *out);
/* Adds a command line for each build: that of a shared image takes the traces. ERR_INVAL: a variable of an option is
 * not set. */
int lines_build(const struct services_request *r, const struct services_list *l, const char *dir,
		struct batch_file *out, struct err *err) MUST_CHECK;
/* Adds a command line that compares both images of a service, in a stack of the files and of override. verify: as
 * above. */
void lines_verify(const struct services_request *r, const struct command *verify, const char *service,
		  const char *original, const char *slim, const char *override, struct batch_file *out);
