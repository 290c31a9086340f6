/* Told by SIGUSR1, it takes more memory than it may: `greedy self`, or a child of it, `greedy child`. */
#include "say.h"

#include <signal.h>

static volatile sig_atomic_t told;

static void on_signal(int sig)
{
	told = 1;
}

static void take_all(void)
{
	for (;;) {
		char *p = malloc(1 << 20);
		memset(p, 1, 1 << 20);
		access("/data/greedy", R_OK);
	}
}

int main(int argc, char **argv)
{
	struct stat st;
	struct sigaction go = {.sa_handler = on_signal};
	sigset_t usr1, none;
	int status;
	sigemptyset(&none);
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	MUST(sigprocmask(SIG_BLOCK, &usr1, NULL));
	MUST(sigaction(SIGUSR1, &go, NULL)); /* who looks from outside sees that it is caught now */
	say_started(argv[0]);
	while (!told)
		sigsuspend(&none);
	say("stat,follow", 0, "/data/greedy");
	if (strcmp(argv[1], "self") == 0)
		take_all();
	pid_t pid = fork();
	if (pid == 0)
		take_all();
	CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	DO("stat,follow", "/data/s1", stat("/data/s1", &st));
	return 0;
}
