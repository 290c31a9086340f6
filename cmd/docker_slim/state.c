#include "cmd/docker_slim/state.h"

#include <stdlib.h>

#include "base/mem.h"
#include "text/secret.h"

void docker_slim_push(struct docker_slim_state *s, char *argument)
{
	s->argv = mem_grow(s->argv, (size_t)s->argc + 1, &s->cap, sizeof(*s->argv));
	s->argv[s->argc++] = argument;
	s->argv[s->argc] = NULL;
}

void docker_slim_add(struct docker_slim_state *s, char *argument)
{
	strlist_take(&s->owned, argument);
	docker_slim_push(s, argument);
}

void docker_slim_done(struct docker_slim_state *s)
{
	free(s->argv);
	strlist_done(&s->owned);
	strlist_done(&s->notes);
	strlist_done(&s->overrides);
	secret_free(s->account);
	secret_free(s->secret);
	*s = (struct docker_slim_state){0};
}
