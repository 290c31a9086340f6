#include "runtime/runtime.h"

#include <errno.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "os/cgroup.h"
#include "os/fd.h"
#include "os/privilege.h"
#include "os/subproc.h"

#define SBIN_DIRS "/usr/local/sbin:/usr/sbin:/sbin" /* often not in the PATH of who uses sudo */
#define VERSION_BYTES 4096
#define VERSION_MS 10000

static bool is_program(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

static char *search(const char *dirs, const char *name)
{
	while (dirs && *dirs) {
		size_t n = strcspn(dirs, ":");
		CLEANUP_FREE char *path = mem_printf("%.*s/%s", (int)n, dirs, name);
		/* a relative entry would depend on where the runtime is called from */
		if (dirs[0] == '/' && is_program(path))
			return steal_ptr(&path);
		dirs += n + (dirs[n] == ':');
	}
	return NULL;
}

char *runtime_program(const char *name)
{
	if (strchr(name, '/')) {
		CLEANUP_FREE char *path = realpath(name, NULL);
		return path && is_program(path) ? steal_ptr(&path) : NULL;
	}
	char *path = search(getenv("PATH"), name);
	return path ? path : search(SBIN_DIRS, name);
}

/* The first words of `--version`: "runc version 1.1.5", "crun version 1.8.1". */
static int ask_version(const char *path, struct buf *out, struct err *err)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, errno, "runtime-start", "cannot run %s --version", path);
	CLEANUP_FD int from = ends[0], to = ends[1];
	char option[] = "--version", *argv[] = {(char *)path, option, NULL};
	struct subproc_command cmd = {.argv = argv, .dir_fd = AT_FDCWD, .in = -1, .out = to, .err = -1};
	CLEANUP_SUBPROC struct subproc p = {.pidfd = -1};
	int status, r = subproc_start(&cmd, &p, err);
	if (r < 0)
		return r;
	close(steal_fd(&to));
	r = subproc_wait(&p, VERSION_MS, NULL, &status, err);
	if (r < 0) {
		err_wrap(err, "%s --version", path);
		return r;
	}
	if (status)
		return err_set(err, ERR_INVAL, "runtime-unusable", "%s is not an OCI runtime: --version exits with %d",
			       path, status);
	/* it has ended and what it wrote fitted the pipe, so this does not block */
	buf_reserve(out, VERSION_BYTES);
	fcntl(from, F_SETFL, O_NONBLOCK);
	ssize_t n = read(from, out->data, VERSION_BYTES);
	out->len = n > 0 ? (size_t)n : 0;
	out->data[out->len] = '\0';
	return 0;
}

static int find_kind(struct runtime *r, struct err *err)
{
	const char *name = strrchr(r->path, '/') + 1;
	CLEANUP_BUF struct buf version = {0};
	if (strcmp(name, "runc") == 0 || strcmp(name, "crun") == 0) {
		buf_printf(&version, "%s version ", name);
	} else {
		int code = ask_version(r->path, &version, err);
		if (code < 0)
			return code;
	}
	r->kind = RUNTIME_OTHER;
	if (strncmp(version.data, "runc version ", 13) == 0)
		r->kind = RUNTIME_RUNC;
	else if (strncmp(version.data, "crun version ", 13) == 0)
		r->kind = RUNTIME_CRUN;
	return 0;
}

/* crun makes a copy of itself in a file of /tmp, which stays if it is killed meanwhile. This variable takes the file to
 * the run's own directory, which goes with the run (crun 1.8, src/libcrun/cloned_binary.c). */
static void fill_env(struct runtime *r)
{
	const char *slash = strrchr(r->state_dir, '/');
	if (r->kind != RUNTIME_CRUN || !slash)
		return;
	for (char **e = environ; *e; e++)
		strlist_add(&r->env, *e);
	CLEANUP_FREE char *dir = mem_printf("_LIBCONTAINER_STATEDIR=%.*s", (int)(slash - r->state_dir), r->state_dir);
	strlist_set_env(&r->env, dir);
}

int runtime_find(const char *wanted, const char *state_dir, struct runtime *out, struct err *err)
{
	struct runtime r = {0};
	if (wanted) {
		r.path = runtime_program(wanted);
		if (!r.path)
			return err_set(err, ERR_NOTFOUND, "runtime-not-found", "the runtime %s is not an executable%s",
				       wanted, strchr(wanted, '/') ? "" : " in PATH");
	} else {
		r.path = runtime_program("runc");
		if (!r.path)
			r.path = runtime_program("crun");
		if (!r.path)
			return err_set(err, ERR_NOTFOUND, "runtime-not-found",
				       "there is no OCI runtime in PATH: install runc or crun (package runc or crun), "
				       "or name one with --runtime");
	}
	int code = find_kind(&r, err);
	if (code < 0) {
		runtime_done(&r);
		return code;
	}
	r.state_dir = mem_strdup(state_dir);
	fill_env(&r);
	*out = r;
	return 0;
}

