#include "probe/routes/pages.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "os/fd.h"
#include "os/walk.h"

#define MAX_ASKED 32   /* paths looked for in each directory */
#define MAX_FILES 2000 /* looked at in one */
#define MAX_DEPTH 6

struct pages {
	const char *prefix; /* of the URLs: "/static" or "" */
	size_t files;
	struct strlist *out;
};

static bool is_hidden(const char *name)
{
	return *name == '.' || strcasecmp(name, "WEB-INF") == 0 || strcasecmp(name, "META-INF") == 0;
}

/* A name that needs no encoding. */
static bool is_plain(const char *path)
{
	return path[strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~@+,=/")] == '\0';
}

static int on_entry(void *ctx, const struct walk_entry *e, struct err *err)
{
	struct pages *p = ctx;
	if (is_hidden(e->name) || e->depth >= MAX_DEPTH)
		return 1;
	if (++p->files > MAX_FILES || p->out->count >= ROUTES_PAGES_MAX)
		return err_set(err, ERR_LIMIT, "directory-too-large", "enough files were found");
	if (S_ISREG(e->st.st_mode) && is_plain(e->path))
		strlist_take(p->out, mem_printf("%s/%s", p->prefix, e->path));
	return 0;
}

static bool has_file(int dir, const char *path)
{
	struct stat st;
	CLEANUP_FD int fd = *path ? fd_open_in_root(dir, path, O_PATH, 0, &(struct err){0}) : -1;
	return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

/* Return how many bytes of the path stand for the directory; -1 = the directory is not served. */
static ssize_t served_as(int dir, const char *path)
{
	for (const char *s = path; s; s = strchr(s + 1, '/'))
		if (has_file(dir, s + 1))
			return s - path;
	return -1;
}

static void list_served(int dir, const struct strlist *asked, struct strlist *out)
{
	CLEANUP_STRSET struct strset prefixes = {0};
	for (size_t i = 0; i < asked->count; i++) {
		ssize_t n = served_as(dir, asked->items[i]);
		bool added = false;
		if (n < 0)
			continue;
		size_t id = strset_add_len(&prefixes, asked->items[i], (size_t)n, &added);
		struct pages p = {.prefix = strset_get(&prefixes, id), .out = out};
		if (added)
			(void)!walk_tree(dir, on_entry, &p, &(struct err){0}); /* as far as it came */
	}
}

/* Those that look like files, without their queries. */
static void list_files(const struct strset *asked, struct strlist *out)
{
	for (size_t i = 0; i < asked->count && out->count < MAX_ASKED; i++) {
		const char *path = strset_get(asked, i);
		CLEANUP_FREE char *file = mem_strndup(path, strcspn(path, "?"));
		if (strchr(strrchr(file, '/'), '.') && !strstr(file, ".."))
			strlist_add(out, file);
	}
}

static int longest_first(const void *a, const void *b)
{
	const size_t m = strlen(*(char *const *)a), n = strlen(*(char *const *)b);
	return m == n ? strcmp(*(char *const *)a, *(char *const *)b) : (m < n) - (m > n);
}

void routes_pages_list(int root, const struct strset *dirs, const struct strset *asked, struct strlist *out)
{
	CLEANUP_STRLIST struct strlist files = {0}, sorted = {0};
	list_files(asked, &files);
	for (size_t i = 0; i < dirs->count; i++)
		strlist_add(&sorted, strset_get(dirs, i));
	if (sorted.count) /* of two that hold the file the inner one is served, the outer one perhaps */
		qsort(sorted.items, sorted.count, sizeof(*sorted.items), longest_first);
	for (size_t i = 0; files.count && i < sorted.count; i++) {
		CLEANUP_FD int dir =
		    fd_open_in_root(root, sorted.items[i], O_RDONLY | O_DIRECTORY | O_NONBLOCK, 0, &(struct err){0});
		if (dir >= 0)
			list_served(dir, &files, out);
	}
}
