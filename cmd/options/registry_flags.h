/* cmd/options/registry_flags.h - the options that say how registries and engines are reached. */
#pragma once

#include "cmd/options/option.h"
#include "transport/transport.h"

/* A member of the options struct of a verb that opens images. */
struct registry_flags {
	char *creds; /* wiped from the command line and, at the end, from memory */
	const char *auth_file, *address;
	bool tls_verify;
	struct strlist *warnings; /* owned; of opening images; shown at the end */
};

extern const struct option_group registry_flags_group;

void registry_flags_init(struct registry_flags *f); /* the defaults */
void registry_flags_done(struct registry_flags *f); /* shows the warnings on stderr */
/* The options of a transport; borrows from f. Warns on stderr if TLS is not verified. */
struct transport_options registry_flags_options(const struct registry_flags *f);
