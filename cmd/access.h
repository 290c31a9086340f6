/* cmd/access.h - the options that say how registries and engines are reached. */
#pragma once

#include "option.h"
#include "transport/transport.h"

/* A member of the options struct of a verb that opens images. */
struct access_flags {
	char *creds; /* wiped from the command line and, at the end, from memory */
	const char *auth_file;
	bool tls_verify;
	struct strlist *warnings; /* owned; of those that opened an image; shown at the end */
};

extern const struct option_group access_flags_group;

void access_flags_init(struct access_flags *f); /* the defaults */
void access_flags_done(struct access_flags *f); /* shows the warnings on stderr */
/* What they become; borrows from f. Says on stderr when nothing is verified. */
struct transport_options access_options(const struct access_flags *f);
