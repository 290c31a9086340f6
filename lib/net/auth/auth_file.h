/* net/auth/auth_file.h - finds the credentials for a repository in an auth file. Spec: containers-auth.json(5);
 * Docker's config.json ("auths", "credHelpers", "credsStore") and the older .dockercfg, which is its "auths" alone. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "base/err.h"
#include "base/strlist.h"
#include "net/auth/credentials.h"

struct net_auth_file {
	json_t *root;
	bool legacy; /* .dockercfg */
};

/* ERR_CORRUPT, ERR_LIMIT; no message has anything of the text in it. */
int net_auth_file_parse(const char *text, size_t n, bool legacy, struct net_auth_file *out, struct err *err) MUST_CHECK;
void net_auth_file_done(struct net_auth_file *f);
#define CLEANUP_NET_AUTH_FILE CLEANUP(net_auth_file_done)

/* Whether there is a password or token in it at all. */
bool net_auth_file_has_secrets(const struct net_auth_file *f);

/* All zero: it says nothing. */
struct net_auth_file_answer {
	struct net_auth_credentials credentials; /* or (from is not set) */
	char *helper;                            /* the helper that has to be asked, */
	struct strlist servers;                  /* by these names, one after the other, */
	bool helper_for_all;                     /* which is there for any registry: it may have nothing for this one */
};
void net_auth_file_answer_done(struct net_auth_file_answer *a);
#define CLEANUP_NET_AUTH_FILE_ANSWER CLEANUP(net_auth_file_answer_done)

/* Tries in this order: a helper of the registry; the entry of the repository, of the namespaces above it, and of the
 * registry, each by its name or (the registry) by a URL; the helper of all registries. */
int net_auth_file_find(const struct net_auth_file *f, const char *host, const char *repository,
		       struct net_auth_file_answer *out, struct err *err) MUST_CHECK;
