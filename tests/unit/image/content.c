#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <sys/time.h>

#include "base/stop.h"
#include "image.h"
#include "image/content.h"

static void request_stop(int signal)
{
	int saved = errno;
	stop_request();
	errno = saved;
}

static void digest_of(const char *name, const void *data, size_t n, uint8_t out[SHA256_SIZE])
{
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_FREE char *path = mem_printf("/%s", name);
	image_init(&m);
	image_bytes(&m, name, data, n, 0644);
	image_index(&m);
	assert_int_equal(image_content_digest(m.index, image_node(&m, path), out, NULL), 0);
}

static void plain(void **state)
{
	uint8_t digest[SHA256_SIZE];
	char hex[SHA256_HEX_SIZE];
	digest_of("a", "abc", 3, digest);
	sha256_hex(digest, hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void compiled_one(const char *name, const char *a, const char *b, bool equal)
{
	uint8_t x[SHA256_SIZE], y[SHA256_SIZE];
	digest_of(name, a, 20, x);
	digest_of(name, b, 20, y);
	assert_true((memcmp(x, y, sizeof(x)) == 0) == equal);
}

static void compiled_python(void **state)
{
	static const char a[] = "\1\2\3\4\0\0\0\0tim1\0\0\0\0code", later[] = "\1\2\3\4\0\0\0\0tim2\0\0\0\0code";
	static const char other[] = "\1\2\3\4\0\0\0\0tim1\0\0\0\0edoc";
	static const char hashed[] = "\1\2\3\4\1\0\0\0hash1234code", hashed_other[] = "\1\2\3\4\1\0\0\0hasX1234code";
	compiled_one("m.pyc", a, later, true);
	compiled_one("m.py", a, later, false);
	compiled_one("m.pyc", a, other, false);
	compiled_one("m.pyc", hashed, hashed_other, false); /* checked by the source's hash */
}

/* One huge file: a terabyte is read for minutes. */
static void a_request_to_stop(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	uint8_t digest[SHA256_SIZE];
	image_init(&m);
	image_bytes(&m, "huge", "", 0, 0644);
	CLEANUP_FD int fd = openat(image_top(&m), "huge", O_WRONLY | O_CLOEXEC);
	assert_int_equal(ftruncate(fd, 1ll << 40), 0);
	image_index(&m);
	const uint32_t node = image_node(&m, "/huge");
	const struct sigaction stop = {.sa_handler = request_stop, .sa_flags = SA_RESTART};
	const struct itimerval soon = {.it_value = {.tv_usec = 5000}};
	assert_int_equal(sigaction(SIGALRM, &stop, NULL), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
	struct err err = {0};
	if (image_content_digest(m.index, node, digest, &err) != -ERR_CANCELLED)
		fail_msg("%s", err.msg);
	stop_forget();
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(plain), cmocka_unit_test(compiled_python),
					   cmocka_unit_test(a_request_to_stop)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
