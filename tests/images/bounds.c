/* bounds COMMAND [ARGUMENT...]: the program of the images that try what a container must not be able to do. It prints a
 * line for each thing tried and ends with 0.
 *   nodes DIR...     in each makes the nodes of two devices and opens them for reading: DIR c|b MKNOD OPEN
 *   open PATH...     opens each for reading: PATH OPEN
 *   show FILE...     prints them
 *   devices          uses what Docker gives: NAME OPEN, and whether they can be changed
 *   cgroups          the lines of /proc/self/cgroup, then the entries of /sys/fs/cgroup and of each directory in it
 *   output           what the standard streams are
 *   mounts           the points of mounts on which devices can be used, but for devices themselves
 *   bomb             makes processes until it gets no more, and waits: processes N ERROR
 *   fill MEGABYTES   takes so much memory in a child: ended with STATUS or by SIGNAL
 *   leave            leaves a process behind that holds standard output and prints for ever
 * ERROR, MKNOD and OPEN are "ok" or the name of an errno. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *said(int r)
{
	return r < 0 ? strerrorname_np(errno) : "ok";
}

static const char *try_open(const char *path, int flags)
{
	int fd = open(path, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	const char *s = said(fd);
	if (fd >= 0)
		close(fd);
	return s;
}

static void make_nodes(const char *dir)
{
	static const struct {
		char letter;
		mode_t mode;
		unsigned major, minor;
	} nodes[] = {{'c', S_IFCHR, 1, 11}, {'b', S_IFBLK, 7, 0}}; /* the kernel's log, and the first loop device */
	for (int i = 0; i < 2; i++) {
		char path[4096];
		snprintf(path, sizeof(path), "%s/node-%c", dir, nodes[i].letter);
		const char *made = said(mknod(path, nodes[i].mode | 0666, makedev(nodes[i].major, nodes[i].minor)));
		printf("%s %c %s %s\n", dir, nodes[i].letter, made, try_open(path, O_RDONLY));
		unlink(path);
	}
}

static void use_devices(void)
{
	static const char *const names[] = {"null", "zero", "full", "random", "urandom", "tty", "ptmx"};
	char byte = 1;
	for (int i = 0; i < 7; i++) {
		char path[64];
		snprintf(path, sizeof(path), "/dev/%s", names[i]);
		printf("%s %s\n", names[i], try_open(path, O_RDWR));
	}
	int null = open("/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0666), full = open("/dev/full", O_WRONLY);
	printf("write-null %s\n", said((int)write(null, &byte, 1)));
	printf("write-full %s\n", said((int)write(full, &byte, 1)));
	int zero = open("/dev/zero", O_RDONLY);
	printf("read-zero %s\n", read(zero, &byte, 1) == 1 && !byte ? "ok" : "wrong");
	printf("chmod-null %s\n", said(chmod("/dev/null", 0600)));
}

static void list(const char *dir, int deeper)
{
	DIR *d = opendir(dir);
	for (struct dirent *e; d && (e = readdir(d));) {
		char path[4096];
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if (e->d_name[0] == '.')
			continue;
		printf("entry %s\n", path);
		if (deeper && e->d_type == DT_DIR)
			list(path, deeper - 1);
	}
	if (d)
		closedir(d);
}

static void show_file(const char *path)
{
	char line[4096];
	FILE *f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		fputs(line, stdout);
	if (f)
		fclose(f);
}

static void show_output(void)
{
	for (int fd = 0; fd < 3; fd++) {
		struct stat st;
		fstat(fd, &st);
		printf("%d %s %s\n", fd, S_ISFIFO(st.st_mode) ? "pipe" : "other",
		       (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR ? "both" : "one");
	}
}

/* 36 35 98:0 /root /point rw,nodev - type ... */
static void show_mounts(void)
{
	char line[4096], point[4096], options[4096];
	FILE *f = fopen("/proc/self/mountinfo", "r");
	while (f && fgets(line, sizeof(line), f)) {
		struct stat st;
		if (sscanf(line, "%*s %*s %*s %*s %4095s %4095s", point, options) == 2 && !strstr(options, "nodev") &&
		    stat(point, &st) == 0 && !S_ISCHR(st.st_mode))
			printf("mount %s %s", point, strstr(line, " - ") + 3);
	}
}

static void bomb(void)
{
	int n = 0;
	pid_t pid = 0;
	while (n < 100000 && (pid = fork()) > 0)
		n++;
	if (pid == 0)
		for (;;)
			pause();
	printf("processes %d %s\n", n, said(pid));
	fflush(stdout);
	pause();
}

static void fill(size_t megabytes)
{
	int status;
	pid_t pid = fork();
	if (pid == 0) {
		char *p = mmap(NULL, megabytes << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (p == MAP_FAILED)
			_exit(9);
		memset(p, 1, megabytes << 20);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	printf(WIFSIGNALED(status) ? "ended by %d\n" : "ended with %d\n",
	       WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

static void leave(void)
{
	puts("left");
	fflush(stdout);
	if (fork() == 0)
		for (;;)
			if (write(1, "more\n", 5) < 0)
				_exit(0);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	for (int i = 2; i < argc; i++)
		if (strcmp(what, "nodes") == 0)
			make_nodes(argv[i]);
		else if (strcmp(what, "open") == 0)
			printf("%s %s\n", argv[i], try_open(argv[i], O_RDONLY));
		else if (strcmp(what, "show") == 0)
			show_file(argv[i]);
		else if (strcmp(what, "fill") == 0)
			fill((size_t)atoi(argv[i]));
	if (strcmp(what, "devices") == 0)
		use_devices();
	else if (strcmp(what, "cgroups") == 0)
		show_file("/proc/self/cgroup"), list("/sys/fs/cgroup", 1);
	else if (strcmp(what, "output") == 0)
		show_output();
	else if (strcmp(what, "mounts") == 0)
		show_mounts();
	else if (strcmp(what, "bomb") == 0)
		bomb();
	else if (strcmp(what, "leave") == 0)
		leave();
	return 0;
}
