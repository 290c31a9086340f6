/* job COMMAND [ARGUMENT...]: the program of the test images that run to their end.
 *   cat FILE...      prints the files; exit 1 when one is missing
 *   walk DIR...      lstat, readlink and listxattr of everything below
 *   read DIR...      opens every file below
 *   crowd N          N processes at the same time, each of which opens the program's own file
 *   forks N          the same, one after the other
 *   write FILE TEXT  creates the file
 *   env | id         prints the environment | uid, gid, working directory
 *   direct FILE      opens the file with O_DIRECT; exit 1 when that fails
 *   device PATH...   exit 1 when the paths do not lie on one device
 *   fail TEXT        prints TEXT on stderr, exit 3
 *   wait             says so on stdout and waits for SIGTERM or SIGINT, exit 0; opens no port
 *   stop             sends itself SIGSTOP, which a first process does not notice, then says so
 *   deaf             its handler of SIGTERM puts the default back and raises it again: nothing, for a first process */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

extern char **environ;

static int cat(const char *path)
{
	char block[65536];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		fprintf(stderr, "job: %s: %s\n", path, strerror(errno));
		return 1;
	}
	for (ssize_t n; (n = read(fd, block, sizeof(block))) > 0;)
		for (ssize_t done = 0, part; done < n; done += part)
			if ((part = write(1, block + done, (size_t)(n - done))) < 0) {
				perror("job: write");
				return 1;
			}
	close(fd);
	return 0;
}

static int look(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	char buf[4096];
	(void)!readlink(path, buf, sizeof(buf));
	(void)llistxattr(path, buf, sizeof(buf));
	return 0;
}

static int open_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	int fd = type == FTW_F ? open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;
	return type == FTW_F && (fd < 0 || close(fd) < 0);
}

static int crowd(const char *self, long n, int together)
{
	int here[2], go[2], failed = 0;
	char c;
	if (pipe(here) < 0 || pipe(go) < 0)
		return 1;
	for (long i = 0; i < n; i++) {
		pid_t pid = fork();
		if (pid == 0) {
			close(go[1]);
			_exit(open(self, O_RDONLY) < 0 || write(here[1], "", 1) != 1 || read(go[0], &c, 1) != 0);
		}
		if (pid < 0 || read(here[0], &c, 1) != 1) {
			perror("job: crowd");
			return 1;
		}
		if (together)
			continue;
		close(go[1]);
		close(go[0]);
		failed |= waitpid(pid, NULL, 0) < 0 || pipe(go) < 0;
	}
	close(go[1]);
	for (int status; wait(&status) > 0;)
		failed |= status != 0;
	return failed;
}

static int put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, text, strlen(text)) < 0) {
		fprintf(stderr, "job: %s: %s\n", path, strerror(errno));
		return 1;
	}
	return close(fd) < 0;
}

static int direct(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
	if (fd < 0)
		fprintf(stderr, "job: %s: %s\n", path, strerror(errno));
	return fd < 0 || close(fd) < 0;
}

static int device(char **paths)
{
	struct stat first, st;
	for (char **p = paths; *p; p++)
		if (stat(*p, p == paths ? &first : &st) < 0 || (p != paths && st.st_dev != first.st_dev)) {
			fprintf(stderr, "job: %s is missing, or on another device\n", *p);
			return 1;
		}
	return 0;
}

static int wait_for_stop(void)
{
	sigset_t stop;
	int got;
	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	puts("waiting");
	fflush(stdout);
	return sigwait(&stop, &got);
}

static void raise_default(int sig)
{
	signal(sig, SIG_DFL);
	raise(sig);
}

static int wait_for_nothing(void)
{
	signal(SIGTERM, raise_default);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	const char *command = argc > 1 ? argv[1] : "";
	int status = 0;
	if (!strcmp(command, "cat")) {
		for (int i = 2; i < argc; i++)
			status |= cat(argv[i]);
	} else if (!strcmp(command, "walk")) {
		for (int i = 2; i < argc; i++)
			status |= nftw(argv[i], look, 16, FTW_PHYS) != 0;
	} else if (!strcmp(command, "read")) {
		for (int i = 2; i < argc; i++)
			status |= nftw(argv[i], open_one, 16, FTW_PHYS) != 0;
	} else if ((!strcmp(command, "crowd") || !strcmp(command, "forks")) && argc == 3) {
		status = crowd(argv[0], atol(argv[2]), command[0] == 'c');
	} else if (!strcmp(command, "look")) {
		for (int i = 2; i < argc; i++)
			if (access(argv[i], R_OK) < 0 && errno != ENOENT)
				perror(argv[i]);
	} else if (!strcmp(command, "write") && argc == 4) {
		status = put(argv[2], argv[3]);
	} else if (!strcmp(command, "direct") && argc == 3) {
		status = direct(argv[2]);
	} else if (!strcmp(command, "device")) {
		status = device(argv + 2);
	} else if (!strcmp(command, "env")) {
		for (char **e = environ; *e; e++)
			puts(*e);
	} else if (!strcmp(command, "id")) {
		char cwd[4096];
		printf("uid=%u gid=%u cwd=%s\n", getuid(), getgid(), getcwd(cwd, sizeof(cwd)) ? cwd : "?");
	} else if (!strcmp(command, "fail") && argc == 3) {
		fprintf(stderr, "%s\n", argv[2]);
		status = 3;
	} else if (!strcmp(command, "wait")) {
		status = wait_for_stop();
	} else if (!strcmp(command, "stop")) {
		raise(SIGSTOP);
		puts("still here");
	} else if (!strcmp(command, "deaf")) {
		status = wait_for_nothing();
	} else {
		fprintf(stderr, "job: unknown command '%s'\n", command);
		status = 2;
	}
	return status;
}