void runtime_done(struct runtime *r)
{
	free(r->path);
	free(r->state_dir);
	strlist_done(&r->env);
	runtime_cgroups_done(&r->cgroups);
	*r = (struct runtime){0};
}

/* In a user namespace a mount that it shows cannot be taken away, but hidden. */
static int hide(const char *what, const char *type, const char *where, struct err *err)
{
	if (mount(what, where, type, type ? MS_NOSUID | MS_NODEV | MS_NOEXEC : MS_BIND, NULL) < 0)
		return err_sys(err, errno, "runtime-start", "cannot hide %s from crun", where);
	return 0;
}

/* crun gives a container of cgroup v2 its device rules with more locked memory than this process may have. */
static bool is_memory_locked_out(void)
{
	struct rlimit limit;
	return prctl(PR_CAPBSET_READ, CAP_SYS_RESOURCE, 0, 0, 0) != 1 && getrlimit(RLIMIT_MEMLOCK, &limit) == 0 &&
	       limit.rlim_max != RLIM_INFINITY;
}

static int prepare_crun(struct runtime_cgroups *c, struct err *err)
{
	/* crun 1.8 tells the hybrid layout by this file's content, and refuses it even with cgroups disabled */
	if (c->layout == RUNTIME_CGROUPS_HYBRID)
		return hide("/dev/null", NULL, CGROUP_ROOT "/unified/cgroup.controllers", err);
	/* without cgroups it takes a tmpfs only */
	if (c->layout == RUNTIME_CGROUPS_NONE)
		return hide("tmpfs", "tmpfs", CGROUP_ROOT, err);
	if (c->layout == RUNTIME_CGROUPS_V2 && c->usable && privilege_is_full() && is_memory_locked_out()) {
		char *parent = c->parent;
		*c = (struct runtime_cgroups){.layout = c->layout, .parent = parent};
		c->why_unusable = "crun needs CAP_SYS_RESOURCE for cgroups (v2)";
	}
	return 0;
}

int runtime_prepare(struct runtime *r, struct err *err)
{
	runtime_cgroups_look(&r->cgroups);
	if (r->kind == RUNTIME_CRUN)
		return prepare_crun(&r->cgroups, err);
	if (r->cgroups.layout == RUNTIME_CGROUPS_NONE)
		return err_set(
		    err, ERR_UNSUPPORTED, "cgroups-absent",
		    "%s cannot run a container on a machine without cgroups: mount them at %s, or use --runtime crun",
		    r->path, CGROUP_ROOT);
	return 0;
}

bool runtime_loses_nodev(const struct runtime *r, bool has_binds)
{
	return privilege_is_full() && (r->kind != RUNTIME_RUNC || has_binds);
}

static void global_argv(const struct runtime *r, struct strlist *out)
{
	strlist_add(out, r->path);
	strlist_add(out, "--root");
	strlist_add(out, r->state_dir);
	if (r->kind == RUNTIME_CRUN)
		strlist_add(out, r->cgroups.usable ? "--cgroup-manager=cgroupfs" : "--cgroup-manager=disabled");
	else if (r->kind == RUNTIME_RUNC && !r->cgroups.usable && privilege_is_full())
		strlist_add(out, "--rootless=true"); /* which lets it do without a cgroup */
}

static void add_all(struct strlist *out, const char *const *words)
{
	while (*words)
		strlist_add(out, *words++);
}

void runtime_run_argv(const struct runtime *r, const char *bundle, const char *id, struct strlist *out)
{
	global_argv(r, out);
	add_all(out, (const char *const[]){"run", "--bundle", bundle, id, NULL});
}

void runtime_exec_argv(const struct runtime *r, const char *id, const char *process_file, struct strlist *out)
{
	global_argv(r, out);
	add_all(out, (const char *const[]){"exec", "--process", process_file, id, NULL});
}

void runtime_delete_argv(const struct runtime *r, const char *id, struct strlist *out)
{
	global_argv(r, out);
	add_all(out, (const char *const[]){"delete", "--force", id, NULL});
}
