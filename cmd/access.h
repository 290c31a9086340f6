/* cmd/access.h - the options that say how registries and engines are reached. */
#pragma once

#include "option.h"
#include "transport/transport.h"

/* The options struct of a verb that opens images has one of these as a member, and its rows are ACCESS_ROWS. */
struct access_flags {
	char *creds; /* wiped from the command line and, at the end, from memory */
	const char *auth_file;
	bool tls_verify;
	struct strlist *warnings; /* owned; of those that opened an image; shown at the end */
};

#define ACCESS_ROW(type, member, field, name, kind, value, help)                                                       \
	{                                                                                                              \
		name, 0, kind, offsetof(type, member.field), value, help                                               \
	}
#define ACCESS_ROWS(T, M)                                                                                              \
	ACCESS_ROW(T, M, creds, "creds", OPTION_SECRET, "USER:PASSWORD",                                               \
		   "for the registry (default: what docker login or podman login stored)"),                            \
	    ACCESS_ROW(T, M, auth_file, "authfile", OPTION_STRING, "FILE", "credentials, instead of the usual files"), \
	    ACCESS_ROW(T, M, tls_verify, "tls-verify", OPTION_BOOL, "BOOL",                                            \
		       "false: trust any certificate, and plain HTTP (default: true)")

void access_flags_init(struct access_flags *f); /* the defaults */
void access_flags_done(struct access_flags *f); /* shows the warnings on stderr */
/* What they become; borrows from f. Says on stderr when nothing is verified. */
struct transport_options access_options(const struct access_flags *f);
