#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "os/fd.h"
#include "stack/volumes.h"

struct place {
	char path[64];
	int fd, image;
	struct stack_volumes *volumes;
};

static void put(int dir, const char *name, const char *text, mode_t mode)
{
	struct err err = {0};
	assert_int_equal(fd_write_file_atomic(dir, name, text, strlen(text), mode, &err), 0);
}

static int begin(void **state)
{
	struct place *p = mem_alloc(sizeof(*p));
	struct err err = {0};
	strcpy(p->path, "/tmp/slim-volumes-XXXXXX");
	assert_non_null(mkdtemp(p->path));
	p->fd = open(p->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(fd_mkdir_p(p->fd, "image/data/sub", 0750, &err), 0);
	p->image = openat(p->fd, "image", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	put(p->image, "data/seed", "seed", 0640);
	put(p->image, "data/sub/deep", "deep", 0600);
	assert_int_equal(symlinkat("/etc/passwd", p->image, "data/link"), 0);
	assert_int_equal(fchmodat(p->image, "data", 01770, 0), 0);
	assert_int_equal(stack_volumes_new(p->fd, p->path, &p->volumes, &err), 0);
	*state = p;
	return 0;
}

static int end(void **state)
{
	struct place *p = *state;
	char *name = strrchr(p->path, '/') + 1;
	CLEANUP_FD int tmp = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	stack_volumes_free(p->volumes);
	close(p->image);
	close(p->fd);
	(void)!fd_remove_tree(tmp, name, NULL);
	free(p);
	return 0;
}

static void read_one(const char *volume, const char *name, const char *want)
{
	CLEANUP_BUF struct buf b = {0};
	CLEANUP_FREE char *path = mem_printf("%s/%s", volume, name);
	struct err err = {0};
	int r = fd_read_file(AT_FDCWD, path, 100, &b, &err);
	assert_int_equal(r, want ? 0 : -ERR_NOTFOUND);
	if (want)
		assert_string_equal(b.data, want);
}

static void an_empty_one_is_filled(void **state)
{
	struct place *p = *state;
	struct err err = {0};
	struct stat st;
	char target[32] = {0};
	CLEANUP_FREE char *path = NULL, *again = NULL, *other = NULL;
	assert_int_equal(stack_volumes_path(p->volumes, "a", &path, &err), 0);
	assert_int_equal(stack_volumes_fill(p->volumes, "a", p->image, "/data", &err), 0);
	read_one(path, "seed", "seed");
	read_one(path, "sub/deep", "deep");
	CLEANUP_FREE char *link = mem_printf("%s/link", path);
	assert_int_equal(readlink(link, target, sizeof(target) - 1), 11);
	assert_string_equal(target, "/etc/passwd");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 01770);
	CLEANUP_FREE char *seed = mem_printf("%s/seed", path);
	assert_int_equal(stat(seed, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	/* what a container changed stays */
	assert_int_equal(unlink(seed), 0);
	assert_int_equal(stack_volumes_fill(p->volumes, "a", p->image, "/data", &err), 0);
	read_one(path, "seed", NULL);
	assert_int_equal(stack_volumes_path(p->volumes, "a", &again, &err), 0);
	assert_string_equal(again, path);
	assert_int_equal(stack_volumes_path(p->volumes, "b", &other, &err), 0);
	assert_string_not_equal(other, path);
	/* anew */
	assert_int_equal(stack_volumes_clear(p->volumes, &err), 0);
	assert_int_not_equal(access(path, F_OK), 0);
	assert_int_equal(stack_volumes_fill(p->volumes, "a", p->image, "/data", &err), 0);
	read_one(path, "seed", "seed");
}

static void nothing_to_copy(void **state)
{
	struct place *p = *state;
	struct err err = {0};
	CLEANUP_FREE char *path = NULL;
	assert_int_equal(stack_volumes_path(p->volumes, "a", &path, &err), 0);
	assert_int_equal(stack_volumes_fill(p->volumes, "a", p->image, "/absent", &err), 0);
	assert_int_equal(stack_volumes_fill(p->volumes, "a", p->image, "/data/seed", &err), 0);
	assert_int_equal(stack_volumes_fill(p->volumes, "a", -1, "/data", &err), 0);
	assert_int_equal(rmdir(path), 0);
}

/* An image whose directory leads out of it. */
static void a_link_stays_inside(void **state)
{
	struct place *p = *state;
	struct err err = {0};
	CLEANUP_FREE char *path = NULL;
	assert_int_equal(symlinkat("../../../../../../..", p->image, "out"), 0);
	assert_int_equal(stack_volumes_path(p->volumes, "a", &path, &err), 0);
	assert_int_equal(stack_volumes_fill(p->volumes, "a", p->image, "/out/data", &err), 0);
	read_one(path, "seed", "seed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(an_empty_one_is_filled, begin, end),
	    cmocka_unit_test_setup_teardown(nothing_to_copy, begin, end),
	    cmocka_unit_test_setup_teardown(a_link_stays_inside, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
