#include "runtime/limits.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "text/quantity.h"

#define PIDS_MOST 32768
#define MEMORY_LEAST (6ull << 20) /* as docker run: less starts nothing */
#define CPU_LEAST 1000            /* microseconds; the kernel takes no less */
#define CPUS_MOST 100000

static bool means_none(const char *text)
{
	return strcmp(text, "0") == 0 || strcmp(text, "-1") == 0;
}

/* Docker writes 512m, the other sizes of slim are 512M. */
static bool parse_size(const char *text, uint64_t *out)
{
	CLEANUP_BUF struct buf upper = {0};
	for (const char *c = text; *c; c++)
		buf_char(&upper, *c == 'i' ? *c : (char)toupper((unsigned char)*c));
	return upper.len && quantity_parse_bytes(upper.data, out, NULL) == 0;
}

int runtime_limit_parse_shm(const char *text, uint64_t *out, struct err *err)
{
	if (parse_size(text, out) && *out)
		return 0;
	return err_set(err, ERR_INVAL, "option-value-invalid", "--shm-size takes a size such as 64m or 2g, not \"%s\"",
		       text);
}

int runtime_limit_parse_memory(const char *text, uint64_t *out, struct err *err)
{
	*out = 0;
	if (means_none(text))
		return 0;
	if (!parse_size(text, out))
		return err_set(err, ERR_INVAL, "option-value-invalid",
			       "--memory takes a size such as 512m or 2g, or 0 for no limit, not \"%s\"", text);
	if (*out < MEMORY_LEAST)
		return err_set(err, ERR_INVAL, "option-value-invalid", "--memory takes at least 6m, not \"%s\"", text);
	return 0;
}

int runtime_limit_parse_pids(const char *text, uint64_t *out, struct err *err)
{
	size_t n = strlen(text);
	*out = 0;
	if (means_none(text))
		return 0;
	if (!n || n > 9 || strspn(text, "0123456789") != n || !(*out = strtoull(text, NULL, 10)))
		return err_set(err, ERR_INVAL, "option-value-invalid",
			       "--pids-limit takes a number of processes, or 0 for no limit, not \"%s\"", text);
	return 0;
}

int runtime_limit_parse_cpus(const char *text, uint64_t *micros, struct err *err)
{
	size_t whole = strspn(text, "0123456789"), point = text[whole] == '.';
	size_t part = strspn(text + whole + point, "0123456789");
	*micros = 0;
	if (means_none(text))
		return 0;
	double n = strtod(text, NULL);
	if (whole + part == 0 || whole + point + part != strlen(text) || n > CPUS_MOST ||
	    (*micros = (uint64_t)(n * RUNTIME_CPU_PERIOD + 0.5)) < CPU_LEAST)
		return err_set(
		    err, ERR_INVAL, "option-value-invalid",
		    "--cpus takes a number of processors such as 1.5, at least 0.01, or 0 for no limit, not \"%s\"",
		    text);
	return 0;
}

static uint64_t read_number(const char *path)
{
	unsigned long long n = 0;
	FILE *f = fopen(path, "re");
	if (f && fscanf(f, "%llu", &n) != 1)
		n = 0;
	if (f)
		fclose(f);
	return n;
}

struct runtime_limits runtime_limits_default(void)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), pages = (uint64_t)sysconf(_SC_PHYS_PAGES);
	const char *const bounds[] = {"/proc/sys/kernel/pid_max", "/proc/sys/kernel/threads-max"};
	struct runtime_limits l = {.memory = pages / 4 * 3 * page, .pids = PIDS_MOST};
	for (size_t i = 0; i < sizeof(bounds) / sizeof(*bounds); i++) {
		uint64_t most = read_number(bounds[i]) / 4 * 3;
		if (most && most < l.pids)
			l.pids = most;
	}
	return l;
}

static uint64_t take(uint64_t wanted, bool possible, const char *name, struct buf *missing)
{
	if (wanted && !possible)
		buf_printf(missing, "%s%s", missing->len ? ", " : "", name);
	return possible ? wanted : 0;
}

struct runtime_limits runtime_limits_possible(const struct runtime_limits *wanted, const struct runtime_cgroups *c,
					      char **missing)
{
	CLEANUP_BUF struct buf names = {0};
	struct runtime_limits l = {
	    .memory = take(wanted->memory, c->memory, "memory", &names),
	    .pids = take(wanted->pids, c->pids, "processes", &names),
	    .cpu_micros = take(wanted->cpu_micros, c->cpu, "CPU time", &names),
	};
	*missing = names.len ? buf_steal(&names) : NULL;
	return l;
}
