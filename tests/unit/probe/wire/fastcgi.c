#include "unit.h"

#include <fcntl.h>

#include "base/limits.h"
#include "os/fd.h"
#include "probe/wire/carrier.h"
#include "probe/client/peer.h"

#define RECORD(type, length) "\1" type "\0\1" length "\0\0"
#define SAYS(text) text, sizeof(text) - 1
#define END                                                                                                            \
	"\1\3\0\1\0\10\0\0"                                                                                            \
	"\0\0\0\0\0\0\0\0"

/* Asks a service that says n bytes. got: status, headers and body, or the error. heard: what it was sent. */
static char *ask(const struct probe_carrier_request *q, const char *says, size_t n, struct buf *heard)
{
	const struct peer_line part[] = {{"SCRIPT_FILENAME", says, n}, {0}};
	struct probe_carrier_request copy = *q;
	struct probe_carrier_answer a;
	struct err err = {0};
	struct buf b = {0};
	struct peer p;
	peer_start(&p, part, false);
	copy.port = p.port;
	copy.timeout_ms = 60000;
	const struct exercise_target t = {.host = "127.0.0.1", .host_mount_ns = -1, .root = -1};
	int r = probe_fastcgi(&t, &copy, &a, &err);
	peer_stop(&p);
	if (r < 0) {
		buf_str(&b, err.id);
	} else {
		buf_printf(&b, "%d", a.status);
		for (size_t i = 0; i < a.headers.count; i++)
			buf_printf(&b, "|%s", a.headers.items[i]);
		buf_printf(&b, "|%llu|", (unsigned long long)a.body_bytes);
		buf_escape(&b, a.body.data ? a.body.data : "", a.body.len < 100 ? a.body.len : 100);
	}
	probe_carrier_answer_done(&a);
	if (heard)
		*heard = p.heard;
	else
		buf_done(&p.heard);
	return buf_steal(&b);
}

static void answer_one(const char *says, size_t n, const char *want)
{
	const struct probe_carrier_request q = {.method = "GET", .path = "/"};
	CLEANUP_FREE char *got = ask(&q, says, n, NULL);
	assert_string_equal(got, want);
}
#define ANSWER(says, want) answer_one(says, sizeof(says) - 1, want)

static void answers(void **state)
{
	ANSWER(RECORD("\6", "\0\31") "Content-type: text/html\r\n" RECORD("\6", "\0\5") "\r\nabc" END,
	       "200|Content-type: text/html|3|abc");
	ANSWER(RECORD("\7", "\0\3") "oh!" RECORD("\6", "\0\36") "Status: 404 Not Found\nA: b\n\nno" END,
	       "404|Status: 404 Not Found|A: b|2|no");
	ANSWER(RECORD("\6", "\0\16") "Location: /x\n\n" END, "302|Location: /x|0|");
	ANSWER("", "wire-ended");
	ANSWER("HTTP/1.1 400 Bad Request\r\n\r\n", "fastcgi-malformed");
	ANSWER(RECORD("\6", "\377\377") "A: b\n\n", "wire-ended");
	ANSWER(END, "fastcgi-empty");
	ANSWER(RECORD("\6", "\0\6") "garbag" END, "carrier-header-malformed");
	ANSWER(RECORD("\6", "\0\14") "Status: x\nA:" END, "fastcgi-malformed");
	ANSWER("\1\3\0\1\0\10\0\0"
	       "\0\0\0\0\2\0\0\0",
	       "fastcgi-refused");
	ANSWER("\1\3\0\1\0\10\0\0"
	       "\0\0\0\0\377\0\0\0",
	       "fastcgi-refused");
	ANSWER("\1\3\0\1\0\0\0\0", "fastcgi-malformed");
}

static void a_long_body_is_cut(void **state)
{
	CLEANUP_BUF struct buf says = {0};
	static char part[65535];
	buf_append(&says, RECORD("\6", "\0\6") "A: b\n\n", 14);
	for (int i = 0; i < 70; i++) {
		buf_append(&says, RECORD("\6", "\377\377"), 8);
		buf_append(&says, part, sizeof(part));
	}
	const struct probe_carrier_request q = {.method = "GET", .path = "/"};
	CLEANUP_FREE char *got = ask(&q, says.data, says.len, NULL);
	assert_non_null(strstr(got, "200|A: b|"));
	assert_true(strtoull(got + 9, NULL, 10) > LIMIT_HTTP_BODY);
}

