#include "runtime/userns.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pwd.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/strlist.h"
#include "os/fd.h"
#include "os/subproc.h"
#include "runtime/subid.h"

#define NEEDED_IDS 65536 /* what images use */
#define HELPER_MS 10000
#define HELPER_SAID 512 /* bytes of what a failing helper says */

struct user {
	char *name, *home;
	uid_t uid;
	gid_t gid;
};

static void user_done(struct user *u)
{
	free(u->name);
	free(u->home);
}

static int find_user(struct user *out, struct err *err)
{
	struct passwd pw, *found = NULL;
	CLEANUP_FREE char *text = mem_alloc(16384);
	int e = getpwuid_r(getuid(), &pw, text, 16384, &found);
	if (!found)
		return err_set(err, ERR_NOTFOUND, "subordinate-ids-missing",
			       "user %u has no entry in the user database%s%s, and so no subordinate ids: run slim as "
			       "a user with an entry, or as root",
			       getuid(), e ? ": " : "", e ? strerror(e) : "");
	*out = (struct user){mem_strdup(pw.pw_name), mem_strdup(pw.pw_dir), getuid(), getgid()};
	return 0;
}

/* ---- the maps ---- */

static const struct map {
	const char *helper, *file, *what, *option;
} maps[] = {
    {"newuidmap", "/etc/subuid", "user ids", "--add-subuids"},
    {"newgidmap", "/etc/subgid", "group ids", "--add-subgids"},
};
#define N_MAPS (sizeof(maps) / sizeof(maps[0]))

/* argv of the helper: PID, then triples of the first id inside, the first outside, and how many. */
static int map_argv(const struct map *m, const struct user *user, pid_t pid, struct strlist *out, struct err *err)
{
	const struct runtime_subid_user who = {user->name, user->uid, m == &maps[0] ? user->uid : user->gid};
	struct runtime_subid_ranges ranges;
	int r = runtime_subid_load(m->file, &who, &ranges, err);
	if (r < 0)
		return r;
	if (1 + ranges.ids < NEEDED_IDS)
		return err_set(err, ERR_NOTFOUND, "subordinate-ids-missing",
			       "%s gives the user %s %" PRIu64 " subordinate %s, and a container needs %d: as root, "
			       "`usermod %s 100000-165535 %s`, with a range that nobody else has",
			       m->file, user->name, ranges.ids, m->what, NEEDED_IDS, m->option, user->name);
	strlist_add(out, m->helper);
	strlist_take(out, mem_printf("%d", (int)pid));
	strlist_add(out, "0");
	strlist_take(out, mem_printf("%" PRIu32, who.own));
	strlist_add(out, "1");
	uint64_t inside = 1;
	for (size_t i = 0; i < ranges.n; i++) {
		strlist_take(out, mem_printf("%" PRIu64, inside));
		strlist_take(out, mem_printf("%" PRIu32, ranges.items[i].start));
		strlist_take(out, mem_printf("%" PRIu32, ranges.items[i].count));
		inside += ranges.items[i].count;
	}
	return 0;
}

/* What it said, on one line. */
static void read_words(int fd, char out[static HELPER_SAID + 1])
{
	ssize_t n = read(fd, out, HELPER_SAID);
	out[n > 0 ? n : 0] = '\0';
	out[strcspn(out, "\n")] = '\0';
}

static int run_helper(const struct map *m, const struct strlist *argv, struct err *err)
{
	int ends[2], status;
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		return err_sys(err, errno, "pipe-create", "cannot create a pipe");
	CLEANUP_FD int from = ends[0], to = ends[1];
	const struct subproc_command cmd = {
	    .argv = argv->items, .dir_fd = AT_FDCWD, .in = -1, .out = -1, .err = to, .new_session = true};
	CLEANUP_SUBPROC struct subproc p = {.pidfd = -1};
	struct err e = {0};
	int r = subproc_start(&cmd, &p, &e);
	if (r == -ERR_NOTFOUND)
		return err_set(err, ERR_NOTFOUND, "uidmap-not-found",
			       "no %s in PATH, which an ordinary user's containers need: install the package uidmap "
			       "(shadow-utils on some distributions), or run slim as root",
			       m->helper);
	if (r == 0)
		r = subproc_wait(&p, HELPER_MS, NULL, &status, &e);
	if (r < 0) {
		if (err)
			*err = e;
		return r;
	}
	char said[HELPER_SAID + 1];
	read_words(from, said);
	if (status)
		return err_set(
		    err, ERR_DENIED, "id-map-refused", "%s refuses the range of %s (status %d): %s%s", m->helper,
		    m->file, status, said[0] ? said : "it said nothing",
		    strstr(said, "not permitted")
			? ". In a container it needs capabilities, not the setuid bit: as root, run `cd /usr/bin; "
			  "chmod "
			  "u-s newuidmap newgidmap; setcap cap_setuid+ep newuidmap; setcap cap_setgid+ep newgidmap`"
			: "");
	return 0;
}

