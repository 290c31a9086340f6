#include "probe/routes/places.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "os/fd.h"
#include "os/proc_tree.h"
#include "os/walk.h"
#include "probe/routes/compiled.h"
#include "probe/routes/text.h"

#define MAX_PROCESSES 16
#define MAX_COMMAND (64u << 10)
#define MAX_FILES 3000         /* looked at */
#define MAX_FILE (1u << 20)    /* larger texts are data */
#define MAX_TEXT (24ull << 20) /* read in all */
#define MAX_DEPTH 8            /* directories in each other */
#define LOOKED_AT 1024         /* bytes that tell text from other files */

static const char *const skipped_dirs[] = {"node_modules", "site-packages", "dist-packages", "vendor", "gems",
					   "__pycache__",  "test",          "tests",         "spec",   "venv",
					   "locale",       "locales",       "migrations",    NULL};
/* Not the application's, as a whole. */
static const char *const system_dirs[] = {"/",
					  "/usr",
					  "/usr/bin",
					  "/usr/sbin",
					  "/usr/local/bin",
					  "/usr/local",
					  "/usr/local/sbin",
					  "/bin",
					  "/sbin",
					  "/usr/lib",
					  "/lib",
					  "/lib64",
					  "/usr/share",
					  "/etc",
					  "/var",
					  "/var/lib",
					  "/tmp",
					  "/usr/local/lib",
					  "/proc",
					  "/sys",
					  "/dev",
					  "/run",
					  "/var/run",
					  "/home",
					  NULL};

struct places {
	int root;
	struct routes_finds *out;
	struct strset seen; /* directories and files */
	uint64_t bytes;
	size_t files;
};

static bool is_one_of(const char *name, const char *const *names)
{
	while (*names && strcmp(*names, name) != 0)
		names++;
	return *names;
}

static bool ends_in(const char *name, const char *ending)
{
	size_t n = strlen(name), m = strlen(ending);
	return n > m && strcmp(name + n - m, ending) == 0;
}

static bool has_enough(const struct places *p)
{
	return p->files > MAX_FILES || p->bytes >= MAX_TEXT;
}

/* ---- files ---- */

static bool is_text(const struct buf *b)
{
	size_t n = b->len < LOOKED_AT ? b->len : LOOKED_AT;
	return n && !memchr(b->data, '\0', n);
}

static void read_fd(struct places *p, int fd, const char *name, const struct stat *st)
{
	CLEANUP_BUF struct buf text = {0};
	if (ends_in(name, ".jar") || ends_in(name, ".war")) {
		p->bytes += routes_jar_read(p->out, fd, MAX_TEXT - p->bytes);
		return;
	}
	if (st->st_size > MAX_FILE || ends_in(name, ".map") ||
	    fd_read_all(fd, MAX_FILE, name, &text, &(struct err){0}) < 0)
		return;
	p->bytes += text.len;
	if (ends_in(name, ".class"))
		routes_class_read(p->out, text.data, text.len);
	else if (is_text(&text))
		routes_text_read(p->out, name, text.data, text.len);
}

/* False if it is not a regular file that can be read. The open does not wait for a fifo's writer. */
static bool read_file(struct places *p, const char *path, bool is_program)
{
	struct stat st;
	if (has_enough(p))
		return false;
	CLEANUP_FD int fd = fd_open_in_root(p->root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, &(struct err){0});
	bool added;
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	(void)strset_add_len(&p->seen, path, strlen(path), &added);
	if (added && is_program)
		routes_program_read(p->out, fd);
	else if (added)
		read_fd(p, fd, path, &st);
	return true;
}

/* ---- directories ---- */

struct below {
	struct places *p;
	const char *dir;
};

