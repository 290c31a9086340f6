#include "cmd/docker_slim/fat_image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "oci/name.h"
#include "os/fd.h"
#include "os/subproc.h"

#define SHOWN_TAIL 4000 /* bytes of the output of a builder that failed */

int docker_slim_fat_option(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			   struct err *err)
{
	struct docker_slim_fat *f = &s->fat;
	char **texts[] = {&f->dockerfile, &f->context, &f->tag};
	static const char *const of_texts[] = {"dockerfile", "dockerfile-context", "tag-fat"};
	if (row->to) {
		strlist_take(&f->options, mem_printf("%.*s%s", (int)strcspn(row->to, "%"), row->to, value));
		return 0;
	}
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (strcmp(row->name, of_texts[i]) == 0) {
			free(*texts[i]);
			*texts[i] = mem_strdup(value);
		}
	f->remove |= strcmp(row->name, "delete-generated-fat-image") == 0;
	f->show |= strcmp(row->name, "show-blogs") == 0;
	return 0;
}

static bool is_in_path(const char *program)
{
	const char *path = getenv("PATH");
	for (size_t len; path && *path; path += len + (path[len] == ':')) {
		len = strcspn(path, ":");
		CLEANUP_FREE char *file = mem_printf("%.*s/%s", (int)len, path, program);
		if (len && access(file, X_OK) == 0)
			return true;
	}
	return false;
}

static const char *find_builder(void)
{
	static const char *const builders[] = {"docker", "podman", "buildah"};
	for (size_t i = 0; i < sizeof(builders) / sizeof(builders[0]); i++)
		if (is_in_path(builders[i]))
			return builders[i];
	return NULL;
}

/* Looks for the Dockerfile in the context, as docker-slim does, and then from the current directory, as docker does. A
 * context that is not a directory here is an address, which the builder fetches. */
static int find_dockerfile(struct docker_slim_fat *f, struct err *err)
{
	char *inside = mem_printf("%s/%s", f->context, f->dockerfile);
	if (access(f->context, F_OK) != 0 ||
	    (f->dockerfile[0] != '/' && access(inside, F_OK) != 0 && access(f->dockerfile, F_OK) == 0)) {
		free(inside);
		return 0;
	}
	if (f->dockerfile[0] == '/') {
		free(inside);
		return access(f->dockerfile, F_OK) == 0 ? 0
							: err_set(err, ERR_NOTFOUND, "dockerfile-missing",
								  "--dockerfile: there is no %s", f->dockerfile);
	}
	free(f->dockerfile);
	f->dockerfile = inside;
	return access(inside, F_OK) == 0
		   ? 0
		   : err_set(err, ERR_NOTFOUND, "dockerfile-missing", "--dockerfile: there is no %s", inside);
}

/* podman and buildah put images without a registry below localhost. */
static char *full_name(const struct docker_slim_fat *f, const char *tagged)
{
	const char *slash = strchr(tagged, '/');
	const size_t first = slash ? (size_t)(slash - tagged) : 0;
	const bool has_host = slash && (memchr(tagged, '.', first) || memchr(tagged, ':', first) ||
					(first == strlen("localhost") && memcmp(tagged, "localhost", first) == 0));
	return mem_printf("%s%s", has_host || strcmp(f->builder, "docker") == 0 ? "" : "localhost/", tagged);
}

int docker_slim_fat_plan(struct docker_slim_state *s, const char *argument, struct err *err)
{
	struct docker_slim_fat *f = &s->fat;
	if (!f->dockerfile)
		return 0;
	if (!f->context)
		f->context = mem_strdup(s->target ? s->target : argument ? argument : ".");
	f->builder = find_builder();
	if (!f->builder)
		return err_set(err, ERR_NOTFOUND, "builder-missing",
			       "--dockerfile needs docker, podman or buildah to build the image, and none is in PATH: "
			       "install one, or build the image elsewhere and name it");
	int r = find_dockerfile(f, err);
	CLEANUP_FREE char *name = f->tag
				      ? mem_strdup(f->tag)
				      : mem_printf("slim-tmp-fat-image.%d.%lld", (int)getpid(), (long long)time(NULL));
	CLEANUP_FREE char *tagged = NULL;
	if (r < 0 || (r = oci_name_with_tag(name, &tagged, err)) < 0)
		return r;
	f->name = full_name(f, tagged);
	s->target = mem_strdup(f->name);
	strlist_take(&s->owned, s->target);
	return 0;
}

/* Runs the builder. out: a descriptor for all that it prints. */
static int call(const struct strlist *words, int out, int *status, struct err *err)
{
	CLEANUP_FREE char **argv = mem_calloc(words->count + 1, sizeof(*argv));
	memcpy(argv, words->items, words->count * sizeof(*argv));
	CLEANUP_SUBPROC struct subproc p = {0};
	const struct subproc_command command = {
	    .argv = argv, .dir_fd = AT_FDCWD, .in = -1, .out = out, .err = out, .kill_group = true};
	int r = subproc_start(&command, &p, err);
	return r < 0 ? r : subproc_wait(&p, -1, NULL, status, err);
}

static void show_tail(int fd)
{
	char text[SHOWN_TAIL];
	off_t size = lseek(fd, 0, SEEK_END), from = size > SHOWN_TAIL ? size - SHOWN_TAIL : 0;
	ssize_t n = size > 0 ? pread(fd, text, sizeof(text), from) : 0;
	for (ssize_t i = 0; i < n;) {
		const char *end = memchr(text + i, '\n', (size_t)(n - i));
		const size_t len = end ? (size_t)(end - text - i) : (size_t)(n - i);
		CLEANUP_BUF struct buf line = {0};
		buf_escape(&line, text + i, len);
		fprintf(stderr, "  | %s\n", line.len ? line.data : "");
		i += (ssize_t)len + 1;
	}
}

int docker_slim_fat_build(struct docker_slim_state *s, struct err *err)
{
	struct docker_slim_fat *f = &s->fat;
	CLEANUP_STRLIST struct strlist words = {0};
	int status = 0;
	if (!f->builder)
		return 0;
	const bool buildah = strcmp(f->builder, "buildah") == 0;
	const char *const fixed[] = {f->builder, buildah ? "bud" : "build", "-t", f->name, "-f", f->dockerfile};
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		strlist_add(&words, fixed[i]);
	strlist_extend(&words, &f->options);
	strlist_add(&words, f->context);
	CLEANUP_FD int log = memfd_create("build", MFD_CLOEXEC);
	if (log < 0)
		return err_sys(err, errno, "builder-log", "keep what %s prints", f->builder);
	fprintf(stderr, "slim: build\n");
	int r = call(&words, f->show ? STDERR_FILENO : log, &status, err);
	if (r < 0)
		return r;
	if (status) {
		show_tail(log);
		return err_set(err, ERR_SYS, "builder-failed", "%s build of %s failed with status %d", f->builder,
			       f->dockerfile, status);
	}
	f->made = true;
	return 0;
}

void docker_slim_fat_remove(struct docker_slim_state *s)
{
	const struct docker_slim_fat *f = &s->fat;
	CLEANUP_STRLIST struct strlist words = {0};
	struct err err = {0};
	int status;
	if (!f->made || (f->tag && !f->remove))
		return;
	strlist_add(&words, f->builder);
	strlist_add(&words, "rmi");
	strlist_add(&words, f->name);
	(void)!call(&words, -1, &status, &err); /* the result is complete; only an image is left over */
}
