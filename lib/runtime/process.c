#include "runtime/process.h"

#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"
#include "runtime/user.h"

#define ROW(name)                                                                                                      \
	{                                                                                                              \
#name, name                                                                                            \
	}
/* Docker's come first, in its order. */
static const struct {
	const char *name;
	unsigned number;
} all_capabilities[] = {
    ROW(CAP_CHOWN),
    ROW(CAP_DAC_OVERRIDE),
    ROW(CAP_FSETID),
    ROW(CAP_FOWNER),
    ROW(CAP_MKNOD),
    ROW(CAP_NET_RAW),
    ROW(CAP_SETGID),
    ROW(CAP_SETUID),
    ROW(CAP_SETFCAP),
    ROW(CAP_SETPCAP),
    ROW(CAP_NET_BIND_SERVICE),
    ROW(CAP_SYS_CHROOT),
    ROW(CAP_KILL),
    ROW(CAP_AUDIT_WRITE),
    ROW(CAP_DAC_READ_SEARCH),
    ROW(CAP_LINUX_IMMUTABLE),
    ROW(CAP_NET_BROADCAST),
    ROW(CAP_NET_ADMIN),
    ROW(CAP_IPC_LOCK),
    ROW(CAP_IPC_OWNER),
    ROW(CAP_SYS_MODULE),
    ROW(CAP_SYS_RAWIO),
    ROW(CAP_SYS_PTRACE),
    ROW(CAP_SYS_PACCT),
    ROW(CAP_SYS_ADMIN),
    ROW(CAP_SYS_BOOT),
    ROW(CAP_SYS_NICE),
    ROW(CAP_SYS_RESOURCE),
    ROW(CAP_SYS_TIME),
    ROW(CAP_SYS_TTY_CONFIG),
    ROW(CAP_LEASE),
    ROW(CAP_AUDIT_CONTROL),
    ROW(CAP_MAC_OVERRIDE),
    ROW(CAP_MAC_ADMIN),
    ROW(CAP_SYSLOG),
    ROW(CAP_WAKE_ALARM),
    ROW(CAP_BLOCK_SUSPEND),
    ROW(CAP_AUDIT_READ),
    ROW(CAP_PERFMON),
    ROW(CAP_BPF),
    ROW(CAP_CHECKPOINT_RESTORE),
};
#define N_DOCKER 14
#define N_CAPABILITIES (sizeof(all_capabilities) / sizeof(all_capabilities[0]))

const char *runtime_process_capability(const char *text)
{
	size_t skip = strncasecmp(text, "CAP_", 4) == 0 ? 4 : 0;
	if (strcasecmp(text, "ALL") == 0)
		return "ALL";
	for (size_t i = 0; i < N_CAPABILITIES; i++)
		if (strcasecmp(all_capabilities[i].name + 4, text + skip) == 0)
			return all_capabilities[i].name;
	return NULL;
}

static bool is_wanted(size_t i, const struct strlist *more, const struct strlist *less)
{
	const char *name = all_capabilities[i].name;
	const bool named = more && strlist_has(more, name), dropped = less && strlist_has(less, name);
	if (more && strlist_has(more, "ALL"))
		return !dropped;
	if (less && strlist_has(less, "ALL"))
		return named;
	return named || (i < N_DOCKER && !dropped);
}

const char **runtime_process_capabilities(const struct strlist *more, const struct strlist *less)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {0};
	const char **names = mem_calloc(N_CAPABILITIES + 1, sizeof(*names));
	size_t n = 0;
	if (syscall(SYS_capget, &header, sets) < 0)
		return names;
	for (size_t i = 0; i < N_CAPABILITIES; i++) {
		unsigned c = all_capabilities[i].number;
		if (is_wanted(i, more, less) && sets[c / 32].permitted >> c % 32 & 1 &&
		    prctl(PR_CAPBSET_READ, c, 0, 0, 0) == 1)
			names[n++] = all_capabilities[i].name;
	}
	return names;
}

static bool is_among(const char *const *names, const char *name)
{
	while (*names && strcmp(*names, name) != 0)
		names++;
	return *names;
}

int runtime_process_has(const char *const *capabilities, const struct strlist *more, struct err *err)
{
	for (size_t i = 0; more && i < more->count; i++)
		if (strcmp(more->items[i], "ALL") != 0 && !is_among(capabilities, more->items[i]))
			return err_set(err, ERR_DENIED, "capability-missing",
				       "--cap-add %s: slim itself lacks this capability here", more->items[i]);
	return 0;
}

/* The entrypoint [""] of `--entrypoint ""` says: none. */
static bool is_empty(const struct strlist *l)
{
	return !l->count || (l->count == 1 && !*l->items[0]);
}

