#include "store/runs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "os/cgroup.h"
#include "os/fd.h"
#include "os/mountinfo.h"
#include "os/subproc.h"
#include "text/json.h"

#define UNDO_MAX (1u << 20) /* bytes of the file undo */
#define UNDO_MS 10000       /* time that one of its commands gets */
#define ID_LEN 16
#define LOCK_MS 200 /* for a lock whose owner is gone */
#define STEP_MS 2

/* The flock of the directory runs/ guards the moment between a run's birth and its own lock: whoever
 * makes a run, or takes a dead one, holds it meanwhile. */
static int open_runs(int store, const char *path, struct err *err)
{
	CLEANUP_FD int fd = openat(store, "runs", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, errno, "store-open", "%s/runs", path);
	return steal_fd(&fd);
}

static int lock_runs(int runs, struct err *err)
{
	while (flock(runs, LOCK_EX) < 0)
		if (errno != EINTR)
			return err_sys(err, errno, "store-lock", "cannot lock the store's runs");
	return 0;
}

/* Whether nothing is mounted at dir or below it any more. */
static bool unmount_below(const char *dir)
{
	CLEANUP_STRLIST struct strlist points = {0}, left = {0};
	if (mountinfo_below(dir, &points) < 0)
		return false;
	for (size_t i = points.count; i-- > 0;)
		if (umount2(points.items[i], MNT_DETACH | UMOUNT_NOFOLLOW) < 0)
			log_debug("unmount %s: errno %d", points.items[i], errno);
	return points.count == 0 || (mountinfo_below(dir, &left) == 0 && left.count == 0);
}

/* The lock goes last, so that a half-removed run is never taken for a new one. */
static void remove_run(int runs, const char *id, int fd, const char *path)
{
	if (!unmount_below(path)) {
		log_debug("%s stays: something is still mounted there", path);
		return;
	}
	int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = again < 0 ? NULL : fdopendir(again);
	if (!d) {
		if (again >= 0)
			close(again);
		return;
	}
	struct err e = {0};
	for (struct dirent *it; (it = readdir(d));)
		if (strcmp(it->d_name, ".") != 0 && strcmp(it->d_name, "..") != 0 && strcmp(it->d_name, "lock") != 0)
			if (fd_remove_tree(fd, it->d_name, &e) < 0)
				log_debug("%s: %s", path, e.msg);
	closedir(d);
	(void)unlinkat(fd, "lock", 0);          /* what is left is removed by the next reaper */
	(void)unlinkat(runs, id, AT_REMOVEDIR); /* the same */
}

static int read_undo(int run, json_t **out, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	int r = fd_read_file(run, "undo", UNDO_MAX, &text, err);
	if (r < 0)
		return r;
	json_t *v = json_loadb(text.data, text.len, 0, NULL);
	if (!v || !json_is_array(v)) {
		json_decref(v);
		return err_set(err, ERR_CORRUPT, "run-undo-malformed", "undo is not a JSON array");
	}
	*out = v;
	return 0;
}

static void undo_one(const json_t *argv)
{
	CLEANUP_STRLIST struct strlist args = {0};
	size_t i;
	json_t *v;
	json_array_foreach (argv, i, v) {
		if (!json_is_string(v))
			return;
		strlist_add(&args, json_string_value(v));
	}
	if (!args.count)
		return;
	const struct subproc_command cmd = {
	    .argv = args.items, .dir_fd = AT_FDCWD, .in = -1, .out = -1, .err = -1, .new_session = true};
	CLEANUP_SUBPROC struct subproc p = {.pidfd = -1};
	struct err e = {0};
	int status = 0;
	if (subproc_start(&cmd, &p, &e) < 0 || subproc_wait(&p, UNDO_MS, NULL, &status, &e) < 0)
		log_debug("undo: %s", e.msg);
	else
		log_debug("undo: %s ended with %d", args.items[0], status);
}

/* Last remembered, first undone. */
static void undo_all(int run)
{
	json_auto_t *undo = NULL;
	if (read_undo(run, &undo, NULL) < 0)
		return;
	for (size_t i = json_array_size(undo); i-- > 0;)
		undo_one(json_array_get(undo, i));
}

int store_run_undo(struct store_run *r, const struct strlist *argv, struct err *err)
{
	json_auto_t *undo = NULL;
	int rc = faccessat(r->fd, "undo", F_OK, 0) < 0 ? 0 : read_undo(r->fd, &undo, err);
	if (rc < 0)
		return err_wrap(err, "run %s", r->id);
	if (!undo)
		undo = json_array();
	json_t *one = json_array();
	for (size_t i = 0; i < argv->count; i++) {
		json_t *s = json_string(argv->items[i]);
		if (!s) {
			json_decref(one);
			return err_set(err, ERR_INVAL, "argument-not-utf8", "argument %zu of %s is not UTF-8", i,
				       argv->items[0]);
		}
		json_array_append_new(one, s);
	}
	json_array_append_new(undo, one);
	CLEANUP_BUF struct buf text = {0};
	json_write(undo, &text);
	rc = fd_write_file_atomic(r->fd, "undo", text.data, text.len, 0600, err);
	return rc < 0 ? err_wrap(err, "run %s", r->id) : 0;
}

