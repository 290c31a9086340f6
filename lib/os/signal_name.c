#include "os/signal_name.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

int signal_name_number(const char *name)
{
	char *end;
	long n = strtol(name, &end, 10);
	if (*name && !*end)
		return n > 0 && n <= SIGRTMAX ? (int)n : 0;
	if (strncmp(name, "SIG", 3) == 0)
		name += 3;
	if (strncmp(name, "RTMIN", 5) == 0 || strncmp(name, "RTMAX", 5) == 0) {
		long more = strtol(name + 5, &end, 10), sig = (name[4] == 'N' ? SIGRTMIN : SIGRTMAX) + more;
		return !*end && sig >= SIGRTMIN && sig <= SIGRTMAX ? (int)sig : 0;
	}
	for (int sig = 1; sig < SIGRTMIN; sig++) {
		const char *abbreviation = sigabbrev_np(sig);
		if (abbreviation && strcmp(abbreviation, name) == 0)
			return sig;
	}
	return 0;
}