/* Whether the request had the parameter, as a name and value with their lengths before them. */
static void parameter(const struct buf *heard, const char *name, const char *value)
{
	CLEANUP_BUF struct buf want = {0};
	buf_printf(&want, "%c%c%s%s", (int)strlen(name), (int)strlen(value), name, value);
	if (!*value) { /* a length of 0 ends a string */
		want.len = 0;
		buf_char(&want, (char)strlen(name));
		buf_char(&want, 0);
		buf_str(&want, name);
	}
	if (!memmem(heard->data, heard->len, want.data, want.len))
		fail_msg("no %s=%s", name, value);
}

static void what_is_sent(void **state)
{
	char type[] = "content-type: text/plain", agent[] = "User-Agent: me", root[] = "DOCUMENT_ROOT=/srv/x",
	     own[] = "A=b";
	char *headers[] = {type, agent}, *params[] = {root, own};
	const struct strlist list = {.items = headers, .count = 2}, given = {.items = params, .count = 2};
	const struct buf body = {.data = type, .len = 7};
	const struct probe_carrier_request q = {.method = "POST",
						.path = "/a/b.php/more?x=1",
						.host = "site",
						.headers = &list,
						.params = &given,
						.body = &body};
	struct buf heard;
	free(ask(&q, END, 16, &heard));
	assert_memory_equal(heard.data, "\1\1\0\1\0\10\0\0\0\1\0\0\0\0\0\0\1\4", 18);
	parameter(&heard, "SCRIPT_FILENAME", "/srv/x/a/b.php");
	parameter(&heard, "SCRIPT_NAME", "/a/b.php");
	parameter(&heard, "PATH_INFO", "/more");
	parameter(&heard, "QUERY_STRING", "x=1");
	parameter(&heard, "REQUEST_METHOD", "POST");
	parameter(&heard, "CONTENT_TYPE", "text/plain");
	parameter(&heard, "CONTENT_LENGTH", "7");
	parameter(&heard, "DOCUMENT_ROOT", "/srv/x");
	parameter(&heard, "HTTP_USER_AGENT", "me");
	parameter(&heard, "A", "b");
	parameter(&heard, "HTTP_HOST", "site");
	parameter(&heard, "REDIRECT_STATUS", "200");
	assert_memory_equal(heard.data + heard.len - 23, "\1\5\0\1\0\7\0\0content\1\5\0\1\0\0\0\0", 23);
	buf_done(&heard);
}

static void a_directory_has_an_index(void **state)
{
	const struct probe_carrier_request q = {.method = "GET", .path = "/"};
	struct buf heard;
	free(ask(&q, END, 16, &heard));
	parameter(&heard, "SCRIPT_FILENAME", "/var/www/html/index.php");
	parameter(&heard, "QUERY_STRING", "");
	parameter(&heard, "CONTENT_LENGTH", "");
	buf_done(&heard);
}

/* SCRIPT_FILENAME of a request for path in a container that has these files. */
static void script_one(int root, const char *path, const char *want)
{
	const struct peer_line part[] = {{"SCRIPT_FILENAME", SAYS(END)}, {0}};
	struct peer p;
	struct probe_carrier_answer a;
	peer_start(&p, part, false);
	const struct probe_carrier_request q = {.method = "GET", .path = path, .port = p.port, .timeout_ms = 60000};
	const struct exercise_target t = {.host = "127.0.0.1", .host_mount_ns = -1, .root = root};
	assert_int_equal(probe_fastcgi(&t, &q, &a, NULL), -ERR_PROTO);
	peer_stop(&p);
	parameter(&p.heard, "SCRIPT_FILENAME", want);
	probe_carrier_answer_done(&a);
	buf_done(&p.heard);
}

static void scripts_are_looked_for(void **state)
{
	char dir[] = "/tmp/slim-fastcgi-XXXXXX";
	assert_non_null(mkdtemp(dir));
	int root = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(fd_mkdir_p(root, "srv", 0755, NULL), 0);
	assert_int_equal(fd_mkdir_p(root, "app/public", 0755, NULL), 0);
	assert_int_equal(fd_write_file_atomic(root, "srv/a.php", "", 0, 0644, NULL), 0);
	assert_int_equal(fd_write_file_atomic(root, "app/public/index.php", "", 0, 0644, NULL), 0);
	script_one(root, "/a.php/more", "/srv/a.php");
	script_one(root, "/", "/app/public/index.php");
	script_one(root, "/users/1?x", "/app/public/index.php");
	script_one(root, "/none.php", "/var/www/html/none.php");
	close(root);
	fd_remove_tree(AT_FDCWD, dir, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(answers),
	    cmocka_unit_test(a_long_body_is_cut),
	    cmocka_unit_test(what_is_sent),
	    cmocka_unit_test(a_directory_has_an_index),
	    cmocka_unit_test(scripts_are_looked_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
