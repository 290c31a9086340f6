#include "unit.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "os/fd.h"
#include "run/bridge/helper.h"

static void the_command_line(void **state)
{
	const struct run_bridge_port port = {"", 8080, {80, false}};
	struct run_bridge_plan plan = {.namespace = "/ns", .ready_fd = 7, .forwards_names = true};
	CLEANUP_STRLIST struct strlist plain = {0}, published = {0};
	run_bridge_slirp4netns.add_argv(&plan, &plain);
	assert_true(strlist_has(&plain, "--disable-host-loopback"));
	assert_true(strlist_has(&plain, "--enable-sandbox"));
	assert_true(strlist_has(&plain, "--ready-fd=7"));
	assert_false(strlist_has(&plain, "--disable-dns"));
	assert_false(strlist_has(&plain, "--api-socket=slirp4netns.socket"));
	assert_string_equal(plain.items[plain.count - 2], "/ns");
	plan.forwards_names = false;
	plan.ports = &port;
	plan.n_ports = 1;
	run_bridge_slirp4netns.add_argv(&plan, &published);
	assert_true(strlist_has(&published, "--disable-dns"));
	assert_true(strlist_has(&published, "--api-socket=slirp4netns.socket"));
}

struct api {
	int fd;
	const char *answer;
	struct buf asked;
};

/* slirp4netns, once. */
static void *serve(void *arg)
{
	struct api *a = arg;
	CLEANUP_FD int fd = accept4(a->fd, NULL, NULL, SOCK_CLOEXEC);
	(void)!fd_read_all(fd, 4096, "request", &a->asked, NULL);
	(void)!fd_write_all(fd, a->answer, strlen(a->answer), NULL);
	return NULL;
}

static void forward_one(const char *answer, int want, const char *says)
{
	char dir[] = "/tmp/slim-test-XXXXXX";
	assert_non_null(mkdtemp(dir));
	CLEANUP_FD int dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	snprintf(a.sun_path, sizeof(a.sun_path), "%s/slirp4netns.socket", dir);
	struct api api = {.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), .answer = answer};
	assert_int_equal(bind(api.fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(api.fd, 1), 0);
	pthread_t thread;
	assert_int_equal(pthread_create(&thread, NULL, serve, &api), 0);

	const struct run_bridge_port port = {"127.0.0.1", 8080, {80, false}};
	struct err err = {0};
	assert_int_equal(
	    run_bridge_slirp4netns.forward(dir_fd, &(struct run_bridge_plan){.ports = &port, .n_ports = 1}, &err),
	    want);
	pthread_join(thread, NULL);
	if (says)
		assert_non_null(strstr(err.msg, says));
	buf_char(&api.asked, '\0');
	assert_non_null(strstr(api.asked.data, "add_hostfwd"));
	assert_non_null(strstr(api.asked.data, "8080"));
	assert_non_null(strstr(api.asked.data, "127.0.0.1"));
	buf_done(&api.asked);
	close(api.fd);
	unlink(a.sun_path);
	rmdir(dir);
}

static void ports_are_forwarded_by_its_socket(void **state)
{
	forward_one("{\"return\": {\"id\": 1}}", 0, NULL);
	forward_one("{\"error\": {\"desc\": \"no such address\"}}", -ERR_SYS, "no such address");
	forward_one("{", -ERR_SYS, "it gave no reason");
	forward_one("", -ERR_SYS, "it gave no reason");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_command_line),
	    cmocka_unit_test(ports_are_forwarded_by_its_socket),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
