#include "stack/settings.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "runtime/process.h"
#include "stack/refuse.h"

static void fill_process(const struct compose_service *s, struct stack_settings *out)
{
	struct runtime_bundle_options *b = &out->bundle;
	if (s->has_entrypoint) {
		strlist_extend(&out->entrypoint, &s->entrypoint);
		if (!out->entrypoint.count)
			strlist_add(&out->entrypoint, ""); /* none, as --entrypoint "" */
		b->entrypoint = &out->entrypoint;
	}
	if (s->has_command)
		b->cmd = &s->command;
	for (size_t i = 0; i < s->environment.count; i++)
		if (strchr(s->environment.items[i], '='))
			strlist_add(&out->env, s->environment.items[i]);
	b->env = &out->env;
	b->user = s->user;
	b->working_dir = s->working_dir;
	b->hostname = s->hostname;
	b->sysctls = s->sysctls.count ? &s->sysctls : NULL;
	b->shm_size = s->shm_bytes;
	b->groups = &s->group_add;
	b->read_only = s->read_only;
	b->dns = &s->dns;
	b->dns_search = &s->dns_search;
	b->dns_options = &s->dns_opts;
}

static int add_capabilities(const struct compose_service *s, const struct strlist *from, struct strlist *to,
			    struct err *err)
{
	for (size_t i = 0; i < from->count; i++) {
		const char *name = runtime_process_capability(from->items[i]);
		if (!name)
			return err_set(err, ERR_INVAL, "capability-unknown", "service %s: there is no capability %s",
				       s->name, from->items[i]);
		strlist_add(to, name);
	}
	return 0;
}

static int fill_rights(const struct compose_service *s, struct stack_settings *out, struct err *err)
{
	int r = add_capabilities(s, &s->cap_add, &out->capabilities, err);
	if (r == 0)
		r = add_capabilities(s, &s->cap_drop, &out->dropped, err);
	out->bundle.capabilities = out->capabilities.count ? &out->capabilities : NULL;
	out->bundle.dropped = out->dropped.count ? &out->dropped : NULL;
	return r;
}

/* NAME:ADDRESS, as a line of hosts(5). */
static void fill_hosts(const struct compose_service *s, struct stack_settings *out)
{
	for (size_t i = 0; i < s->extra_hosts.count; i++) {
		const char *text = s->extra_hosts.items[i], *colon = strchr(text, ':');
		const char *address = colon ? colon + 1 : "";
		if (!colon)
			continue;
		if (strcmp(address, "host-gateway") == 0)
			address = RUNTIME_NETWORK_GATEWAY;
		strlist_take(&out->hosts, mem_printf("%s\t%.*s", address, (int)(colon - text), text));
	}
	out->bundle.hosts = &out->hosts;
}

static int fill_limits(const struct compose_service *s, struct stack_settings *out, struct err *err)
{
	struct runtime_limits *l = &out->bundle.limits;
	*l = runtime_limits_default();
	if (s->memory_bytes)
		l->memory = s->memory_bytes;
	if (s->pids)
		l->pids = s->pids;
	return s->cpus ? runtime_limit_parse_cpus(s->cpus, &l->cpu_micros, err) : 0;
}

/* ---- what every process of it has ---- */

static const char *const rlimits[] = {"RLIMIT_AS",     "RLIMIT_CORE",   "RLIMIT_CPU",        "RLIMIT_DATA",
				      "RLIMIT_FSIZE",  "RLIMIT_LOCKS",  "RLIMIT_MEMLOCK",    "RLIMIT_MSGQUEUE",
				      "RLIMIT_NICE",   "RLIMIT_NOFILE", "RLIMIT_NPROC",      "RLIMIT_RSS",
				      "RLIMIT_RTPRIO", "RLIMIT_RTTIME", "RLIMIT_SIGPENDING", "RLIMIT_STACK"};

static const char *rlimit_name(const char *text)
{
	for (size_t i = 0; i < sizeof(rlimits) / sizeof(*rlimits); i++)
		if (strcasecmp(rlimits[i] + strlen("RLIMIT_"), text) == 0)
			return rlimits[i];
	return NULL;
}

static uint64_t limit_of(int64_t n)
{
	return n < 0 ? UINT64_MAX : (uint64_t)n;
}

static int fill_rlimits(const struct compose_service *s, struct stack_settings *out, struct err *err)
{
	out->rlimits = mem_calloc(s->n_ulimits + 1, sizeof(*out->rlimits));
	out->bundle.rlimits = out->rlimits;
	for (size_t i = 0; i < s->n_ulimits; i++) {
		const struct compose_ulimit *u = &s->ulimits[i];
		const char *name = rlimit_name(u->name);
		if (!name)
			return err_set(err, ERR_INVAL, "compose-value-invalid", "service %s: there is no ulimit \"%s\"",
				       s->name, u->name);
		out->rlimits[out->bundle.n_rlimits++] =
		    (struct oci_runtime_spec_rlimit){name, limit_of(u->soft), limit_of(u->hard)};
	}
	return 0;
}

/* Docker's options that confine further. Those that confine less are refused, and labels of SELinux and profiles of
 * AppArmor are the machine's own. */
static int fill_security(const struct compose_service *s, struct stack_settings *out, struct err *err)
{
	for (size_t i = 0; i < s->security_opt.count; i++) {
		const char *text = s->security_opt.items[i];
		if (strcmp(text, "no-new-privileges") == 0 || strcmp(text, "no-new-privileges:true") == 0 ||
		    strcmp(text, "no-new-privileges=true") == 0)
			out->bundle.no_new_privileges = true;
		else if (strstr(text, "unconfined"))
			return stack_refuse(s, text, err);
	}
	return 0;
}

int stack_settings_fill(const struct compose_project *p, const struct compose_service *s, struct stack_volumes *volumes,
			struct stack_settings *out, struct err *err)
{
	*out = (struct stack_settings){.service = s};
	if (s->refused)
		return err_set(err, ERR_UNSUPPORTED, "compose-key-unsupported", "service %s: %s", s->name, s->refused);
	if (s->devices.count)
		return stack_refuse(s, "devices of this machine by a compose file; --device does", err);
	if (s->privileged)
		return stack_refuse(s, "all rights of this machine (privileged)", err);
	fill_process(s, out);
	fill_hosts(s, out);
	int r = fill_rights(s, out, err);
	if (r == 0)
		r = fill_limits(s, out, err);
	if (r == 0)
		r = fill_rlimits(s, out, err);
	if (r == 0)
		r = fill_security(s, out, err);
	if (r == 0)
		r = stack_mounts_fill(p, s, volumes, &out->mounts, err);
	out->bundle.mounts = out->mounts.items;
	out->bundle.n_mounts = out->mounts.count;
	out->bundle.init = out->mounts.init;
	return r;
}

void stack_settings_done(struct stack_settings *s)
{
	stack_mounts_done(&s->mounts);
	free(s->joined);
	free(s->rlimits);
	strlist_done(&s->entrypoint);
	strlist_done(&s->env);
	strlist_done(&s->hosts);
	strlist_done(&s->capabilities);
	strlist_done(&s->dropped);
}
