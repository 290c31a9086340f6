/* net/auth/credentials.h - the credentials for a registry. */
#pragma once

#include "base/cleanup.h"

struct net_auth_credentials {
	char *user, *password; /* NULL = anonymous */
	char *identity_token;  /* NULL = none; goes instead of user and password, to a token server */
	char *from; /* where they were found, for messages: "--creds", the file's path, "docker-credential-x" */
};
/* Wipes what is secret before it is freed. */
void net_auth_credentials_done(struct net_auth_credentials *c);
#define CLEANUP_NET_AUTH_CREDENTIALS CLEANUP(net_auth_credentials_done)
