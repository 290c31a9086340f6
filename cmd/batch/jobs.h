/* cmd/batch/jobs.h - the default number of images to build at once. */
#pragma once

/* One for each processor that slim may use, but at most one for each gigabyte of memory that is available to the
 * machine and to slim's cgroup (v2). At least 1. */
unsigned batch_jobs_default(void);
/* The same from the number of processors and the texts of /proc/meminfo and the cgroup's memory.max and cpu.max; NULL =
 * the file does not exist. */
unsigned batch_jobs_of(unsigned cpus, const char *meminfo, const char *memory_max, const char *cpu_max);
