/* inside - what sensor.py measures in a container, by the container's own clock. Static.
 *   inside storm THREADS   40000 times stat, open and close on 8 paths, shared by the threads: "seconds S"
 *   inside time CMD...     the seconds that CMD takes
 *   inside from CMD...     becomes CMD; "from S", CLOCK_MONOTONIC, tells when */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 40000
#define MOST_THREADS 16

static const char *const paths[8] = {"/etc/passwd", "/etc/group", "/etc/hostname",      "/etc/hosts",
				     "/etc",        "/etc/mtab",  "/etc/nsswitch.conf", "/usr"};
static int threads = 1;

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void *storm(void *arg)
{
	struct stat st;
	for (int i = 0; i < ROUNDS / threads; i++) {
		const char *path = paths[i % 8];
		int fd = stat(path, &st) < 0 ? -1 : open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0)
			close(fd);
	}
	return arg;
}

static void run_storm(void)
{
	pthread_t t[MOST_THREADS];
	for (int i = 1; i < threads; i++)
		pthread_create(&t[i], NULL, storm, NULL);
	storm(NULL);
	for (int i = 1; i < threads; i++)
		pthread_join(t[i], NULL);
}

static int run_command(char **argv)
{
	int status = -1;
	pid_t pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);
		dup2(null, 1);
		dup2(null, 2);
		execvp(argv[0], argv);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	return status;
}

int main(int argc, char **argv)
{
	int status = 0;
	if (argc < 3)
		return 2;
	if (strcmp(argv[1], "from") == 0) {
		printf("from %.6f\n", now());
		fflush(stdout);
		execvp(argv[2], argv + 2);
		return 127;
	}
	double start = now();
	if (strcmp(argv[1], "storm") == 0 && atoi(argv[2]) > 0 && atoi(argv[2]) <= MOST_THREADS) {
		threads = atoi(argv[2]);
		run_storm();
	} else if (strcmp(argv[1], "time") == 0) {
		status = run_command(argv + 2);
		if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
			return 127; /* there is no such command */
	} else {
		return 2;
	}
	printf("seconds %.6f\n", now() - start);
	return status != 0;
}
