#include "cmd/batch/jobs.h"

#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/cgroup.h"
#include "os/fd.h"

#define JOB_MEMORY (1ull << 30) /* available bytes for each image */
#define FILE_MOST (64u << 10)   /* of /proc/meminfo and the like */

/* A number, or UINT64_MAX for "max" and other text. */
static uint64_t number(const char *text)
{
	char *end;
	uint64_t n = strtoull(text, &end, 10);
	return end == text ? UINT64_MAX : n;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

unsigned batch_jobs_of(unsigned cpus, const char *meminfo, const char *memory_max, const char *cpu_max)
{
	static const char label[] = "MemAvailable:";
	const char *available = meminfo ? strstr(meminfo, label) : NULL,
		   *period = cpu_max ? strchr(cpu_max, ' ') : NULL;
	uint64_t memory = UINT64_MAX, jobs = cpus;
	if (available && number(available + sizeof(label) - 1) < UINT64_MAX / 1024)
		memory = number(available + sizeof(label) - 1) * 1024;
	if (memory_max)
		memory = least(memory, number(memory_max));
	if (period && number(cpu_max) != UINT64_MAX && number(period) && number(period) != UINT64_MAX)
		jobs = least(jobs, (number(cpu_max) + number(period) - 1) / number(period));
	jobs = least(jobs, memory / JOB_MEMORY);
	return jobs ? (unsigned)jobs : 1;
}

/* The text of dir/name, or NULL. free() */
static char *text_of(const char *dir, const char *name)
{
	CLEANUP_BUF struct buf text = {0};
	CLEANUP_FREE char *path = mem_printf("%s/%s", dir, name);
	return fd_read_file(AT_FDCWD, path, FILE_MOST, &text, NULL) < 0 ? NULL : buf_steal(&text);
}

unsigned batch_jobs_default(void)
{
	cpu_set_t set;
	CLEANUP_FREE char *group = cgroup_of(getpid(), NULL),
			  *dir = mem_printf("%s%s", CGROUP_ROOT, group ? group : "");
	CLEANUP_FREE char *meminfo = text_of("/proc", "meminfo");
	CLEANUP_FREE char *memory_max = text_of(dir, "memory.max"), *cpu_max = text_of(dir, "cpu.max");
	unsigned cpus = sched_getaffinity(0, sizeof(set), &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
	return batch_jobs_of(cpus, meminfo, memory_max, cpu_max);
}
