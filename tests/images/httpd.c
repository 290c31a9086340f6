/* httpd [[ADDRESS/]PORT...] [busy=N] [silent=PORT] [once] [stays]: the service of the test images. Serves the files
 * below /srv one request at a time, on each of the ports (8080 if none is named; an address of IPv6 takes no IPv4).
 *   /        /srv/index.html             /env     its environment, a variable a line
 *   /NAME[/] /srv/NAME                   /id      uid, gid, supplementary groups, working directory
 *   /now     the time                    /plugins what the files of /srv/plugins.d hold, as its listing has them
 *   /error   status 500                  /status  the status in the file /srv/m/status
 *   /ready   status 503 for the first N requests, then 200
 *   /random/A/B/...  one of these statuses, at random
 *   /turn/NAME  the first such request also reads /srv/NAME; the answer is always the same
 * Status 0 is no answer: the connection is closed.
 * On SIGTERM it reads /srv/bye.txt, on SIGQUIT /srv/quit.txt, if they exist, and exits 0; with "stays" it
 * goes on instead.
 * On SIGHUP it reads /srv/hup.txt and listens anew.
 * With "once" it reads /srv/first.txt and makes /data/started, or, if that is there, reads /srv/second.txt. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

#define PORTS 8
static int busy, turns, stays;

static void answer(FILE *to, int status, const char *type, const char *body, size_t n)
{
	fprintf(to, "HTTP/1.0 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n", status,
		status == 200 ? "OK" : "Not OK", type, n);
	fwrite(body, 1, n, to);
}

static void answer_file(FILE *to, const char *path)
{
	static char body[1 << 20];
	char file[1024];
	const size_t n_path = strlen(path);
	snprintf(file, sizeof(file), "/srv%.*s", (int)(n_path - (path[n_path - 1] == '/')), path);
	if (!strcmp(path, "/"))
		strcpy(file, "/srv/index.html");
	int fd = strstr(path, "..") ? -1 : open(file, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, body, sizeof(body));
	if (fd >= 0)
		close(fd);
	const char *dot = strrchr(file, '.');
	if (n < 0)
		answer(to, 404, "text/plain", "not found\n", 10);
	else
		answer(to, 200, dot && !strcmp(dot, ".html") ? "text/html" : "text/plain", body, (size_t)n);
}

static void answer_text(FILE *to, void (*print)(FILE *))
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);
	print(f);
	fclose(f);
	answer(to, 200, "text/plain", text, n);
	free(text);
}

static void print_env(FILE *f)
{
	for (char **e = environ; *e; e++)
		fprintf(f, "%s\n", *e);
}

static void print_id(FILE *f)
{
	gid_t groups[64];
	int n = getgroups(64, groups);
	char cwd[1024];
	fprintf(f, "uid=%u gid=%u groups=", getuid(), getgid());
	for (int i = 0; i < n; i++)
		fprintf(f, "%s%u", i ? "," : "", groups[i]);
	fprintf(f, " cwd=%s\n", getcwd(cwd, sizeof(cwd)) ? cwd : "?");
}

static void print_now(FILE *f)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	fprintf(f, "the time is %lld.%09ld\n", (long long)t.tv_sec, t.tv_nsec);
}

static void print_plugins(FILE *f)
{
	struct dirent **list;
	int n = scandir("/srv/plugins.d", &list, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		char path[512], text[512] = "";
		snprintf(path, sizeof(path), "/srv/plugins.d/%s", list[i]->d_name);
		FILE *plugin = list[i]->d_name[0] == '.' ? NULL : fopen(path, "re");
		if (plugin && fgets(text, sizeof(text), plugin))
			fputs(text, f);
		if (plugin)
			fclose(plugin);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
}

static void answer_status(FILE *to, int status)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "status %d\n", status);
	if (status)
		answer(to, status, "text/plain", text, (size_t)n);
}

static void answer_file_status(FILE *to)
{
	int status = 0;
	FILE *f = fopen("/srv/m/status", "re");
	if (f && fscanf(f, "%d", &status) == 1)
		answer_status(to, status);
	if (f)
		fclose(f);
}

static void answer_random_status(FILE *to, char *statuses)
{
	int status[16], n = 0;
	for (char *s = strtok(statuses, "/"); s && n < 16; s = strtok(NULL, "/"))
		status[n++] = atoi(s);
	unsigned lot = 0;
	if (n && getrandom(&lot, sizeof(lot), 0) == sizeof(lot))
		answer_status(to, status[lot % (unsigned)n]);
}

static void touch(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
}

static void answer_turn(FILE *to, const char *name)
{
	char path[512];
	snprintf(path, sizeof(path), "/srv/%s", name);
	if (!turns++)
		touch(path);
	answer(to, 200, "text/plain", "turn\n", 5);
}

static void serve(int client)
{
	char request[4096] = "", path[1024] = "";
	size_t have = 0;
	while (have < sizeof(request) - 1 && !strstr(request, "\r\n\r\n")) {
		ssize_t n = read(client, request + have, sizeof(request) - 1 - have);
		if (n <= 0)
			break;
		have += (size_t)n;
		request[have] = 0;
	}
	FILE *to = fdopen(client, "w");
	if (sscanf(request, "%*7s %1000s", path) == 1) {
		if (!strcmp(path, "/env"))
			answer_text(to, print_env);
		else if (!strcmp(path, "/id"))
			answer_text(to, print_id);
		else if (!strcmp(path, "/now"))
			answer_text(to, print_now);
		else if (!strcmp(path, "/error"))
			answer(to, 500, "text/plain", "error\n", 6);
		else if (!strcmp(path, "/ready"))
			answer(to, busy-- > 0 ? 503 : 200, "text/plain", "ready?\n", 7);
		else if (!strcmp(path, "/status"))
			answer_file_status(to);
		else if (!strncmp(path, "/random/", 8))
			answer_random_status(to, path + 8);
		else if (!strncmp(path, "/turn/", 6))
			answer_turn(to, path + 6);
		else if (!strcmp(path, "/plugins"))
			answer_text(to, print_plugins);
		else
			answer_file(to, path);
	}
	fclose(to);
}

static void start_once(void)
{
	int fd = open("/data/started", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	touch(fd >= 0 ? "/srv/first.txt" : "/srv/second.txt");
	if (fd >= 0)
		close(fd);
}

static int listen_on(const char *word)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} at = {0};
	char address[64] = "0.0.0.0";
	const char *slash = strchr(word, '/'), *port = slash ? slash + 1 : word;
	int on = 1;
	if (slash)
		snprintf(address, sizeof(address), "%.*s", (int)(slash - word), word);
	int v6 = strchr(address, ':') != NULL;
	at.any.sa_family = v6 ? AF_INET6 : AF_INET;
	inet_pton(at.any.sa_family, address, v6 ? (void *)&at.v6.sin6_addr : &at.v4.sin_addr);
	*(v6 ? &at.v6.sin6_port : &at.v4.sin_port) = htons(atoi(port));
	int fd = socket(at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (v6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, &at.any, v6 ? sizeof(at.v6) : sizeof(at.v4)) < 0 || listen(fd, 64) < 0) {
		perror("httpd: bind");
		exit(1);
	}
	return fd;
}

/* fds[0] is the signals' */
static void on_signal(struct pollfd *fds, char **words, int n)
{
	struct signalfd_siginfo s;
	if (read(fds[0].fd, &s, sizeof(s)) != sizeof(s))
		exit(1);
	touch(s.ssi_signo == SIGHUP ? "/srv/hup.txt" : s.ssi_signo == SIGQUIT ? "/srv/quit.txt" : "/srv/bye.txt");
	if (s.ssi_signo != SIGHUP && stays)
		return;
	if (s.ssi_signo != SIGHUP)
		exit(0);
	for (int i = 0; i < n; i++)
		close(fds[i + 1].fd);
	for (int i = 0; i < n; i++)
		fds[i + 1].fd = listen_on(words[i]);
}

