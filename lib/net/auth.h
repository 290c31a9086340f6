/* net/auth.h - who we are towards a registry: user and password or an identity token, from the command line, from the
 * auth files of containers-auth.json(5) and Docker's config.json, or from a credential helper. Order: creds; --authfile
 * or REGISTRY_AUTH_FILE; $XDG_RUNTIME_DIR/containers/auth.json; $XDG_CONFIG_HOME (~/.config) /containers/auth.json;
 * $DOCKER_CONFIG (~/.docker)/config.json; ~/.dockercfg. Everything secret is wiped when it is freed, and none of it is
 * ever in a message or a log. */
#pragma once

#include <stdbool.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/strlist.h"

struct auth_credentials {
	char *user, *password; /* NULL = anonymous */
	char *identity_token;  /* NULL = none; goes instead of user and password, to a token server */
	char *from; /* where they were found, for messages: "--creds", the file's path, "docker-credential-x" */
};
void auth_credentials_done(struct auth_credentials *c); /* wipes */
#define CLEANUP_CREDENTIALS CLEANUP(auth_credentials_done)

struct auth_options {
	const char *creds;     /* "user:password"; NULL = none */
	const char *auth_file; /* NULL = none */
};

/* For "docker.io", "localhost:5000", ... and a repository in it ("library/nginx"): the most special entry counts, as
 * containers-auth.json(5) says. All NULL when there is none. An auth file that is named but can't be read or parsed is
 * an error; warnings (a file that others may read) go to warnings. */
int auth_find(const struct auth_options *options, const char *host, const char *repository,
	      struct auth_credentials *out, struct strlist *warnings, struct err *err) MUST_CHECK;

/* Overwrites and frees. NULL is nothing. */
void auth_wipe(char *secret);
