#include "cmd/docker_slim/state.h"

#include <stdlib.h>
#include <string.h>

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
	char *value;
	strlist_take(&s->owned, argument);
	if (s->ours && argument[0] == '-' && !option_match(s->ours, argument, &value)) {
		strlist_take(&s->notes,
			     mem_printf("%.*s changes nothing for this verb", (int)strcspn(argument, "="), argument));
		return;
	}
	docker_slim_push(s, argument);
}

static void fat_done(struct docker_slim_fat *f)
{
	free(f->dockerfile);
	free(f->context);
	free(f->tag);
	free(f->name);
	strlist_done(&f->options);
}

void docker_slim_done(struct docker_slim_state *s)
{
	free(s->argv);
	strlist_done(&s->given);
	strlist_done(&s->owned);
	strlist_done(&s->notes);
	strlist_done(&s->overrides);
	fat_done(&s->fat);
	secret_free(s->account);
	secret_free(s->secret);
	*s = (struct docker_slim_state){0};
}
