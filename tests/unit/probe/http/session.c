#include "probe/http/scripts.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/un.h>

static struct test_server server;

static bool site(struct test_conn *c, const char *method, const char *path)
{
	if (!strstr(c->head, strcmp(path, "/named") == 0 ? "\r\nHost: web.example\r\n" : "\r\nHost: localhost\r\n"))
		return test_reply(c, "421 Misdirected", "", "", 0);
	if (strcmp(path, "/") == 0)
		return test_reply(c, "200 OK", "Content-Type: text/html\r\n", "<a href=/next>", 14);
	return test_reply(c, "200 OK", "", "", 0);
}

/* A socket below the folder; nothing listens there yet. */
static int socket_at(const char *folder, const char *name)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	snprintf(at.sun_path, sizeof(at.sun_path), "%s/%s", folder, name);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

static void steps_over_sockets(struct probe_script *s, const char *want)
{
	const struct probe_http_options crawl = {.max_pages = 10, .max_depth = 3, .timeout_ms = 60000};
	const struct probe_script_options o = {.script = s, .timeout_ms = 60000, .crawl = &crawl};
	int r;
	struct exercise_log log = run_log(&o, NULL, 0, NULL, &r, NULL);
	assert_int_equal(r, 0);
	for (size_t i = 0; i < log.count; i++)
		assert_int_equal(log.steps[i].port, 0);
	CLEANUP_FREE char *got = lines_of(&log);
	steps_are(got, want);
}

static struct probe_request *over(struct probe_script *s, const char *path, const char *socket)
{
	struct probe_request *q = add(s, "GET", path, 200, 200);
	q->socket = mem_strdup(socket);
	return q;
}

/* Through a symlink that is absolute in the container, and none that leads out of it. */
static void http_over_a_socket(void **state)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	char folder[] = "/tmp/slim-session-XXXXXX";
	assert_non_null(mkdtemp(folder));
	int fd = socket_at(folder, "s.sock");
	scripts_root = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(symlinkat("/s.sock", scripts_root, "link"), 0);
	test_server_start_at(&server, fd, false, site);
	over(&s, "/", "/s.sock")->crawl = true;
	over(&s, "/a", "/link");
	over(&s, "/named", "/s.sock")->host = mem_strdup("web.example");
	over(&s, "/b", "/s.sock");
	steps_over_sockets(&s, "GET / over /s.sock 200 14 +\nGET /next 200 0\nGET /a over /link 200 0 +\n"
			       "GET /named over /s.sock 200 0 +\nGET /b over /s.sock 200 0 +\n");
	scripts_variant = 1;
	steps_over_sockets(&s, "GET / over /s.sock 200 14 +\nGET /next 200 0\nGET /a over /link 200 0 +\n"
			       "GET /b over /s.sock 200 0 +\nGET /named over /s.sock 200 0 +\n");
	scripts_variant = 0;
	test_server_stop(&server);
	unlinkat(scripts_root, "s.sock", 0);
	unlinkat(scripts_root, "link", 0);
	cleanup_closep(&scripts_root);
	scripts_root = -1;
	rmdir(folder);
}

struct late {
	int fd;
	struct test_server *server;
};

/* Listens once it was tried in vain. */
static void *begin_late(void *arg)
{
	struct late *l = arg;
	assert_int_equal(progress_wait(NULL, 120, NULL), 0);
	assert_int_equal(listen(l->fd, 8), 0);
	test_server_start_at(l->server, l->fd, false, site);
	return NULL;
}

static void a_socket_that_comes_later(void **state)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	char folder[] = "/tmp/slim-session-XXXXXX";
	pthread_t thread;
	assert_non_null(mkdtemp(folder));
	struct late late = {socket_at(folder, "s.sock"), &server};
	scripts_root = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(pthread_create(&thread, NULL, begin_late, &late), 0);
	over(&s, "/a", "/s.sock");
	steps_over_sockets(&s, "GET /a over /s.sock 200 0 +\n");
	pthread_join(thread, NULL);
	test_server_stop(&server);
	unlinkat(scripts_root, "s.sock", 0);
	cleanup_closep(&scripts_root);
	scripts_root = -1;
	rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(http_over_a_socket),
	    cmocka_unit_test(a_socket_that_comes_later),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
