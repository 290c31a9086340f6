#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/fd.h"
#include "probe/routes/routes.h"

static void put(int dir, const char *path, const char *text)
{
	CLEANUP_FREE char *parent = mem_strdup(path);
	char *slash = strrchr(parent, '/');
	if (slash) {
		*slash = '\0';
		assert_int_equal(fd_mkdir_p(dir, parent, 0755, NULL), 0);
	}
	assert_int_equal(fd_write_file_atomic(dir, path, text, strlen(text), 0644, NULL), 0);
}

/* A shell that waits in the directory; its command names app.py. */
static pid_t start(int dir, int input)
{
	int executed[2];
	char c;
	assert_int_equal(pipe2(executed, O_CLOEXEC), 0);
	pid_t pid = fork();
	if (pid == 0) {
		if (fchdir(dir) == 0 && dup2(input, 0) == 0)
			execl("/bin/sh", "sh", "-c", "read line", "app.py", NULL);
		_exit(1);
	}
	close(executed[1]);
	assert_int_equal(read(executed[0], &c, 1), 0);
	close(executed[0]);
	return pid;
}

static bool has(const struct probe_routes_port *p, const char *path)
{
	return strlist_has(&p->paths, path);
}

static void expect_paths(const struct probe_routes_place *place)
{
	static const struct probe_routes_place nowhere = {0, -1};
	CLEANUP_STRSET struct strset asked = {0};
	struct probe_routes r;
	strset_add(&asked, "/public/css/site.css?v=1");
	probe_routes_init(&r);
	struct probe_routes_port *p = probe_routes_of(&r, place, 80, &asked);
	assert_true(has(p, "/items"));
	assert_true(has(p, "/more"));
	assert_true(has(p, "/public/img/dot.png"));
	assert_false(has(p, "/public/.secret"));
	assert_false(has(p, "/dependency"));
	assert_false(has(p, "/hidden"));
	/* The same whatever runs then. */
	assert_ptr_equal(probe_routes_of(&r, &nowhere, 80, &asked), p);
	assert_true(has(probe_routes_of(&r, &nowhere, 81, &asked), "/items"));
	probe_routes_done(&r);
}

static void of_a_process(void **state)
{
	char path[] = "/tmp/slim-test-XXXXXX";
	int input[2];
	assert_non_null(mkdtemp(path));
	CLEANUP_FD int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_FD int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	put(dir, "app.py", "@app.route('/items')\n");
	put(dir, "lib/more.py", "get('/more')\n");
	put(dir, "node_modules/x.js", "get('/dependency')\n");
	put(dir, ".git/config", "/hidden\n");
	put(dir, "static/css/site.css", "\n");
	put(dir, "static/img/dot.png", "\n");
	put(dir, "static/.secret", "\n");
	assert_int_equal(pipe2(input, O_CLOEXEC), 0);
	pid_t pid = start(dir, input[0]);
	const struct probe_routes_place place = {pid, root};
	expect_paths(&place);
	close(input[0]);
	close(input[1]);
	waitpid(pid, NULL, 0);
	assert_int_equal(fd_remove_tree(AT_FDCWD, path, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(of_a_process)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