static int make_run(const char *store_path, int runs, struct store_run *r, struct err *err)
{
	do {
		uint64_t n;
		if (getrandom(&n, sizeof(n), 0) != sizeof(n))
			return err_sys(err, errno, "random-read", "cannot get random bytes");
		free(r->id);
		free(r->path);
		r->id = mem_printf("%016" PRIx64, n);
		r->path = mem_printf("%s/runs/%s", store_path, r->id);
		if (mkdirat(runs, r->id, 0700) == 0)
			break;
		if (errno != EEXIST)
			return err_sys(err, errno, "directory-create", "store: cannot create directory %s", r->path);
	} while (true);
	r->fd = openat(runs, r->id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (r->fd < 0)
		return err_sys(err, errno, "file-create", "cannot create %s", r->path);
	r->lock_fd = openat(r->fd, "lock", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (r->lock_fd < 0 || flock(r->lock_fd, LOCK_EX | LOCK_NB) < 0)
		return err_sys(err, errno, "store-lock", "cannot lock %s", r->path);
	(void)dprintf(r->lock_fd, "%d\n", (int)getpid()); /* without it nobody waits for the lock of a dead one */
	return 0;
}

int store_runs_add(int store, const char *path, struct store_run *out, struct err *err)
{
	CLEANUP_FD int runs = open_runs(store, path, err);
	if (runs < 0)
		return runs;
	int rc = lock_runs(runs, err);
	if (rc < 0)
		return rc;
	struct store_run r = {.fd = -1, .lock_fd = -1};
	rc = make_run(path, runs, &r, err);
	if (rc < 0)
		store_run_done(&r);
	else
		*out = r;
	return rc;
}

void store_run_done(struct store_run *r)
{
	if (r->path && r->fd >= 0) {
		CLEANUP_FD int runs = openat(r->fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (runs >= 0)
			remove_run(runs, r->id, r->fd, r->path);
		close(r->fd);
		if (r->lock_fd >= 0)
			close(r->lock_fd);
	}
	free(r->path);
	free(r->id);
	*r = (struct store_run){.fd = -1, .lock_fd = -1};
}

/* Whether the lock is ours now. The kernel may give up the lock of a process a moment after its end (20 ms were seen):
 * one whose owner is gone is waited for. An owner in another pid namespace seems to be gone, too. */
static bool take_lock(int lock)
{
	char text[16] = "";
	int left_ms = LOCK_MS;
	if (flock(lock, LOCK_EX | LOCK_NB) == 0)
		return true;
	const int pid = pread(lock, text, sizeof(text) - 1, 0) > 0 ? atoi(text) : 0;
	if (pid <= 0 || kill(pid, 0) == 0 || errno != ESRCH)
		return false;
	for (; left_ms > 0; left_ms -= STEP_MS) {
		if (flock(lock, LOCK_EX | LOCK_NB) == 0)
			return true;
		poll(NULL, 0, STEP_MS);
	}
	return false;
}

/* Our hold on a run that nobody lives in: its lock, or nothing to lock when it died that early or that
 * late. False when it lives. */
static bool take_dead(int runs, const char *id, int *fd, int *lock)
{
	if (lock_runs(runs, NULL) < 0)
		return false;
	*fd = openat(runs, id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	bool dead = *fd >= 0;
	if (dead) {
		*lock = openat(*fd, "lock", O_RDWR | O_NOFOLLOW | O_CLOEXEC);
		dead = *lock >= 0 ? take_lock(*lock) : errno == ENOENT;
	}
	flock(runs, LOCK_UN);
	return dead;
}

void store_runs_reap(int store, const char *path)
{
	CLEANUP_FD int runs = open_runs(store, path, NULL);
	int list = runs < 0 ? -1 : openat(runs, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = list < 0 ? NULL : fdopendir(list);
	if (!d) {
		if (list >= 0)
			close(list);
		return;
	}
	CLEANUP_STRLIST struct strlist ids = {0};
	for (struct dirent *it; (it = readdir(d));)
		if (strlen(it->d_name) == ID_LEN && strspn(it->d_name, "0123456789abcdef") == ID_LEN)
			strlist_add(&ids, it->d_name);
	closedir(d);
	for (size_t i = 0; i < ids.count; i++) {
		CLEANUP_FD int fd = -1;
		CLEANUP_FD int lock = -1;
		if (!take_dead(runs, ids.items[i], &fd, &lock))
			continue;
		CLEANUP_FREE char *run = mem_printf("%s/runs/%s", path, ids.items[i]);
		log_debug("removing what a killed run left: %s", run);
		undo_all(fd);
		CLEANUP_FREE char *containers = mem_printf("slim-%s-", ids.items[i]);
		cgroup_remove(CGROUP_ROOT, containers); /* those that their runtime did not know yet */
		remove_run(runs, ids.items[i], fd, run);
	}
}