/* A service of another protocol: it takes all that comes, and says nothing. */
static int stay_silent(int port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct pollfd fds[64] = {{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), POLLIN, 0}};
	char trash[4096];
	int n = 1;
	if (bind(fds[0].fd, (struct sockaddr *)&at, sizeof(at)) < 0 || listen(fds[0].fd, 64) < 0)
		return 1;
	while (poll(fds, n, -1) >= 0) {
		for (int i = 1; i < n; i++)
			if (fds[i].revents && read(fds[i].fd, trash, sizeof(trash)) <= 0) {
				close(fds[i].fd);
				fds[i--] = fds[--n];
			}
		if (fds[0].revents && n < 64)
			fds[n++] = (struct pollfd){accept4(fds[0].fd, NULL, NULL, SOCK_CLOEXEC), POLLIN, 0};
	}
	return 1;
}

int main(int argc, char **argv)
{
	static char usual[] = "8080";
	char *words[PORTS] = {usual};
	struct pollfd fds[PORTS + 1];
	int n = 0;
	sigset_t signals;
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGQUIT);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	for (int i = 1; i < argc; i++)
		if (!strncmp(argv[i], "busy=", 5))
			busy = atoi(argv[i] + 5);
		else if (!strncmp(argv[i], "silent=", 7) && fork() == 0)
			return stay_silent(atoi(argv[i] + 7));
		else if (!strncmp(argv[i], "silent=", 7))
			continue;
		else if (!strcmp(argv[i], "once"))
			start_once();
		else if (!strcmp(argv[i], "stays"))
			stays = 1;
		else if (n < PORTS)
			words[n++] = argv[i];
	n = n ? n : 1;
	fds[0] = (struct pollfd){signalfd(-1, &signals, SFD_CLOEXEC), POLLIN, 0};
	for (int i = 0; i < n; i++)
		fds[i + 1] = (struct pollfd){listen_on(words[i]), POLLIN, 0};
	printf("httpd: listening\n");
	fflush(stdout);
	for (;;) {
		if (poll(fds, (nfds_t)n + 1, -1) < 0 && errno != EINTR)
			return 1;
		if (fds[0].revents)
			on_signal(fds, words, n);
		for (int i = 1; i <= n; i++) {
			int client = fds[i].revents ? accept4(fds[i].fd, NULL, NULL, SOCK_CLOEXEC) : -1;
			if (client >= 0)
				serve(client);
		}
	}
}
