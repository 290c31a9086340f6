/* tests/unit/runtime/child.c - the whole content of the image that the runtime tests start: says what it sees of its
 * container, then does what its argument says: exit N, or wait. Static: the image has no libc. */
#include <arpa/inet.h>
#include <grp.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static void show_ids(void)
{
	gid_t groups[64];
	int n = getgroups(64, groups);
	printf("uid %d gid %d groups", (int)getuid(), (int)getgid());
	for (int i = 0; i < n; i++)
		printf(" %d", (int)groups[i]);
	mode_t mask = umask(0);
	printf("\numask %04o\n", (unsigned)mask);
}

/* The lines of a file that start with prefix, as "WHAT: LINE". */
static void show_lines(const char *what, const char *path, const char *prefix)
{
	char line[4096];
	FILE *f = fopen(path, "r");
	if (!f)
		printf("%s: absent\n", what);
	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, prefix, strlen(prefix)) == 0)
			printf("%s: %s", what, line);
	if (f)
		fclose(f);
}

static void show_network(void)
{
	struct ifreq lo = {.ifr_name = "lo"};
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in low = {
	    .sin_family = AF_INET, .sin_port = htons(81), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	printf("lo %s\n", ioctl(s, SIOCGIFFLAGS, &lo) == 0 && lo.ifr_flags & IFF_UP ? "up" : "down");
	printf("port 81 %s\n", bind(s, (struct sockaddr *)&low, sizeof(low)) == 0 ? "free" : "refused");
	close(s);
}

static void show_file_kind(const char *path)
{
	struct stat st;
	if (stat(path, &st) < 0)
		printf("%s absent\n", path);
	else
		printf("%s %s %04o\n", path,
		       S_ISDIR(st.st_mode)   ? "directory"
		       : S_ISCHR(st.st_mode) ? "device"
					     : "file",
		       (unsigned)st.st_mode & 07777);
}

int main(int argc, char **argv)
{
	char text[4096];
	show_ids();
	if (getcwd(text, sizeof(text)))
		printf("cwd %s\n", text);
	if (gethostname(text, sizeof(text)) == 0)
		printf("hostname %s\n", text);
	for (char **e = environ; *e; e++)
		printf("env %s\n", *e);
	show_lines("status", "/proc/self/status", "Cap");
	show_lines("status", "/proc/self/status", "NoNewPrivs");
	show_lines("hosts", "/etc/hosts", "");
	show_lines("hostname file", "/etc/hostname", "");
	show_lines("resolv", "/etc/resolv.conf", "nameserver");
	show_network();
	show_file_kind("/dev/null");
	show_file_kind("/dev/shm");
	show_file_kind("/data");
	show_file_kind("/sys/kernel");
	if (argc > 2 && strcmp(argv[1], "exit") == 0) {
		printf("done\n");
		return atoi(argv[2]);
	}
	printf("waiting\n");
	fflush(stdout);
	for (;;)
		pause();
}
