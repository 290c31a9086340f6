#include "cmd/docker_slim/state.h"

#include <stdlib.h>

#include "base/mem.h"
#include "text/secret.h"

void docker_slim_push(struct docker_slim *c, char *argument)
{
	c->argv = mem_grow(c->argv, (size_t)c->argc + 1, &c->cap, sizeof(*c->argv));
	c->argv[c->argc++] = argument;
	c->argv[c->argc] = NULL;
}

void docker_slim_add(struct docker_slim *c, char *argument)
{
	strlist_take(&c->owned, argument);
	docker_slim_push(c, argument);
}

void docker_slim_done(struct docker_slim *c)
{
	free(c->argv);
	strlist_done(&c->owned);
	strlist_done(&c->notes);
	strlist_done(&c->overrides);
	secret_free(c->account);
	secret_free(c->secret);
	*c = (struct docker_slim){0};
}
