#include "os/proc_status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool proc_status_read(pid_t tid, struct proc_status *out)
{
	char path[40], line[256]; /* the longest lines come in pieces; none of those that are read is long */
	unsigned long long mask;
	*out = (struct proc_status){0};
	snprintf(path, sizeof(path), "/proc/%d/status", (int)tid);
	FILE *f = fopen(path, "re");
	if (!f)
		return false;
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "SigBlk: %llx", &mask) == 1)
			out->blocked = mask;
		else if (sscanf(line, "SigCgt: %llx", &mask) == 1)
			out->handled = mask;
		else if (strncmp(line, "NStgid:", 7) == 0)
			out->process_inside = (pid_t)strtol(strrchr(line, '\t'), NULL, 10); /* the innermost is last */
		else if (sscanf(line, "Tgid: %d", &out->process) != 1)
			(void)sscanf(line, "Seccomp_filters: %u", &out->seccomp_filters); /* most lines are others */
	}
	fclose(f);
	return out->process != 0;
}
