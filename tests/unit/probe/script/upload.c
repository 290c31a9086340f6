#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "probe/script/upload.h"

/* want: "PROTOCOL SCHEME PATH FIELD FILE BYTES", SCHEME - if none is said; or a part of the message. */
static void read_one(const char *text, const char *want)
{
	static const char *const protocols[] = {"http", "http1", "http2", "websocket", "fastcgi"};
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	struct err err = {0};
	if (probe_upload_read(text, &s, &err) < 0) {
		if (!strstr(err.msg, want))
			fail_msg("%s: %s, not %s", text, err.msg, want);
		return;
	}
	assert_int_equal(s.count, 1);
	const struct probe_request *q = &s.requests[0];
	assert_string_equal(q->method, "POST");
	assert_int_equal(q->n_parts, 1);
	CLEANUP_FREE char *got =
	    mem_printf("%s %s %s %s %s %s", protocols[q->protocol], q->scheme ? q->scheme : "-", q->path,
		       q->parts[0].name, q->parts[0].file_name, q->parts[0].data.len ? "some" : "none");
	assert_string_equal(got, want);
}

static void as_mint_has_them(void **state)
{
	read_one("/upload", "http - /upload file file.data some");
	read_one("generate.image.png:/upload", "http - /upload file file.data some");
	read_one("avatar:generate.text:/upload", "http - /upload avatar file.data some");
	read_one("me.txt:avatar:generate.text:/upload", "http - /upload avatar me.txt some");
	read_one("https:me.txt:avatar:generate.text:/upload", "http https /upload avatar me.txt some");
	read_one("https::::/upload", "http https /upload file file.data some");
	read_one("::/upload", "http - /upload file file.data some");
}

static void a_file_of_this_machine(void **state)
{
	char path[] = "/tmp/slim-test-XXXXXX";
	int fd = mkstemp(path);
	assert_int_equal(write(fd, "data", 4), 4);
	close(fd);
	CLEANUP_FREE char *text = mem_printf("up:%s:/upload", path),
			  *want = mem_printf("http - /upload up %s some", strrchr(path, '/') + 1);
	read_one(text, want);
	unlink(path);
	read_one(text, "No such file");
}

static void what_is_none(void **state)
{
	read_one("", "an upload is [");
	read_one("upload", "an upload is [");
	read_one("x:http:me.txt:avatar:generate.text:/upload", "an upload is [");
	read_one("gopher::::/upload", "gopher");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(as_mint_has_them),
	    cmocka_unit_test(a_file_of_this_machine),
	    cmocka_unit_test(what_is_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
