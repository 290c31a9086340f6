/* net/auth/auth.h - finds the credentials for a registry: user and password, or an identity token. They come from the
 * command line, from the auth files of containers-auth.json(5) and Docker's config.json, or from a credential helper.
 * Order: creds; --authfile or else REGISTRY_AUTH_FILE or else $XDG_RUNTIME_DIR/containers/auth.json
 * (/run/containers/UID/auth.json); $XDG_CONFIG_HOME (~/.config) /containers/auth.json; $DOCKER_CONFIG
 * (~/.docker)/config.json; ~/.dockercfg. Nothing secret is ever in a message or a log. */
#pragma once

#include "base/err.h"
#include "base/progress.h"
#include "base/strlist.h"
#include "net/auth/credentials.h"

struct net_auth_options {
	const char *creds;               /* "user:password"; NULL = none */
	const char *auth_file;           /* NULL = none */
	const struct progress *progress; /* asked for the end while a credential helper runs; NULL = never */
};

/* Finds the credentials for "docker.io", "localhost:5000", ... and a repository in it ("library/nginx"). The most
 * specific entry counts, as containers-auth.json(5) says. All NULL if no entry matches.
 * It is an error if an auth file can't be parsed, or if one that is named can't be read. Warnings go to warnings (may
 * be NULL), each once: a file that others may read, a default file that we may not read, a helper of all registries
 * that fails. */
int net_auth_find(const struct net_auth_options *options, const char *host, const char *repository,
		  struct net_auth_credentials *out, struct strlist *warnings, struct err *err) MUST_CHECK;
