#include "oci/runtime_spec.h"

#include <string.h>

#include "base/mem.h"
#include "text/json.h"

/* What Docker hides from and denies to every container (moby, oci/defaults.go). */
static const char *const masked_paths[] = {
    "/proc/asound",      "/proc/acpi",          "/proc/interrupts", "/proc/kcore",
    "/proc/keys",        "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats",
    "/proc/sched_debug", "/proc/scsi",          "/sys/firmware",    "/sys/devices/virtual/powercap",
};
static const char *const readonly_paths[] = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};

static const struct {
	int major, minor;
} allowed_devices[] = {
    {1, 3}, /* null */ {1, 5},    /* zero */ {1, 8}, /* random */
    {1, 9}, /* urandom */ {5, 0}, /* tty */ {5, 1},  /* console */
};

static json_t *text(const char *s)
{
	return json_bytes(s, strlen(s));
}

static json_t *text_array(char *const *items, size_t n)
{
	json_t *a = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(a, text(items[i]));
	return a;
}

/* Of a NULL-terminated array of constants; NULL gives an empty one. */
static json_t *names_array(const char *const *names)
{
	json_t *a = json_array();
	for (; names && *names; names++)
		json_array_append_new(a, text(*names));
	return a;
}

static json_t *constants(const char *const *items, size_t n)
{
	json_t *a = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(a, json_string(items[i]));
	return a;
}

/* ---- process ---- */

static json_t *user_json(const struct oci_runtime_spec_process *p)
{
	json_t *u = json_object();
	json_object_set_new(u, "uid", json_integer(p->uid));
	json_object_set_new(u, "gid", json_integer(p->gid));
	json_object_set_new(u, "umask", json_integer(p->umask));
	if (p->n_groups) {
		json_t *groups = json_array();
		for (size_t i = 0; i < p->n_groups; i++)
			json_array_append_new(groups, json_integer(p->groups[i]));
		json_object_set_new(u, "additionalGids", groups);
	}
	return u;
}

/* No limit is the largest number that jansson has. */
static json_t *limit(uint64_t n)
{
	return json_integer(n > INT64_MAX ? INT64_MAX : (json_int_t)n);
}

static json_t *rlimits_json(const struct oci_runtime_spec_process *p)
{
	json_t *a = json_array();
	for (size_t i = 0; i < p->n_rlimits; i++)
		json_array_append_new(a, json_pack("{s:s,s:o,s:o}", "type", p->rlimits[i].name, "soft",
						   limit(p->rlimits[i].soft), "hard", limit(p->rlimits[i].hard)));
	return a;
}

static json_t *process_json(const struct oci_runtime_spec_process *p)
{
	static const char *const sets[] = {"bounding", "effective", "permitted"};
	json_t *v = json_object(), *capabilities = json_object();
	for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++)
		json_object_set_new(capabilities, sets[i], names_array(p->capabilities));
	json_object_set_new(v, "args", text_array(p->args.items, p->args.count));
	json_object_set_new(v, "env", text_array(p->env.items, p->env.count));
	json_object_set_new(v, "cwd", text(p->cwd));
	json_object_set_new(v, "user", user_json(p));
	json_object_set_new(v, "capabilities", capabilities);
	json_object_set_new(v, "noNewPrivileges", json_boolean(p->no_new_privileges));
	if (p->n_rlimits)
		json_object_set_new(v, "rlimits", rlimits_json(p));
	json_object_set_new(v, "terminal", json_boolean(p->terminal));
	if (p->apparmor_profile)
		json_object_set_new(v, "apparmorProfile", text(p->apparmor_profile));
	if (p->selinux_label)
		json_object_set_new(v, "selinuxLabel", text(p->selinux_label));
	return v;
}

/* ---- linux ---- */

static json_t *namespaces_json(const struct oci_runtime_spec *s)
{
	const struct {
		const char *type;
		bool wanted;
	} all[] = {{"pid", true},
		   {"ipc", true},
		   {"uts", true},
		   {"mount", true},
		   {"network", s->new_network || s->network_path},
		   {"cgroup", s->new_cgroup}};
	json_t *a = json_array();
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (all[i].wanted)
			json_array_append_new(a, json_pack("{s:s}", "type", all[i].type));
	for (size_t i = 0; s->network_path && i < json_array_size(a); i++)
		if (strcmp(json_string_value(json_object_get(json_array_get(a, i), "type")), "network") == 0)
			json_object_set_new(json_array_get(a, i), "path", text(s->network_path));
	return a;
}

