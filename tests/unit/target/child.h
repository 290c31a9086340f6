/* tests/unit/target/child.h - a process that lives until it is told to end. */
#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static inline pid_t child_start(void)
{
	pid_t pid = fork();
	if (pid == 0)
		for (;;)
			pause();
	assert_true(pid > 0);
	return pid;
}

static inline void child_end(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}
