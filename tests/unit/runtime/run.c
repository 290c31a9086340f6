/* The real runtimes, on bundles of ours: skipped without root, or when the machine has no such runtime. */
#include "runtime/tree.h"

#include <errno.h>
#include <libgen.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "base/limits.h"
#include "os/subproc.h"
#include "runtime/bundle.h"
#include "runtime/mounts.h"
#include "runtime/network.h"
#include "runtime/runtime.h"

#define TIMEOUT_MS 60000

static const char image[] =
    "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]},\"config\":{"
    "\"Env\":[\"A=1\"],\"Entrypoint\":[\"/child\"],\"Cmd\":[\"exit\",\"7\"],\"WorkingDir\":\"/srv/here\","
    "\"Volumes\":{\"/data\":{}}}}";

static bool isolated;
static int host_ns = -1;

/* root/ with only the static child in it, bundle/, state/. */
static struct container {
	struct tree all, root;
	struct runtime runtime;
	struct runtime_bundle bundle;
	struct oci_image_config config;
	struct subproc run; /* the runtime */
	int out;            /* what the container writes */
	struct buf text;    /* of it, so far */
	char id[64];
} current; /* undone by the test's teardown, which a failing assertion does not skip */

static void put_child(struct tree *root)
{
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	assert_true(n > 0);
	self[n] = '\0';
	CLEANUP_FREE char *path = mem_printf("%s/runtime/runtime-child", dirname(self));
	CLEANUP_FD int from = open(path, O_RDONLY | O_CLOEXEC);
	CLEANUP_FD int to = openat(root->fd, "child", O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	struct stat st;
	assert_int_equal(fstat(from, &st), 0);
	assert_int_equal(fd_copy(from, to, (uint64_t)st.st_size, NULL), 0);
	assert_int_equal(fchmod(to, 0755), 0);
}

/* NULL: the runtime is not there. */
static struct container *container_new(const char *runtime)
{
	static int number;
	struct err err = {0};
	struct container *c = &current;
	*c = (struct container){.run.pidfd = -1, .out = -1};
	const char *require = getenv("SLIM_TEST_REQUIRE");
	bool must = require && strstr(require, runtime);
	if (!isolated && !must)
		return NULL;
	assert_true(isolated);
	int r = runtime_find(runtime, "/", &c->runtime, &err);
	if (r == -ERR_NOTFOUND && !must)
		return NULL;
	if (r < 0 || runtime_prepare(&c->runtime, &err) < 0)
		fail_msg("%s", err.msg);
	c->all = tree_new();
	tree_mkdir(&c->all, "root");
	tree_mkdir(&c->all, "bundle");
	free(c->runtime.state_dir);
	c->runtime.state_dir = mem_printf("%s/state", c->all.path);
	c->root.fd = openat(c->all.fd, "root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	put_child(&c->root);
	snprintf(c->id, sizeof(c->id), "slimtestname-%d-%d", (int)getpid(), number++);
	assert_int_equal(oci_image_config_parse(image, strlen(image), &c->config, NULL), 0);
	return c;
}

static int call(struct strlist *argv, int out)
{
	struct subproc_command cmd = {.argv = argv->items, .dir_fd = AT_FDCWD, .in = -1, .out = out, .err = 2};
	CLEANUP_SUBPROC struct subproc p = {.pidfd = -1};
	int status = -1;
	assert_int_equal(subproc_start(&cmd, &p, NULL), 0);
	assert_int_equal(subproc_wait(&p, TIMEOUT_MS, NULL, &status, NULL), 0);
	return status;
}

static int container_delete(struct container *c)
{
	CLEANUP_STRLIST struct strlist argv = {0};
	runtime_delete_argv(&c->runtime, c->id, &argv);
	return call(&argv, -1);
}

/* Until the runtime has written down that it runs: crun starts the container before. */
static void container_until_known(struct container *c)
{
	CLEANUP_STRLIST struct strlist argv = {0};
	strlist_add(&argv, c->runtime.path);
	strlist_add(&argv, "--root");
	strlist_add(&argv, c->runtime.state_dir);
	strlist_add(&argv, "state");
	strlist_add(&argv, c->id);
	for (int tries = 0; call(&argv, -1) != 0; tries++)
		assert_true(tries < 1000);
}

static int teardown(void **state)
{
	struct container *c = &current;
	if (!c->all.path)
		return 0;
	subproc_done(&c->run);
	assert_int_equal(container_delete(c), 0);
	runtime_bundle_done(&c->bundle);
	runtime_done(&c->runtime);
	oci_image_config_done(&c->config);
	buf_done(&c->text);
	close(c->root.fd);
	if (c->out >= 0)
		close(c->out);
	tree_done(&c->all);
	return 0;
}

static void container_start(struct container *c, const struct runtime_bundle_options *options)
{
	struct err err = {0};
	CLEANUP_FREE char *dir = mem_printf("%s/bundle", c->all.path), *root = mem_printf("%s/root", c->all.path);
	if (runtime_bundle_write(dir, root, c->root.fd, c->id, &c->config, options, &c->bundle, &err) < 0)
		fail_msg("%s", err.msg);
	int ends[2];
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	c->out = ends[0];
	CLEANUP_STRLIST struct strlist argv = {0};
	runtime_run_argv(&c->runtime, c->bundle.path, c->id, &argv);
	struct subproc_command cmd = {.argv = argv.items, .dir_fd = AT_FDCWD, .in = -1, .out = ends[1], .err = 2};
	int r = subproc_start(&cmd, &c->run, &err);
	close(ends[1]);
	if (r < 0)
		fail_msg("%s", err.msg);
}

/* Read the container's output until it says so. */
static void container_until(struct container *c, const char *line)
{
	while (!c->text.data || !strstr(c->text.data, line)) {
		char block[4096];
		struct pollfd p = {.fd = c->out, .events = POLLIN};
		ssize_t n = poll(&p, 1, TIMEOUT_MS) == 1 ? read(c->out, block, sizeof(block)) : -1;
		if (n <= 0)
			fail_msg("the container ended without \"%s\": %s", line, c->text.data ? c->text.data : "");
		buf_append(&c->text, block, (size_t)n);
	}
}

static int container_status(struct container *c)
{
	int status = -1;
	assert_int_equal(subproc_wait(&c->run, TIMEOUT_MS, NULL, &status, NULL), 0);
	return status;
}

static void said(struct container *c, const char *const *lines)
{
	for (; *lines; lines++) {
		CLEANUP_FREE char *line = mem_printf("%s\n", *lines);
		if (!strstr(c->text.data, line))
			fail_msg("not seen in the container: %s\n%s", *lines, c->text.data);
	}
}

static void as_root_in_a_private_network(void **state)
{
	struct container *c = container_new(*state);
	if (!c)
		skip();
	container_start(c, &(struct runtime_bundle_options){0});
	container_until(c, "done\n");
	assert_int_equal(container_status(c), 7);
	said(c, (const char *const[]){
		    "uid 0 gid 0 groups 0",
		    "umask 0022",
		    "cwd /srv/here",
		    "hostname slimtestname",
		    "env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		    "env HOSTNAME=slimtestname",
		    "env A=1",
		    "env HOME=/",
		    "status: CapInh:\t0000000000000000",
		    "status: CapAmb:\t0000000000000000",
		    "status: NoNewPrivs:\t0",
		    "hosts: 127.0.0.1\tlocalhost",
		    "lo up",
		    "port 81 free",
		    "/dev/null device 0666",
		    "/dev/shm directory 1777",
		    "/data directory 0755",
		    "/sys/kernel directory 0755",
		    NULL,
		});
	assert_null(strstr(c->text.data, "resolv:"));
}

static void as_a_user(void **state)
{
	struct container *c = container_new(*state);
	if (!c)
		skip();
	tree_file(&c->root, "etc/passwd", "app:x:1000:1001::/home/app:\n");
	tree_file(&c->root, "etc/group", "video:x:44:app\n");
	container_start(c, &(struct runtime_bundle_options){.user = "app"});
	container_until(c, "done\n");
	assert_int_equal(container_status(c), 7);
	said(c, (const char *const[]){
		    "uid 1000 gid 1001 groups 44 1001",
		    "env HOME=/home/app",
		    "status: CapPrm:\t0000000000000000",
		    "status: CapEff:\t0000000000000000",
		    "lo up",
		    "port 81 free", /* as Docker: any port for any user */
		    NULL,
		});
	assert_null(strstr(c->text.data, "CapBnd:\t0000000000000000"));
}

static void in_the_hosts_network(void **state)
{
	struct container *c = container_new(*state);
	if (!c)
		skip();
	container_start(c, &(struct runtime_bundle_options){.network = RUNTIME_NETWORK_HOST});
	container_until(c, "done\n");
	assert_int_equal(container_status(c), 7);
	said(c, (const char *const[]){"/sys/kernel directory 0755", NULL});
}

/* The files we mount must not reach the host through the image's symlinks. */
static void files_mounted_over_symlinks(void **state)
{
	struct container *c = container_new(*state);
	if (!c)
		skip();
	tree_mkdir(&c->all, "outside");
	tree_mkdir(&c->root, "etc");
	CLEANUP_FREE char *absolute = mem_printf("%s/outside/hosts", c->all.path);
	tree_symlink(&c->root, absolute, "etc/hosts");
	tree_symlink(&c->root, "../../outside/hostname", "etc/hostname");
	tree_symlink(&c->root, "../run/resolv.conf", "etc/resolv.conf");
	container_start(c, &(struct runtime_bundle_options){0});
	container_until(c, "done\n");
	assert_int_equal(container_status(c), 7);
	said(c, (const char *const[]){"hosts: 127.0.0.1\tlocalhost", "hostname file: slimtestname", NULL});
	assert_int_equal(unlinkat(c->all.fd, "outside", AT_REMOVEDIR), 0); /* nothing was created in it */
}

static void exec_joins_it(void **state)
{
	struct container *c = container_new(*state);
	if (!c)
		skip();
	char wait[] = "wait", *wait_list[] = {wait, NULL};
	const struct strlist cmd = {.items = wait_list, .count = 1};
	container_start(c, &(struct runtime_bundle_options){.cmd = &cmd});
	container_until(c, "waiting\n");
	char child[] = "/child", exits[] = "exit", five[] = "5", *argv[] = {child, exits, five, NULL};
	container_until_known(c);
	CLEANUP_FREE char *file = NULL;
	assert_int_equal(runtime_bundle_write_exec(&c->bundle, "exec", argv, &file, NULL), 0);
	CLEANUP_FD int out = openat(c->all.fd, "exec.out", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	CLEANUP_STRLIST struct strlist exec = {0};
	runtime_exec_argv(&c->runtime, c->id, file, &exec);
	assert_int_equal(call(&exec, out), 5);
	buf_done(&c->text);
	c->text.len = 0;
	CLEANUP_FREE char *text = tree_read(&c->all, "exec.out");
	buf_str(&c->text, text);
	said(c, (const char *const[]){"cwd /srv/here", "env A=1", "hostname slimtestname", "lo up", "done", NULL});
	(void)container_delete(c); /* may lose against run's own clean-up */
	assert_int_equal(container_status(c), 128 + SIGKILL);
}

/* Whatever ends the runtime, delete --force ends the container: its end of the pipe closes. */
static void delete_after_the_runtime_was_killed(void **state)
{
	struct container *c = container_new(*state);
	if (!c)
		skip();
	char wait[] = "wait", *wait_list[] = {wait, NULL};
	const struct strlist cmd = {.items = wait_list, .count = 1};
	container_start(c, &(struct runtime_bundle_options){.cmd = &cmd});
	container_until(c, "waiting\n");
	container_until_known(c);
	assert_int_equal(kill(c->run.pid, SIGKILL), 0);
	assert_int_equal(container_status(c), 128 + SIGKILL);
	assert_int_equal(container_delete(c), 0);
	char byte;
	struct pollfd p = {.fd = c->out, .events = POLLIN};
	assert_int_equal(poll(&p, 1, TIMEOUT_MS), 1);
	assert_int_equal(read(c->out, &byte, 1), 0);
}

static char *link_of(const char *path)
{
	char text[256];
	ssize_t n = readlink(path, text, sizeof(text));
	assert_true(n > 0);
	return mem_strndup(text, (size_t)n);
}

#ifndef __SANITIZE_THREAD__ /* which gives a forked child a second thread: setns(2) refuses such a process */
static void back_in_the_hosts_mounts(void **state)
{
	if (!isolated)
		skip();
	CLEANUP_FREE char *ours = link_of("/proc/self/ns/mnt"), *cwd = getcwd(NULL, 0);
	pid_t pid = fork();
	if (pid == 0) {
		int r = runtime_mounts_enter(host_ns);
		CLEANUP_FREE char *theirs = link_of("/proc/self/ns/mnt"), *now = getcwd(NULL, 0);
		_exit(r || strcmp(ours, theirs) == 0 || strcmp(now, cwd) != 0);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(runtime_mounts_enter(-1), EBADF);
}
#endif

static void into_a_network(void **state)
{
	if (!isolated)
		skip();
	int ready[2];
	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	pid_t pid = fork();
	if (pid == 0) {
		int ok = unshare(CLONE_NEWNET);
		(void)!write(ready[1], &ok, sizeof(ok));
		for (;;)
			pause();
	}
	int ok = -1;
	assert_int_equal(read(ready[0], &ok, sizeof(ok)), sizeof(ok));
	CLEANUP_FD int ns = runtime_network_of(pid, NULL);
	CLEANUP_FREE char *before = link_of("/proc/self/ns/net");
	CLEANUP_FD int own = runtime_network_of(getpid(), NULL);
	int entered = runtime_network_enter(ns);
	CLEANUP_FREE char *inside = link_of("/proc/self/ns/net");
	int left = runtime_network_enter(own);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(ready[0]);
	close(ready[1]);
	assert_true(ok == 0 && entered == 0 && left == 0);
	assert_string_not_equal(before, inside);
	assert_int_equal(runtime_network_of(pid, NULL), -ERR_NOTFOUND);
}

#define WITH(name, runtime)                                                                                            \
	{                                                                                                              \
#name " (" runtime ")", name, NULL, teardown, (void *)runtime                                          \
	}
#define WITH_BOTH(name) WITH(name, "runc"), WITH(name, "crun")

int main(void)
{
	const struct CMUnitTest tests[] = {
#ifndef __SANITIZE_THREAD__
	    cmocka_unit_test(back_in_the_hosts_mounts),
#endif
	    cmocka_unit_test(into_a_network),
	    WITH_BOTH(as_root_in_a_private_network),
	    WITH_BOTH(as_a_user),
	    WITH_BOTH(in_the_hosts_network),
	    WITH_BOTH(files_mounted_over_symlinks),
	    WITH_BOTH(exec_joins_it),
	    WITH_BOTH(delete_after_the_runtime_was_killed),
	};
	isolated = runtime_mounts_isolate(&host_ns, NULL) == 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