static int on_entry(void *ctx, const struct walk_entry *e, struct err *err)
{
	const struct below *b = ctx;
	struct places *p = b->p;
	if (*e->name == '.' || (S_ISDIR(e->st.st_mode) && is_one_of(e->name, skipped_dirs)) || e->depth >= MAX_DEPTH)
		return 1;
	CLEANUP_FREE char *path = mem_printf("%s/%s", strcmp(b->dir, "/") == 0 ? "" : b->dir, e->path);
	p->files++;
	if (has_enough(p))
		return err_set(err, ERR_LIMIT, "directory-too-large", "enough files were read");
	if (S_ISREG(e->st.st_mode))
		(void)read_file(p, path, false);
	else if (S_ISDIR(e->st.st_mode) && is_one_of(path, system_dirs))
		return 1;
	else if (S_ISDIR(e->st.st_mode))
		routes_found_directory(p->out, path, strlen(path));
	return 0;
}

static void read_directory(struct places *p, const char *path)
{
	struct below b = {p, path};
	bool added;
	if (is_one_of(path, system_dirs))
		return;
	CLEANUP_FD int fd = fd_open_in_root(p->root, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK, 0, &(struct err){0});
	if (fd < 0)
		return;
	(void)strset_add_len(&p->seen, path, strlen(path), &added);
	routes_found_directory(p->out, path, strlen(path));
	if (added)
		(void)!walk_tree(fd, on_entry, &b, &(struct err){0}); /* as far as it came */
}

/* ---- processes ---- */

static bool read_link(pid_t pid, const char *name, char out[LIMIT_PATH + 1])
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	ssize_t n = readlink(path, out, LIMIT_PATH);
	out[n > 0 ? n : 0] = '\0';
	return n > 0 && *out == '/';
}

static void read_command(pid_t pid, struct buf *out)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid);
	if (fd_read_file(AT_FDCWD, path, MAX_COMMAND, out, &(struct err){0}) < 0)
		out->len = 0;
	buf_char(out, '\0');
}

/* A file, which is read with its directory, or a directory. Whether it is a file. */
static bool read_named(struct places *p, const char *cwd, const char *name, size_t n)
{
	if (!n || *name == '-' || n > LIMIT_PATH)
		return false;
	CLEANUP_FREE char *path =
	    *name == '/' ? mem_strndup(name, n) : mem_printf("%s/%.*s", strcmp(cwd, "/") == 0 ? "" : cwd, (int)n, name);
	if (!read_file(p, path, false)) {
		read_directory(p, path);
		return false;
	}
	char *slash = strrchr(path, '/');
	slash[slash == path] = '\0';
	read_directory(p, path);
	return true;
}

/* "app.py", "-Dx.base=/var/lib/x", "a.jar:b.jar", "-c/etc/x.conf" is not understood. */
static bool read_argument(struct places *p, const char *cwd, const char *arg)
{
	const char *value = strchr(arg, '=');
	bool is_file = read_named(p, cwd, arg, strlen(arg));
	if (!value && !strchr(arg, ':'))
		return is_file;
	for (const char *s = value ? value + 1 : arg; *s;) {
		size_t n = strcspn(s, ":");
		is_file = read_named(p, cwd, s, n) || is_file;
		s += n + (s[n] == ':');
	}
	return is_file;
}

static void read_process(struct places *p, pid_t pid)
{
	char exe[LIMIT_PATH + 1], cwd[LIMIT_PATH + 1];
	CLEANUP_BUF struct buf command = {0};
	bool names_file = false;
	if (!read_link(pid, "cwd", cwd))
		strcpy(cwd, "/");
	read_command(pid, &command);
	const char *end = command.data + command.len;
	for (const char *arg = command.data + strlen(command.data) + 1; arg < end; arg += strlen(arg) + 1)
		names_file = read_argument(p, cwd, arg) || names_file;
	read_directory(p, cwd);
	if (!read_link(pid, "exe", exe))
		return;
	CLEANUP_FREE char *etc = mem_printf("/etc/%s", strrchr(exe, '/') + 1);
	read_directory(p, etc);
	if (!names_file)
		(void)read_file(p, exe, true);
}

void routes_places_read(pid_t process, int root, struct routes_finds *out)
{
	struct places p = {.root = root, .out = out};
	pid_t pids[MAX_PROCESSES];
	size_t n = proc_tree_list(process, pids, MAX_PROCESSES);
	for (size_t i = 0; i < n; i++)
		read_process(&p, pids[i]);
	strset_done(&p.seen);
}
