#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/strlist.h"
#include "os/privilege.h"
#include "transport/engine/started.h"

#define END_MS 5000 /* for podman to end by itself */

extern char **environ;

/* Bind fd at dir/name without the limit of sun_path, take hold of the socket, and remove its name: connect and listen
 * need none, and a killed run leaves none. */
static int bind_nameless(int fd, const char *dir, int *held, struct err *err)
{
	CLEANUP_FD int at = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	snprintf(name.sun_path, sizeof(name.sun_path), "/proc/self/fd/%d/podman", at);
	if (at < 0 || bind(fd, (struct sockaddr *)&name, sizeof(name)) < 0)
		return err_sys(err, errno, "socket-create", "cannot create a socket in %s", dir);
	*held = openat(at, "podman", O_PATH | O_NOFOLLOW | O_CLOEXEC);
	int e = *held < 0 ? errno : 0;
	unlinkat(at, "podman", 0);
	return e ? err_sys(err, e, "socket-create", "cannot create a socket in %s", dir) : 0;
}

static int make_socket(const char *tmp_dir, int *held, struct err *err)
{
	const char *base = tmp_dir ? tmp_dir : getenv("TMPDIR");
	CLEANUP_FREE char *dir = mem_printf("%s/slim-XXXXXX", base && *base ? base : "/tmp");
	CLEANUP_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || !mkdtemp(dir)) /* 0700: nobody else connects meanwhile */
		return err_sys(err, errno, "directory-create", "a directory for podman's socket: %s", dir);
	int r = bind_nameless(fd, dir, held, err);
	rmdir(dir);
	if (r < 0)
		return r;
	if (listen(fd, 16) < 0)
		return err_sys(err, errno, "socket-create", "cannot set up podman's socket");
	return steal_fd(&fd);
}

struct handover {
	int socket;
	char *pid; /* the value of LISTEN_PID in the child's environment, with room for a number */
};

/* In the child: pass the socket as fd 3, for this process. No snprintf: it may allocate. podman mounts its store (a
 * bind mount of it on itself) in a namespace that ends with it. As an ordinary user outside of such a namespace
 * podman makes its own. */
static int hand_over(void *ctx)
{
	struct handover *h = ctx;
	if (unshare(CLONE_NEWNS) < 0 ? errno != EPERM : mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		return errno;
	char digits[16];
	size_t n = 0;
	for (pid_t pid = getpid(); pid; pid /= 10)
		digits[n++] = (char)('0' + pid % 10);
	for (size_t i = 0; i < n; i++)
		h->pid[i] = digits[n - 1 - i];
	h->pid[n] = '\0';
	prctl(PR_SET_CHILD_SUBREAPER, 1); /* what it leaves running is its child, see end_rest */
	if (h->socket == 3)
		return fcntl(3, F_SETFD, 0) < 0 ? errno : 0;
	return dup2(h->socket, 3) < 0 ? errno : 0;
}

/* As an ordinary user we are root of the namespace that podman would make, with the same ids. Tell podman that it is
 * in that namespace already, and whose it is. */
static void make_environment(struct strlist *env)
{
	for (char **e = environ; *e; e++)
		if (strncmp(*e, "LISTEN_", 7) != 0 && strncmp(*e, "CONTAINER_HOST=", 15) != 0 &&
		    strncmp(*e, "NOTIFY_SOCKET=", 14) != 0)
			strlist_add(env, *e);
	uid_t uid;
	gid_t gid;
	privilege_outer_ids(&uid, &gid);
	if (uid != geteuid()) {
		strlist_set_env(env, "_CONTAINERS_USERNS_CONFIGURED=done");
		strlist_take(env, mem_printf("_CONTAINERS_ROOTLESS_UID=%u", uid));
		strlist_take(env, mem_printf("_CONTAINERS_ROOTLESS_GID=%u", gid));
	}
	strlist_add(env, "LISTEN_FDS=1");
	strlist_add(env, "LISTEN_PID=0000000000000000");
}

int engine_podman_start(const char *tmp_dir, struct engine_podman *out, struct err *err)
{
	static const char *const words[] = {"podman", "system", "service", "--time", "0"};
	CLEANUP_STRLIST struct strlist argv = {0};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		strlist_add(&argv, words[i]);
	struct engine_podman p = {.socket = -1, .stderr_tail = -1, .process = {.pidfd = -1}};
	CLEANUP_FD int socket = make_socket(tmp_dir, &p.socket, err);
	int r = socket < 0 ? socket : (p.stderr_tail = engine_stderr_tail_new(err));
	/* The child must not need fd 3 until it execs: 3 is either this descriptor, or was taken before. */
	CLEANUP_FD int three = r < 0 ? -1 : fcntl(socket, F_DUPFD_CLOEXEC, 3);
	if (r >= 0 && three < 0)
		r = err_sys(err, errno, "socket-create", "cannot set up podman's socket");
	CLEANUP_STRLIST struct strlist env = {0};
	make_environment(&env);
	struct handover handover = {.socket = socket, .pid = strchr(env.items[env.count - 1], '=') + 1};
	const struct subproc_command cmd = {.argv = argv.items,
					    .envp = env.items,
					    .dir_fd = AT_FDCWD,
					    .in = -1,
					    .out = -1,
					    .err = p.stderr_tail,
					    .new_session = true,
					    .kill_group = true,
					    .prepare = hand_over,
					    .prepare_ctx = &handover};
	if (r >= 0)
		r = subproc_start(&cmd, &p.process, err);
	if (r < 0) {
		engine_podman_stop(&p);
		return r;
	}
	snprintf(p.path, sizeof(p.path), "/proc/self/fd/%d", p.socket);
	*out = p;
	return 0;
}

#define REST_MAX 16

/* Outside of a user namespace podman, as an ordinary user, makes one, and a process that holds it until the machine
 * goes down. Find the process of this run only: one that was there before is not a child of this podman. */
static size_t find_rest(pid_t pid, int out[REST_MAX])
{
	CLEANUP_FREE char *path = mem_printf("/proc/%d/task/%d/children", pid, pid);
	FILE *f = geteuid() == 0 ? NULL : fopen(path, "re");
	size_t n = 0;
	int child;
	while (f && n < REST_MAX && fscanf(f, "%d", &child) == 1)
		if ((out[n] = (int)syscall(SYS_pidfd_open, child, 0)) >= 0)
			n++;
	if (f)
		fclose(f);
	return n;
}

static void end_rest(int pidfds[REST_MAX], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		syscall(SYS_pidfd_send_signal, pidfds[i], SIGKILL, NULL, 0);
		close(pidfds[i]);
	}
}

void engine_podman_stop(struct engine_podman *p)
{
	int status = 0, rest[REST_MAX];
	size_t n_rest = p->process.pid > 0 ? find_rest(p->process.pid, rest) : 0;
	if (p->process.pid > 0 && kill(p->process.pid, SIGTERM) == 0 &&
	    subproc_wait(&p->process, END_MS, NULL, &status, NULL) == 0)
		log_debug("podman's service ended with %d", status);
	subproc_done(&p->process);
	end_rest(rest, n_rest);
	if (p->socket >= 0)
		close(p->socket);
	if (p->stderr_tail >= 0)
		close(p->stderr_tail);
	*p = (struct engine_podman){.socket = -1, .stderr_tail = -1, .process = {.pidfd = -1}};
}