static int fill_args(const struct oci_image_config *config, const struct runtime_bundle_options *o,
		     struct strlist *args, struct err *err)
{
	const struct strlist *entrypoint = o->entrypoint ? o->entrypoint : &config->entrypoint;
	const struct strlist *cmd = o->cmd ? o->cmd : o->entrypoint ? NULL : &config->cmd;
	const size_t before = o->init ? 2 : 0;
	if (o->init) {
		strlist_add(args, o->init);
		strlist_add(args, "--");
	}
	if (!is_empty(entrypoint))
		strlist_extend(args, entrypoint);
	if (cmd)
		strlist_extend(args, cmd);
	if (args->count == before)
		return err_set(
		    err, ERR_UNSUPPORTED, "command-missing",
		    "the image defines no command (neither Entrypoint nor Cmd): set one with --entrypoint or --cmd");
	return 0;
}

static void unset_env(struct strlist *env, const char *name)
{
	size_t n = strlen(name), kept = 0;
	for (size_t i = 0; i < env->count; i++)
		if (strncmp(env->items[i], name, n) == 0 && env->items[i][n] == '=')
			free(env->items[i]);
		else
			env->items[kept++] = env->items[i];
	env->count = kept;
	if (env->items)
		env->items[kept] = NULL;
}

/* Docker: a name without a value takes the default of that name away. */
static void add_image_env(struct strlist *env, const struct strlist *more)
{
	for (size_t i = 0; i < more->count; i++)
		if (strchr(more->items[i], '='))
			strlist_set_env(env, more->items[i]);
		else
			unset_env(env, more->items[i]);
}

/* The same for one that is not set in our own environment. */
static void add_user_env(struct strlist *env, const struct strlist *more)
{
	for (size_t i = 0; i < more->count; i++) {
		const char *e = more->items[i], *own = strchr(e, '=') ? NULL : getenv(e);
		CLEANUP_FREE char *with_own = own ? mem_printf("%s=%s", e, own) : NULL;
		if (own || strchr(e, '='))
			strlist_set_env(env, own ? with_own : e);
		else
			unset_env(env, e);
	}
}

static void fill_env(const char *hostname, const char *home, const struct oci_image_config *config,
		     const struct runtime_bundle_options *o, struct strlist *env)
{
	strlist_add(env, "PATH=" OCI_DEFAULT_PATH);
	strlist_take(env, mem_printf("HOSTNAME=%s", hostname));
	add_image_env(env, &config->env);
	if (o->env)
		add_user_env(env, o->env);
	/* the runtimes treat an empty one as absent */
	const char *set = strlist_get_env(env, "HOME");
	if (!set || !*set) {
		CLEANUP_FREE char *e = mem_printf("HOME=%s", home);
		strlist_set_env(env, e);
	}
}

/* The groups that the user of the container has besides. */
static int add_groups(int root, const struct strlist *names, struct oci_runtime_spec_process *p, struct err *err)
{
	p->groups = mem_realloc(p->groups, p->n_groups + names->count, sizeof(*p->groups));
	for (size_t i = 0; i < names->count; i++) {
		CLEANUP_RUNTIME_USER struct runtime_user user = {0};
		CLEANUP_FREE char *text = mem_printf("0:%s", names->items[i]);
		int r = runtime_user_lookup(root, text, &user, err);
		if (r < 0)
			return r;
		p->groups[p->n_groups++] = user.gid;
	}
	return 0;
}

int runtime_process_fill(int root, const char *hostname, const struct oci_image_config *config,
			 const struct runtime_bundle_options *options, const char *const *capabilities,
			 struct oci_runtime_spec_process *out, struct err *err)
{
	CLEANUP_RUNTIME_USER struct runtime_user user = {0};
	struct oci_runtime_spec_process p = {.umask = 0022,
					     .capabilities = capabilities,
					     .no_new_privileges = options->no_new_privileges,
					     .rlimits = options->rlimits,
					     .n_rlimits = options->n_rlimits};
	const char *cwd = options->working_dir ? options->working_dir : config->working_dir;
	if (!*cwd)
		cwd = "/";
	if (*cwd != '/')
		return err_set(err, ERR_INVAL, "workdir-not-absolute",
			       "the working directory %s is not an absolute path", cwd);
	int r = runtime_user_lookup(root, options->user ? options->user : config->user, &user, err);
	if (r < 0)
		return r;
	r = fill_args(config, options, &p.args, err);
	if (r < 0) {
		oci_runtime_spec_process_done(&p);
		return r;
	}
	fill_env(hostname, user.home, config, options, &p.env);
	p.cwd = mem_strdup(cwd);
	p.uid = user.uid;
	p.gid = user.gid;
	/* the primary group too, as Docker since 20.10.18 (CVE-2022-36109) */
	p.groups = mem_calloc(user.n_groups + 1, sizeof(*p.groups));
	p.groups[p.n_groups++] = user.gid;
	for (size_t i = 0; i < user.n_groups; i++)
		p.groups[p.n_groups++] = user.groups[i];
	if (options->groups && options->groups->count && (r = add_groups(root, options->groups, &p, err)) < 0) {
		oci_runtime_spec_process_done(&p);
		return r;
	}
	*out = p;
	return 0;
}