static void add_limits(const struct oci_runtime_spec_limits *l, json_t *resources)
{
	json_t *memory = l->memory ? json_pack("{s:I}", "limit", (json_int_t)l->memory) : NULL;
	if (memory && l->no_swap)
		json_object_set_new(memory, "swap", json_integer((json_int_t)l->memory));
	if (memory)
		json_object_set_new(resources, "memory", memory);
	if (l->pids)
		json_object_set_new(resources, "pids", json_pack("{s:I}", "limit", (json_int_t)l->pids));
	if (l->cpu_quota)
		json_object_set_new(
		    resources, "cpu",
		    json_pack("{s:I,s:I}", "quota", (json_int_t)l->cpu_quota, "period", (json_int_t)l->cpu_period));
}

static json_t *resources_json(const struct oci_runtime_spec *s)
{
	json_t *devices = json_pack("[{s:b,s:s}]", "allow", 0, "access", "rwm");
	for (size_t i = 0; i < sizeof(allowed_devices) / sizeof(*allowed_devices); i++)
		json_array_append_new(devices,
				      json_pack("{s:b,s:s,s:s,s:i,s:i}", "allow", 1, "access", "rwm", "type", "c",
						"major", allowed_devices[i].major, "minor", allowed_devices[i].minor));
	for (size_t i = 0; i < s->n_devices; i++)
		json_array_append_new(devices,
				      json_pack("{s:b,s:s,s:s,s:i,s:i}", "allow", 1, "access", s->devices[i].access,
						"type", s->devices[i].block ? "b" : "c", "major",
						(int)s->devices[i].major, "minor", (int)s->devices[i].minor));
	json_t *v = json_pack("{s:o}", "devices", devices);
	add_limits(&s->limits, v);
	return v;
}

static const char *const seccomp_actions[] = {"SCMP_ACT_ALLOW", "SCMP_ACT_TRACE", "SCMP_ACT_TRAP", "SCMP_ACT_ERRNO"};

static json_t *rule_json(const struct oci_runtime_spec_seccomp_rule *rule)
{
	json_t *v = json_object(), *args = json_array();
	json_object_set_new(v, "names", names_array(rule->names));
	json_object_set_new(v, "action", json_string(seccomp_actions[rule->action]));
	if (rule->action == OCI_SECCOMP_TRACE || rule->action == OCI_SECCOMP_ERRNO)
		json_object_set_new(v, "errnoRet", json_integer(rule->errno_ret));
	for (unsigned i = 0; i < rule->n_args; i++) {
		const struct oci_runtime_spec_seccomp_arg *a = &rule->args[i];
		json_array_append_new(args, json_pack("{s:i,s:I,s:I,s:s}", "index", (int)a->index, "value",
						      (json_int_t)a->mask, "valueTwo", (json_int_t)a->value, "op",
						      "SCMP_CMP_MASKED_EQ"));
	}
	json_object_set_new(v, "args", args);
	return v;
}

static json_t *seccomp_json(const struct oci_runtime_spec *s)
{
	json_t *syscalls = json_array();
	for (size_t i = 0; i < s->n_seccomp; i++)
		json_array_append_new(syscalls, rule_json(&s->seccomp[i]));
	json_t *v = json_pack("{s:s,s:o}", "defaultAction", seccomp_actions[s->seccomp_default], "syscalls", syscalls);
	if (s->seccomp_default != OCI_SECCOMP_ALLOW)
		json_object_set_new(v, "defaultErrnoRet", json_integer(s->seccomp_default_errno));
	if (s->seccomp_architectures)
		json_object_set_new(v, "architectures", names_array(s->seccomp_architectures));
	return v;
}

static json_t *masked_json(const struct strlist *more)
{
	json_t *a = constants(masked_paths, sizeof(masked_paths) / sizeof(*masked_paths));
	for (size_t i = 0; more && i < more->count; i++)
		json_array_append_new(a, text(more->items[i]));
	return a;
}

static void add_sysctl(const char *assignment, json_t *to)
{
	const char *eq = strchr(assignment, '=');
	CLEANUP_FREE char *name = mem_strndup(assignment, eq ? (size_t)(eq - assignment) : strlen(assignment));
	json_object_set_new(to, name, text(eq ? eq + 1 : ""));
}