static int write_maps(const struct strlist *argv, struct err *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < N_MAPS; i++)
		r = run_helper(&maps[i], &argv[i], err);
	return r;
}

/* ---- the namespace ---- */

static bool is_set_to(const char *path, char value)
{
	CLEANUP_BUF struct buf b = {0};
	return fd_read_file(AT_FDCWD, path, 64, &b, NULL) == 0 && b.len == 2 && b.data[0] == value;
}

/* Why there is no namespace, or one without rights. */
static int explain(int e, struct err *err)
{
#define OR_ROOT "; or run slim as root"
	if (is_set_to("/proc/sys/kernel/unprivileged_userns_clone", '0'))
		return err_set(err, ERR_DENIED, "user-namespace-denied",
			       "ordinary users cannot create user namespaces on this system: as root, run "
			       "`sysctl kernel.unprivileged_userns_clone=1`" OR_ROOT);
	if (e == ENOSPC || e == EUSERS)
		return err_set(
		    err, ERR_DENIED, "user-namespace-denied",
		    "there are no more user namespaces: as root, raise `sysctl user.max_user_namespaces`" OR_ROOT);
	if (is_set_to("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", '1'))
		return err_set(err, ERR_DENIED, "user-namespace-denied",
			       "AppArmor does not allow slim a user namespace: as root, run "
			       "`sysctl kernel.apparmor_restrict_unprivileged_userns=0`, or give slim a profile with "
			       "`userns,`" OR_ROOT);
	return err_sys(err, e, "user-namespace-create",
		       "cannot create a user namespace, which slim needs as an ordinary user");
#undef OR_ROOT
}

static int unshare_user(struct err *err)
{
	return unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0 ? explain(errno, err) : 0;
}

/* The helpers must run outside of the namespace, as the user: a child, forked before we enter it, starts them when
 * told, and sends back what came of it. Between namespace and maps this process may do nothing else. */
static void serve(int go, int answer, const struct strlist *argv)
{
	struct err err = {0};
	char c;
	if (read(go, &c, 1) == 1) {
		(void)!write_maps(argv, &err);
		(void)!write(answer, &err, sizeof(err)); /* nobody is left to tell otherwise */
	}
	_exit(0);
}

static int read_answer(int fd, struct err *err)
{
	struct err e;
	ssize_t n;
	do
		n = read(fd, &e, sizeof(e));
	while (n < 0 && errno == EINTR);
	if (n != sizeof(e))
		return err_set(err, ERR_SYS, "id-map-failed", "the process that maps ids ended early");
	if (e.code && err)
		*err = e;
	return -(int)e.code;
}

static int enter_with(const struct strlist *argv, struct err *err)
{
	int go[2], answer[2];
	if (pipe2(go, O_CLOEXEC) < 0)
		return err_sys(err, errno, "pipe-create", "cannot create a pipe");
	CLEANUP_FD int go_in = go[0], go_out = go[1];
	if (pipe2(answer, O_CLOEXEC) < 0)
		return err_sys(err, errno, "pipe-create", "cannot create a pipe");
	CLEANUP_FD int answer_in = answer[0], answer_out = answer[1];
	pid_t pid = subproc_fork();
	if (pid < 0)
		return err_sys(err, errno, "process-start", "cannot fork");
	if (pid == 0) {
		close(go_out);
		serve(go_in, answer_out, argv);
	}
	close(steal_fd(&answer_out));
	int r = unshare_user(err);
	if (r == 0) {
		(void)!write(go_out, "", 1); /* a dead child is told by the answer */
		r = read_answer(answer_in, err);
	}
	close(steal_fd(&go_out));
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return r;
}

int runtime_userns_enter(struct err *err)
{
	if (geteuid() == 0)
		return 0;
	CLEANUP(user_done) struct user user = {0};
	struct strlist argv[N_MAPS] = {{0}};
	int r = find_user(&user, err);
	for (size_t i = 0; r == 0 && i < N_MAPS; i++)
		r = map_argv(&maps[i], &user, getpid(), &argv[i], err);
	if (r == 0)
		r = enter_with(argv, err);
	for (size_t i = 0; i < N_MAPS; i++)
		strlist_done(&argv[i]);
	if (r < 0)
		return r;
	/* AppArmor may grant the namespace and no rights in it: told here, where it can be explained */
	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		return explain(errno, err);
	/* from now on the user database would tell root's */
	return setenv("HOME", user.home, 0) < 0 ? err_sys(err, errno, "environment-set", "cannot set HOME") : 0;
}
