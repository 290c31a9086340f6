#include "net/auth_credentials.h"

#include <stdlib.h>

#include "base/secret.h"

void auth_credentials_done(struct auth_credentials *c)
{
	secret_free(c->user);
	secret_free(c->password);
	secret_free(c->identity_token);
	free(c->from);
	*c = (struct auth_credentials){0};
}
