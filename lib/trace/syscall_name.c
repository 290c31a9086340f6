#include "trace/syscall_name.h"

#include <linux/audit.h>
#include <pthread.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

const struct trace_abi trace_abis[TRACE_ABIS] = {
    {"x86_64", AUDIT_ARCH_X86_64, 0},   {"i386", AUDIT_ARCH_I386, 0}, {"x32", AUDIT_ARCH_X86_64, TRACE_X32},
    {"aarch64", AUDIT_ARCH_AARCH64, 0}, {"arm", AUDIT_ARCH_ARM, 0},
};

/* Calls that libseccomp 2.5 may not know. Since 424 a call has the same number everywhere. */
static const char *const newer[] = {
    "process_mrelease",  "futex_waitv",      "set_mempolicy_home_node",
    "cachestat",         "fchmodat2",        "map_shadow_stack",
    "futex_wake",        "futex_wait",       "futex_requeue",
    "statmount",         "listmount",        "lsm_get_self_attr",
    "lsm_set_self_attr", "lsm_list_modules", "mseal",
    "setxattrat",        "getxattrat",       "listxattrat",
    "removexattrat",     "open_tree_attr",   "file_getattr",
    "file_setattr",      "listns",
};
#define NEWER 448
#define NEWER_END (NEWER + sizeof(newer) / sizeof(newer[0]))

#define X32_OWN 512 /* x32 has 512..547 for itself */
#define X32_OWN_END 548
#define ARM_OWN 0xf0001 /* arm has six */
#define ARM_OWN_END 0xf0007
#define NUMBERS X32_OWN_END

struct named {
	const char *name;
	uint32_t nr; /* without the ABI's bit */
};

struct table {
	char *names[NUMBERS];
	char *arm[ARM_OWN_END - ARM_OWN];
	struct named sorted[NUMBERS + ARM_OWN_END - ARM_OWN]; /* by name */
	size_t n;
};
static struct table *tables[TRACE_ABIS];

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

static void add(struct table *t, uint32_t nr, char *name)
{
	if (nr < NUMBERS)
		t->names[nr] = name;
	else
		t->arm[nr - ARM_OWN] = name;
	if (name)
		t->sorted[t->n++] = (struct named){name, nr};
}

static void build(void)
{
	for (size_t a = 0; a < TRACE_ABIS; a++) {
		struct table *t = tables[a] = mem_alloc(sizeof(*t));
		const struct trace_abi *abi = &trace_abis[a];
		uint32_t arch = abi->bit ? SCMP_ARCH_X32 : abi->audit_arch; /* all others have the kernel's values */
		for (uint32_t nr = 0; nr < NEWER; nr++)
			add(t, nr, seccomp_syscall_resolve_num_arch(arch, (int)(nr | abi->bit)));
		for (uint32_t nr = NEWER; nr < NEWER_END; nr++)
			add(t, nr, mem_strdup(newer[nr - NEWER]));
		for (uint32_t nr = X32_OWN; abi->bit && nr < X32_OWN_END; nr++)
			add(t, nr, seccomp_syscall_resolve_num_arch(arch, (int)(nr | abi->bit)));
		for (uint32_t nr = ARM_OWN; arch == SCMP_ARCH_ARM && nr < ARM_OWN_END; nr++)
			add(t, nr, seccomp_syscall_resolve_num_arch(arch, (int)nr));
		qsort(t->sorted, t->n, sizeof(t->sorted[0]), by_name);
	}
}

static const struct table *table_of(const struct trace_abi *abi)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, build);
	return tables[abi - trace_abis];
}

const struct trace_abi *trace_abi_of(uint32_t audit_arch, uint32_t nr)
{
	uint32_t bit = audit_arch == AUDIT_ARCH_X86_64 ? nr & TRACE_X32 : 0;
	for (size_t i = 0; i < TRACE_ABIS; i++)
		if (trace_abis[i].audit_arch == audit_arch && trace_abis[i].bit == bit)
			return &trace_abis[i];
	return NULL;
}

const struct trace_abi *trace_abi_named(const char *name)
{
	for (size_t i = 0; i < TRACE_ABIS; i++)
		if (strcmp(trace_abis[i].name, name) == 0)
			return &trace_abis[i];
	return NULL;
}

const char *trace_syscall_name(const struct trace_abi *abi, uint32_t nr, char room[TRACE_SYSCALL_NAME])
{
	const struct table *t = table_of(abi);
	nr &= ~abi->bit;
	const char *name = nr < NUMBERS                        ? t->names[nr]
			   : nr >= ARM_OWN && nr < ARM_OWN_END ? t->arm[nr - ARM_OWN]
							       : NULL;
	if (name)
		return name;
	snprintf(room, TRACE_SYSCALL_NAME, "%u", nr);
	return room;
}

int64_t trace_syscall_number(const struct trace_abi *abi, const char *name)
{
	const struct table *t = table_of(abi);
	const struct named key = {name, 0};
	const struct named *hit = bsearch(&key, t->sorted, t->n, sizeof(t->sorted[0]), by_name);
	if (hit)
		return hit->nr | abi->bit;
	size_t digits = strspn(name, "0123456789");
	if (!digits || digits > 6 || name[digits])
		return -1;
	uint32_t nr = (uint32_t)strtoul(name, NULL, 10) | abi->bit;
	char room[TRACE_SYSCALL_NAME];
	/* one form for each: that of a call without a name, without leading zeros */
	return trace_syscall_exists(nr) && strcmp(trace_syscall_name(abi, nr, room), name) == 0 ? (int64_t)nr : -1;
}

const char *trace_syscall_at(const struct trace_abi *abi, size_t i)
{
	const struct table *t = table_of(abi);
	return i < t->n ? t->sorted[i].name : NULL;
}
