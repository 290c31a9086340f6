#include "run/signals.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/proc_status.h"

int run_signal_by_name(const char *name)
{
	char *end;
	long n = strtol(name, &end, 10);
	if (*name && !*end)
		return n > 0 && n <= SIGRTMAX ? (int)n : SIGTERM;
	if (strncmp(name, "SIG", 3) == 0)
		name += 3;
	if (strncmp(name, "RTMIN", 5) == 0 || strncmp(name, "RTMAX", 5) == 0) {
		long sig = (name[4] == 'N' ? SIGRTMIN : SIGRTMAX) + strtol(name + 5, NULL, 10);
		return sig >= SIGRTMIN && sig <= SIGRTMAX ? (int)sig : SIGTERM;
	}
	for (int sig = 1; sig < SIGRTMIN; sig++) {
		const char *abbreviation = sigabbrev_np(sig);
		if (abbreviation && strcmp(abbreviation, name) == 0)
			return sig;
	}
	return SIGTERM;
}

bool run_signal_is_heeded(pid_t pid, int sig)
{
	struct proc_status s;
	if (!proc_status_read(pid, &s))
		return false;
	return sig == SIGKILL || ((s.handled | s.blocked) >> (sig - 1) & 1);
}

uint64_t run_signal_cpu_ticks(pid_t pid)
{
	char path[40], text[1024];
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	FILE *f = fopen(path, "re");
	size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;
	if (f)
		fclose(f);
	text[n] = '\0';
	/* the name, field 2, is in parentheses and may hold any; times are fields 14 and 15 */
	const char *p = strrchr(text, ')');
	unsigned long long user, system;
	if (!p || sscanf(p + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &user, &system) != 2)
		return 0;
	return user + system;
}
