#include "compat_state.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/secret.h"

void compat_push(struct compat *c, char *argument)
{
	c->argv = mem_grow(c->argv, (size_t)c->argc + 1, &c->cap, sizeof(*c->argv));
	c->argv[c->argc++] = argument;
	c->argv[c->argc] = NULL;
}

void compat_add(struct compat *c, char *argument)
{
	strlist_take(&c->owned, argument);
	compat_push(c, argument);
}

void compat_done(struct compat *c)
{
	free(c->argv);
	strlist_done(&c->owned);
	strlist_done(&c->notes);
	strlist_done(&c->overrides);
	secret_free(c->account);
	secret_free(c->secret);
	*c = (struct compat){0};
}
