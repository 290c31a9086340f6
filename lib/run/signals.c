#include "run/signals.h"

#include <signal.h>
#include "os/proc_status.h"
#include "os/signal_name.h"

int run_signal_by_name(const char *name)
{
	int sig = signal_name_number(name);
	return sig ? sig : SIGTERM;
}

bool run_signal_is_heeded(pid_t pid, int sig)
{
	struct proc_status s;
	if (!proc_status_read(pid, &s))
		return false;
	return sig == SIGKILL || ((s.handled | s.blocked) >> (sig - 1) & 1);
}
