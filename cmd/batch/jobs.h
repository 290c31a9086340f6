/* cmd/batch/jobs.h - how many images are built at once unless somebody says so. */
#pragma once

/* One for each processor that we may use, and no more than one for each gigabyte of memory that is available on the
 * machine, or that our cgroup (v2) may use. At least 1. */
unsigned batch_jobs_default(void);
/* The same, told by cpus, the number of processors, and by the texts of /proc/meminfo and of the cgroup's memory.max
 * and cpu.max; NULL = there is no such file. */
unsigned batch_jobs_of(unsigned cpus, const char *meminfo, const char *memory_max, const char *cpu_max);
