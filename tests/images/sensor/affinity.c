/* On which CPUs a program may run is what it would be without a sensor, whatever it asks and however often it stops.
 * Prints a line for each way that shows something else, and in the end how often it saw the sensor's doing: in a file
 * of /proc that it has open from the beginning. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_ROUNDS 20000

static cpu_set_t mine;
static int pinned, main_tid;

static void expect(const char *what, pid_t tid, const cpu_set_t *expected)
{
	cpu_set_t now;
	CPU_ZERO(&now);
	if (sched_getaffinity(tid, sizeof(now), &now) < 0)
		printf("%s: %s\n", what, strerror(errno));
	else if (!CPU_EQUAL(&now, expected))
		printf("%s: may run on %d CPUs, not %d\n", what, CPU_COUNT(&now), CPU_COUNT(expected));
}

/* What a status file says, as it is now. */
static int cpus_in(int fd)
{
	char text[8192], *line;
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	text[n < 0 ? 0 : n] = '\0';
	line = strstr(text, "Cpus_allowed:");
	int count = 0;
	for (line = line ? line + strlen("Cpus_allowed:") : text; *line && *line != '\n'; line++) {
		char digit[2] = {*line, '\0'};
		count += __builtin_popcountl(strtoul(digit, NULL, 16));
	}
	return count;
}

static int open_status(void)
{
	return open("/proc/thread-self/status", O_RDONLY | O_CLOEXEC);
}

/* Stop until it shows. */
static void stop_often(int status)
{
	struct stat st;
	for (int i = 0; i < MOST_ROUNDS; i++) {
		stat("/data/a", &st);
		if (cpus_in(status) == 1) {
			pinned++;
			return;
		}
	}
}

static void expect_status(const char *what)
{
	int status = open_status(), n = cpus_in(status);
	if (n != CPU_COUNT(&mine))
		printf("%s: the status file says %d CPUs, not %d\n", what, n, CPU_COUNT(&mine));
	close(status);
}

static void *thread(void *arg)
{
	int status = open_status();
	expect("a new thread", 0, &mine);
	stop_often(status);
	expect("a thread", 0, &mine);
	stop_often(status);
	expect("the first thread", main_tid, &mine);
	close(status);
	return arg;
}

static void end_child(const char *what, pid_t pid)
{
	int status = 0;
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
		printf("%s: failed\n", what);
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	sched_getaffinity(0, sizeof(mine), &mine);
	if (argc > 1) {
		int expected = atoi(argv[1]);
		if (CPU_COUNT(&mine) != expected)
			printf("executed: may run on %d CPUs, not %d\n", CPU_COUNT(&mine), expected);
		return 0;
	}
	main_tid = getpid();
	int status = open_status();
	stop_often(status);
	expect("itself", 0, &mine);
	stop_often(status);
	expect_status("itself");
	stop_often(status);
	pid_t pid = fork();
	if (pid == 0) {
		expect("forked", 0, &mine);
		_exit(0);
	}
	end_child("forked", pid);
	pthread_t t;
	stop_often(status);
	pthread_create(&t, NULL, thread, NULL);
	pthread_join(t, NULL);
	stop_often(status);
	char count[16];
	snprintf(count, sizeof(count), "%d", CPU_COUNT(&mine));
	pid = vfork();
	if (pid == 0) {
		execl(argv[0], argv[0], count, (char *)NULL);
		_exit(1);
	}
	end_child("executed", pid);
	/* its own choice stays */
	cpu_set_t one;
	CPU_ZERO(&one);
	for (int cpu = CPU_SETSIZE - 1; cpu >= 0 && !CPU_COUNT(&one); cpu--)
		if (CPU_ISSET(cpu, &mine))
			CPU_SET(cpu, &one);
	stop_often(status);
	sched_setaffinity(0, sizeof(one), &one);
	stop_often(status);
	expect("its own choice", 0, &one);
	sched_setaffinity(0, sizeof(mine), &mine);
	stop_often(status);
	expect("its own choice, again", 0, &mine);
	printf("pinned %d\n", pinned);
	return 0;
}
