#include "cmd/options/rights.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/options/docker_run/gpus.h"
#include "runtime/process.h"

#define AT(member) offsetof(struct rights_flags, member)
static const struct option_row rows[] = {
    {"cap-add", 0, OPTION_LIST, AT(cap_add), "NAME", "give the container one more capability, or ALL"},
    {"cap-drop", 0, OPTION_LIST, AT(cap_drop), "NAME",
     "take a capability from the container; ALL leaves those of --cap-add"},
    {"sysctl", 0, OPTION_LIST, AT(sysctls), "NAME=VALUE", "set a kernel parameter in the container's namespaces"},
    {"shm-size", 0, OPTION_STRING, AT(shm_size), "SIZE", "set the size of /dev/shm (default: 64m)"},
    {"gpus", 0, OPTION_STRING, AT(gpus), "GPUS",
     "give the container GPUs: all, a number or device=ID; needs " GPUS_RUNTIME, OPTION_RARE, "all|device="},
};
const struct option_group rights_flags_group = OPTION_GROUP("Rights of the container", rows);

void rights_flags_done(struct rights_flags *f)
{
	strlist_done(&f->cap_add);
	strlist_done(&f->cap_drop);
	strlist_done(&f->sysctls);
}

void rights_done(struct rights *r)
{
	strlist_done(&r->added);
	strlist_done(&r->dropped);
}

static int add_capabilities(const struct strlist *texts, const char *option, struct strlist *out, struct err *err)
{
	for (size_t i = 0; i < texts->count; i++) {
		const char *name = runtime_process_capability(texts->items[i]);
		if (!name)
			return err_set(err, ERR_INVAL, "option-value-invalid",
				       "--%s takes a capability such as NET_ADMIN, or ALL, not \"%s\"", option,
				       texts->items[i]);
		strlist_add(out, name);
	}
	return 0;
}

/* The parameters that belong to a namespace, as Docker allows them: of System V's and POSIX's IPC, and of networks. */
static bool is_namespaced(const char *name, size_t len, bool *of_network)
{
	static const char *const names[] = {"kernel.msgmax", "kernel.msgmnb",         "kernel.msgmni",
					    "kernel.sem",    "kernel.shmall",         "kernel.shmmax",
					    "kernel.shmmni", "kernel.shm_rmid_forced"};
	*of_network = len > 4 && strncmp(name, "net.", 4) == 0;
	if (*of_network || (len > 10 && strncmp(name, "fs.mqueue.", 10) == 0))
		return true;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strlen(names[i]) == len && strncmp(names[i], name, len) == 0)
			return true;
	return false;
}

static int check_sysctls(const struct strlist *texts, enum runtime_network network, struct err *err)
{
	for (size_t i = 0; i < texts->count; i++) {
		const char *text = texts->items[i], *eq = strchr(text, '=');
		bool of_network = false;
		if (!eq || !is_namespaced(text, (size_t)(eq - text), &of_network) || strstr(text, ".."))
			return err_set(err, ERR_INVAL, "option-value-invalid",
				       "--sysctl takes NAME=VALUE of a parameter of the container's namespaces (net.*, "
				       "fs.mqueue.*, kernel.msg*, kernel.sem, kernel.shm*), not \"%s\"",
				       text);
		if (of_network && (network == RUNTIME_NETWORK_HOST || network == RUNTIME_NETWORK_JOINED))
			return err_set(err, ERR_INVAL, "option-conflict",
				       "--sysctl %s would change a network that does not belong to the container",
				       text);
	}
	return 0;
}

int rights_runtime(const struct rights_flags *f, const char **runtime, struct err *err)
{
	if (!f->gpus || *runtime)
		return 0;
	CLEANUP_FREE char *path = runtime_program(GPUS_RUNTIME);
	if (!path)
		return err_set(err, ERR_NOTFOUND, "gpus-unavailable",
			       "--gpus needs " GPUS_RUNTIME " (package nvidia-container-toolkit), or another runtime "
			       "for GPUs (--runtime NAME)");
	*runtime = GPUS_RUNTIME;
	return 0;
}

int rights_use(const struct rights_flags *f, struct rights *r, struct strlist *env, struct runtime_bundle_options *out,
	       struct err *err)
{
	int rc = add_capabilities(&f->cap_add, "cap-add", &r->added, err);
	if (rc == 0)
		rc = add_capabilities(&f->cap_drop, "cap-drop", &r->dropped, err);
	if (rc == 0)
		rc = check_sysctls(&f->sysctls, out->network, err);
	if (rc == 0 && f->shm_size)
		rc = runtime_limit_parse_shm(f->shm_size, &out->shm_size, err);
	if (rc == 0 && f->gpus)
		rc = gpus_parse(f->gpus, env, err);
	out->gpus = f->gpus;
	out->capabilities = &r->added;
	out->dropped = &r->dropped;
	out->sysctls = &f->sysctls;
	return rc;
}
