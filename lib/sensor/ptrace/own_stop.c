#include "sensor/ptrace/own_stop.h"

#include <signal.h>
#include <sys/ptrace.h>

#include "os/proc_status.h"

bool ptrace_own_stop(pid_t tid)
{
	siginfo_t info;
	struct proc_status s;
	if (ptrace(PTRACE_GETSIGINFO, tid, 0, &info) < 0 || info.si_code > 0)
		return false;
	/* the sender's number in the receiver's namespace: 0 for one outside of it */
	return info.si_pid != 0 && proc_status_read(tid, &s) && s.process_inside == 1;
}
