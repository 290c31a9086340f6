#include "stack/volumes.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/strlist.h"
#include "os/fd.h"
#include "stack/copy_tree.h"

#define VOLUMES "volumes"

struct stack_volumes {
	pthread_mutex_t lock;
	int dir;
	char *path;
	struct strlist keys; /* the nth is the directory "n" */
	unsigned n_files;
};

int stack_volumes_new(int dir, const char *path, struct stack_volumes **out, struct err *err)
{
	int r = fd_mkdir_p(dir, VOLUMES, 0711, err);
	if (r < 0)
		return r;
	struct stack_volumes *v = mem_alloc(sizeof(*v));
	pthread_mutex_init(&v->lock, NULL);
	v->dir = dir;
	v->path = mem_printf("%s/" VOLUMES, path);
	*out = v;
	return 0;
}

void stack_volumes_free(struct stack_volumes *v)
{
	if (!v)
		return;
	pthread_mutex_destroy(&v->lock);
	strlist_done(&v->keys);
	free(v->path);
	free(v);
}

/* With the lock. The name below dir; free(). */
static int make(struct stack_volumes *v, const char *key, char **name, struct err *err)
{
	size_t i = 0;
	while (i < v->keys.count && strcmp(v->keys.items[i], key) != 0)
		i++;
	if (i == v->keys.count)
		strlist_add(&v->keys, key);
	CLEANUP_FREE char *made = mem_printf(VOLUMES "/%zu", i);
	int r = fd_mkdir_p(v->dir, made, 0755, err);
	if (r == 0)
		*name = steal_ptr(&made);
	return r;
}

int stack_volumes_path(struct stack_volumes *v, const char *key, char **out, struct err *err)
{
	CLEANUP_FREE char *name = NULL;
	pthread_mutex_lock(&v->lock);
	int r = make(v, key, &name, err);
	pthread_mutex_unlock(&v->lock);
	if (r == 0)
		*out = mem_printf("%s%s", v->path, name + strlen(VOLUMES));
	return r;
}

static bool is_empty(int fd)
{
	CLEANUP_FD int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = own < 0 ? NULL : fdopendir(own);
	if (!d)
		return false;
	own = -1;
	const struct dirent *e;
	size_t n = 0;
	while (n < 3 && (e = readdir(d)))
		n++;
	closedir(d);
	return n <= 2;
}

/* With the lock. */
static int fill(struct stack_volumes *v, const char *key, int root, const char *target, struct err *err)
{
	CLEANUP_FREE char *name = NULL;
	struct err e = {0};
	int r = make(v, key, &name, err);
	if (r < 0 || root < 0)
		return r;
	CLEANUP_FD int from = fd_open_in_root(root, target, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0, &e);
	if (from < 0) /* the image lacks it, or has something else there: the volume stays as it is */
		return 0;
	CLEANUP_FD int to = openat(v->dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (to < 0)
		return err_sys(err, errno, "volume-fill", "the volume for %s", target);
	if (!is_empty(to))
		return 0;
	r = stack_copy_tree(from, to, err);
	if (r < 0)
		err_wrap(err, "the volume for %s", target);
	return r;
}

int stack_volumes_fill(struct stack_volumes *v, const char *key, int root, const char *target, struct err *err)
{
	pthread_mutex_lock(&v->lock);
	int r = fill(v, key, root, target, err);
	pthread_mutex_unlock(&v->lock);
	return r;
}

int stack_volumes_add_file(struct stack_volumes *v, const struct stack_volumes_file *file, char **path, struct err *err)
{
	CLEANUP_FREE char *name = mem_printf("file%u", v->n_files++);
	CLEANUP_FD int fd = openat(v->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(err, errno, "file-create", "%s", name);
	int r = fd_write_all(fd, file->text, strlen(file->text), err);
	if (r == 0 && (fchown(fd, file->uid, file->gid) < 0 || fchmod(fd, file->mode & 0777) < 0))
		r = err_sys(err, errno, "file-create", "%s", name);
	if (r == 0)
		*path = mem_printf("%.*s/%s", (int)(strlen(v->path) - strlen("/" VOLUMES)), v->path, name);
	return r;
}

int stack_volumes_clear(struct stack_volumes *v, struct err *err)
{
	pthread_mutex_lock(&v->lock);
	int r = fd_remove_tree(v->dir, VOLUMES, err);
	if (r == 0)
		r = fd_mkdir_p(v->dir, VOLUMES, 0711, err);
	pthread_mutex_unlock(&v->lock);
	return r;
}
