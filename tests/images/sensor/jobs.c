/* Signals and stops: job control, ends in the middle of a stop, interrupted calls, each as without a tracer. */
#include "say.h"

#include <pthread.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/time.h>

static struct stat st;
static volatile sig_atomic_t stopped_seen, continued_seen;

static void on_child(int sig, siginfo_t *info, void *context)
{
	stopped_seen += info->si_code == CLD_STOPPED;
	continued_seen += info->si_code == CLD_CONTINUED;
}

/* What a shell does with ^Z, fg and bg. */
static void job_control(void)
{
	static const int stops[] = {SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU};
	struct sigaction notice = {.sa_sigaction = on_child, .sa_flags = SA_SIGINFO | SA_RESTART}, old;
	int status, ready[2];
	char c;
	MUST(sigaction(SIGCHLD, &notice, &old));
	MUST(pipe(ready));
	pid_t pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		access("/data/stopped", R_OK); /* later it may never get to it */
		MUST(write(ready[1], "", 1));
		for (;;)
			access("/data/stopped", R_OK);
	}
	MUST(read(ready[0], &c, 1));
	for (int i = 0; i < 100; i++) {
		MUST(kill(-pid, stops[i % 4]));
		CHECK(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status) &&
		      WSTOPSIG(status) == stops[i % 4]);
		CHECK(waitpid(pid, &status, WUNTRACED | WCONTINUED | WNOHANG) == 0); /* told once, and it stays so */
		MUST(kill(-pid, SIGCONT));
		CHECK(waitpid(pid, &status, WCONTINUED) == pid && WIFCONTINUED(status));
	}
	MUST(kill(pid, SIGSTOP));
	CHECK(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status));
	MUST(kill(pid, SIGTERM)); /* not before it goes on */
	CHECK(waitpid(pid, &status, WNOHANG) == 0);
	MUST(kill(pid, SIGCONT));
	CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	CHECK(stopped_seen > 0 && continued_seen > 0);
	MUST(sigaction(SIGCHLD, &old, NULL));
	say("stat,follow", 0, "/data/stopped");
}

static void *spin(void *arg)
{
	for (;;)
		access(arg, R_OK);
	return NULL;
}

/* A storm of stops from a sibling, over a process of several threads, that SIGKILL ends somewhere in it. */
static void killed_in_stops(void)
{
	for (int i = 0; i < 60; i++) {
		int status, ready[2];
		char c;
		MUST(pipe(ready));
		pid_t pid = fork();
		if (pid == 0) {
			pthread_t t[3];
			for (int k = 0; k < 3; k++)
				pthread_create(&t[k], NULL, spin, "/data/spun");
			access("/data/spun", R_OK);
			MUST(write(ready[1], "", 1));
			spin("/data/spun");
		}
		MUST(read(ready[0], &c, 1));
		pid_t sibling = fork();
		if (sibling == 0) {
			for (int k = 0; k < 10 + i; k++) {
				kill(pid, k % 2 ? SIGCONT : SIGSTOP);
				if (i % 3 == 0)
					sched_yield();
			}
			kill(pid, SIGKILL);
			_exit(0);
		}
		while (waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status))
			;
		CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		MUST(waitpid(sibling, NULL, 0));
		close(ready[0]);
		close(ready[1]);
	}
	say("stat,follow", 0, "/data/spun");
}

/* Cannot be traced by its parent, does not look whether it is, and stops for it: natively the parent sees that. */
static void stops_to_be_traced(void)
{
	int status;
	pid_t pid = fork();
	if (pid == 0) {
		int r = (int)ptrace(PTRACE_TRACEME, 0, 0, 0);
		CHECK(r == 0 || errno == EPERM); /* or nobody else traces it */
		raise(SIGSTOP);
		DO("stat,follow", "/data/traced", stat("/data/traced", &st));
		_exit(0);
	}
	while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status))
		MUST(ptrace(PTRACE_CONT, pid, 0, 0));
	CHECK(status == 0);
}

static void on_alarm(int sig)
{
}

/* These calls are not among those that a signal interrupts. */
static void not_interrupted(void)
{
	struct sigaction tick = {.sa_handler = on_alarm};
	struct itimerval each = {{0, 300}, {0, 300}}, off = {0};
	MUST(sigaction(SIGALRM, &tick, NULL));
	MUST(setitimer(ITIMER_REAL, &each, NULL));
	for (int i = 0; i < 5000; i++) {
		int fd = open("/data/ticked", O_RDONLY);
		CHECK(fd >= 0 && stat("/data/ticked", &st) == 0);
		close(fd);
	}
	MUST(setitimer(ITIMER_REAL, &off, NULL));
	say("open,stat,follow", 0, "/data/ticked");
}

/* One that does wait is interrupted as it should be. */
static void interrupted(void)
{
	struct sigaction tick = {.sa_handler = on_alarm};
	struct itimerval once = {{0, 0}, {0, 1000}};
	int p[2];
	char c;
	MUST(pipe(p));
	MUST(sigaction(SIGALRM, &tick, NULL));
	MUST(setitimer(ITIMER_REAL, &once, NULL));
	CHECK(read(p[0], &c, 1) < 0 && errno == EINTR);
	/* a fifo without a writer: open waits */
	MUST(DO("create,nofollow", "/tmp/fifo", mkfifo("/tmp/fifo", 0600)));
	MUST(setitimer(ITIMER_REAL, &once, NULL));
	CHECK(DO("open,follow", "/tmp/fifo", open("/tmp/fifo", O_RDONLY)) < 0 && errno == EINTR);
	tick.sa_flags = SA_RESTART;
	MUST(sigaction(SIGALRM, &tick, NULL));
	pid_t pid = fork();
	if (pid == 0) {
		MUST(setitimer(ITIMER_REAL, &once, NULL));
		CHECK(open("/tmp/fifo", O_RDONLY) >= 0); /* begun again */
		_exit(0);
	}
	MUST(open("/tmp/fifo", O_WRONLY));
	say("open,write,follow", 0, "/tmp/fifo");
	int status;
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

/* While other threads are in the middle of calls, one that is not the leader executes. */
static void *exec_next(void *arg)
{
	char *next[] = {"/bin/next", NULL}, *env[] = {NULL};
	execve("/bin/next", next, env);
	_exit(1);
}

static void exec_among_threads(void)
{
	for (int i = 0; i < 20; i++)
		CHILD({
			pthread_t t[4];
			for (int k = 0; k < 3; k++)
				pthread_create(&t[k], NULL, spin, "/data/spun");
			pthread_create(&t[3], NULL, exec_next, NULL);
			spin("/data/spun");
		});
	say("exec,follow", 0, "/bin/next");
}

int main(int argc, char **argv)
{
	say_started(argv[0]);
	job_control();
	killed_in_stops();
	stops_to_be_traced();
	not_interrupted();
	interrupted();
	exec_among_threads();
	return 0;
}
