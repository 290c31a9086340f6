#include <string.h>

#include "base/mem.h"
#include "stack/settings.h"

/* The user's follow, so that they count. */
static void join(struct strlist *mine, const struct strlist **theirs)
{
	if (*theirs)
		strlist_extend(mine, *theirs);
	*theirs = mine->count ? mine : NULL;
}

static void take_text(const char *mine, const char **theirs)
{
	if (!*theirs)
		*theirs = mine;
}

static bool has_mount(const struct runtime_bundle_options *o, const char *destination)
{
	size_t i = 0;
	while (i < o->n_mounts && strcmp(o->mounts[i].destination, destination) != 0)
		i++;
	return i < o->n_mounts;
}

/* The user's mount replaces the service's of the same place. */
static void join_mounts(struct stack_settings *s, struct runtime_bundle_options *theirs)
{
	size_t n = 0;
	s->joined = mem_calloc(s->bundle.n_mounts + theirs->n_mounts + 1, sizeof(*s->joined));
	for (size_t i = 0; i < s->bundle.n_mounts; i++)
		if (!has_mount(theirs, s->mounts.items[i].destination))
			s->joined[n++] = s->mounts.items[i];
	for (size_t i = 0; i < theirs->n_mounts; i++)
		s->joined[n++] = theirs->mounts[i];
	theirs->mounts = s->joined;
	theirs->n_mounts = n;
}

static void join_command(const struct runtime_bundle_options *mine, struct runtime_bundle_options *theirs)
{
	if (theirs->entrypoint) /* it drops the command, as docker run --entrypoint does */
		return;
	theirs->entrypoint = mine->entrypoint;
	if (!theirs->cmd)
		theirs->cmd = mine->cmd;
}

static void join_limits(const struct runtime_limits *mine, struct runtime_limits *theirs)
{
	const struct runtime_limits usual = runtime_limits_default();
	if (theirs->memory == usual.memory)
		theirs->memory = mine->memory;
	if (theirs->pids == usual.pids)
		theirs->pids = mine->pids;
	if (theirs->cpu_micros == usual.cpu_micros)
		theirs->cpu_micros = mine->cpu_micros;
}

void stack_settings_use(struct stack_settings *s, struct run_options *options)
{
	const struct runtime_bundle_options *mine = &s->bundle;
	struct runtime_bundle_options *theirs = &options->bundle;
	join_command(mine, theirs);
	join(&s->env, &theirs->env);
	join(&s->hosts, &theirs->hosts);
	join(&s->capabilities, &theirs->capabilities);
	join(&s->dropped, &theirs->dropped);
	take_text(mine->user, &theirs->user);
	take_text(mine->working_dir, &theirs->working_dir);
	take_text(mine->hostname, &theirs->hostname);
	join_mounts(s, theirs);
	join_limits(&mine->limits, &theirs->limits);
	if (!theirs->sysctls)
		theirs->sysctls = mine->sysctls;
	theirs->init = mine->init;
	theirs->groups = mine->groups;
	theirs->rlimits = mine->rlimits;
	theirs->n_rlimits = mine->n_rlimits;
	theirs->read_only = mine->read_only;
	theirs->no_new_privileges = mine->no_new_privileges;
	if (!theirs->shm_size)
		theirs->shm_size = mine->shm_size;
	if (!theirs->dns || !theirs->dns->count)
		theirs->dns = mine->dns;
	if (!theirs->dns_search || !theirs->dns_search->count)
		theirs->dns_search = mine->dns_search;
	theirs->dns_options = mine->dns_options;
	take_text(s->service->stop_signal, &options->stop_signal);
	if (s->service->stop_grace)
		options->stop_timeout_ms = (unsigned)s->service->stop_grace;
}
