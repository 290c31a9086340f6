/* probe/http/message.h - a request as it is sent: variables replaced, credentials and form parts written out. */
#pragma once

#include "probe/script/script.h"

struct probe_message {
	const struct probe_request *request; /* borrowed */
	char *path;
	struct strlist headers;
	struct buf body;
	bool has_body;
};

/* ERR_NOTFOUND, ERR_LIMIT: see probe_variables_expand. ERR_INVAL: a variable makes a path or header of it that can't be
 * sent. */
int probe_message_make(const struct probe_request *q, const struct strlist *variables, struct probe_message *out,
		       struct err *err) MUST_CHECK;
void probe_message_done(struct probe_message *m);
#define CLEANUP_PROBE_MESSAGE CLEANUP(probe_message_done)
