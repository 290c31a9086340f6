#include "net/auth/credentials.h"

#include <stdlib.h>

#include "text/secret.h"

void net_auth_credentials_done(struct net_auth_credentials *c)
{
	secret_free(c->user);
	secret_free(c->password);
	secret_free(c->identity_token);
	free(c->from);
	*c = (struct net_auth_credentials){0};
}
