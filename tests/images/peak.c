/* peak FILE COMMAND [ARGUMENT...]: runs COMMAND and ends as it does. FILE gets the peak memory, in bytes, of the
 * largest process of it. Linux counts for a process also what it had in memory before it executed its program: a copy
 * of the caller, which may be a large one. Here that is this program. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct rusage used;
	int status;
	pid_t pid = argc < 3 ? -1 : fork();
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	FILE *f = argc < 3 ? NULL : fopen(argv[1], "we");
	if (pid < 0 || !f || wait4(pid, &status, 0, &used) != pid || fprintf(f, "%ld\n", used.ru_maxrss * 1024) < 0 ||
	    fclose(f) != 0) {
		perror("peak");
		return 127;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