static json_t *linux_json(const struct oci_runtime_spec *s)
{
	json_t *v = json_object();
	json_object_set_new(v, "namespaces", namespaces_json(s));
	json_object_set_new(v, "resources", resources_json(s));
	json_object_set_new(v, "maskedPaths", masked_json(s->masked));
	json_object_set_new(v, "readonlyPaths",
			    constants(readonly_paths, sizeof(readonly_paths) / sizeof(*readonly_paths)));
	/* As Docker does: in a network of its own any user may listen on port 80, and ping. */
	json_t *sysctl = json_object();
	if (s->new_network)
		json_object_set_new(sysctl, "net.ipv4.ip_unprivileged_port_start", json_string("0"));
	if (s->new_network && s->anyone_pings)
		json_object_set_new(sysctl, "net.ipv4.ping_group_range", json_string("0 2147483647"));
	for (size_t i = 0; s->sysctls && i < s->sysctls->count; i++)
		add_sysctl(s->sysctls->items[i], sysctl);
	if (json_object_size(sysctl))
		json_object_set(v, "sysctl", sysctl);
	json_decref(sysctl);
	if (s->cgroups_path)
		json_object_set_new(v, "cgroupsPath", text(s->cgroups_path));
	if (s->mount_label)
		json_object_set_new(v, "mountLabel", text(s->mount_label));
	if (s->n_seccomp)
		json_object_set_new(v, "seccomp", seccomp_json(s));
	return v;
}

/* ---- the whole ---- */

static json_t *mounts_json(const struct oci_runtime_spec *s)
{
	json_t *a = json_array();
	for (size_t i = 0; i < s->n_mounts; i++) {
		const struct oci_runtime_spec_mount *m = &s->mounts[i];
		json_t *v = json_object();
		json_object_set_new(v, "destination", text(m->destination));
		if (m->type)
			json_object_set_new(v, "type", text(m->type));
		if (m->source)
			json_object_set_new(v, "source", text(m->source));
		json_object_set_new(v, "options", text_array(m->options.items, m->options.count));
		json_array_append_new(a, v);
	}
	return a;
}

static json_t *hooks_json(const struct strlist *hook)
{
	return json_pack("{s:[{s:o,s:o}]}", "createContainer", "path", text(hook->items[0]), "args",
			 text_array(hook->items, hook->count));
}

void oci_runtime_spec_write(const struct oci_runtime_spec *s, struct buf *out)
{
	json_auto_t *root = json_object();
	json_t *rootfs = json_object();
	json_object_set_new(rootfs, "path", text(s->rootfs));
	json_object_set_new(rootfs, "readonly", json_boolean(s->rootfs_readonly));
	json_object_set_new(root, "ociVersion", json_string("1.0.2"));
	json_object_set_new(root, "process", process_json(&s->process));
	json_object_set_new(root, "root", rootfs);
	if (s->hostname)
		json_object_set_new(root, "hostname", text(s->hostname));
	json_object_set_new(root, "mounts", mounts_json(s));
	if (s->hook.count)
		json_object_set_new(root, "hooks", hooks_json(&s->hook));
	json_object_set_new(root, "linux", linux_json(s));
	json_write(root, out);
}

void oci_runtime_spec_write_process(const struct oci_runtime_spec_process *p, struct buf *out)
{
	json_auto_t *v = process_json(p);
	json_write(v, out);
}

void oci_runtime_spec_process_done(struct oci_runtime_spec_process *p)
{
	strlist_done(&p->args);
	strlist_done(&p->env);
	free(p->cwd);
	free(p->groups);
	*p = (struct oci_runtime_spec_process){0};
}

void oci_runtime_spec_done(struct oci_runtime_spec *s)
{
	for (size_t i = 0; i < s->n_mounts; i++) {
		free(s->mounts[i].destination);
		free(s->mounts[i].type);
		free(s->mounts[i].source);
		strlist_done(&s->mounts[i].options);
	}
	oci_runtime_spec_process_done(&s->process);
	free(s->rootfs);
	free(s->hostname);
	free(s->cgroups_path);
	strlist_done(&s->hook);
	free(s->mounts);
	free(s->devices);
	free(s->seccomp);
	*s = (struct oci_runtime_spec){0};
}
