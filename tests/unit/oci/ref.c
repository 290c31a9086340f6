#include "unit.h"

#include "base/limits.h"
#include "base/mem.h"
#include "oci/ref.h"

static void parse_one(const char *s, const char *scheme, const char *location, const char *tag)
{
	CLEANUP_REF struct oci_ref r = {0};
	struct err err = {0};
	assert_int_equal(oci_ref_parse(s, &r, &err), 0);
	assert_string_equal(r.scheme, scheme);
	assert_string_equal(r.location, location);
	if (tag)
		assert_string_equal(r.tag, tag);
	else
		assert_null(r.tag);
	CLEANUP_FREE char *text = oci_ref_text(&r);
	assert_string_equal(text, s);
}

static void parse(void **state)
{
	parse_one("oci:dir", "oci", "dir", NULL);
	parse_one("oci:dir:tag", "oci", "dir", "tag");
	parse_one("oci:/a b/c:nginx:1.25", "oci", "/a b/c", "nginx:1.25");
	parse_one("oci:dir:host:5000/a:b", "oci", "dir", "host:5000/a:b");
	parse_one("oci-archive:x.tar", "oci-archive", "x.tar", NULL);
	parse_one("oci-archive:x.tar:t", "oci-archive", "x.tar", "t");
	parse_one("docker-archive:x.tar:docker.io/library/a:b", "docker-archive", "x.tar", "docker.io/library/a:b");
	parse_one("docker://nginx:1.25", "docker", "nginx:1.25", NULL);
	parse_one("docker-daemon:nginx:1.25", "docker-daemon", "nginx:1.25", NULL);
	parse_one("dir:/a:b", "dir", "/a:b", NULL);
	parse_one("containers-storage:[overlay@/x]a:b", "containers-storage", "[overlay@/x]a:b", NULL);
	parse_one("rootfs:/srv/root", "rootfs", "/srv/root", NULL);
	parse_one("rootfs:/srv/root:config.json", "rootfs", "/srv/root", "config.json");
	parse_one("docker:24-dind", "", "docker:24-dind", NULL);
	parse_one("nginx", "", "nginx", NULL);
	parse_one("nginx:1.25", "", "nginx:1.25", NULL);
	parse_one("localhost:5000/nginx@sha256:00", "", "localhost:5000/nginx@sha256:00", NULL);
	parse_one("oci", "", "oci", NULL);
	parse_one("OCI:dir", "", "OCI:dir", NULL);
	parse_one("oci:d\xc3\xa4:t\xc3\xa4g", "oci", "d\xc3\xa4", "t\xc3\xa4g");
	parse_one("oci:d\xff:tag", "oci", "d\xff", "tag"); /* a path may be any bytes */
}

static void refuse_one(const char *s, const char *message)
{
	CLEANUP_REF struct oci_ref r = {0};
	struct err err = {0};
	assert_int_equal(oci_ref_parse(s, &r, &err), -ERR_INVAL);
	assert_int_equal(err.code, ERR_INVAL);
	assert_non_null(strstr(err.msg, message));
	if (strlen(s) < 100)
		assert_non_null(strstr(err.msg, s));
	assert_null(r.scheme);
	assert_null(r.location);
}

static void refuse(void **state)
{
	refuse_one("", "reference is empty, write NAME:TAG");
	refuse_one("oci:", "names no file or directory, write NAME:TAG");
	refuse_one("oci::tag", "names no file or directory");
	refuse_one("oci:dir:", "empty tag");
	refuse_one("docker-archive:f:", "empty tag");
	refuse_one("docker://", "names no file or directory");
	refuse_one("http://x/y", "unknown scheme, write NAME:TAG");
	refuse_one("oci:a\nb", "control characters");
	refuse_one("nginx\x7f", "control characters");
	refuse_one("oci:dir:t\xff", "the tag is not UTF-8");
	CLEANUP_FREE char *s = mem_printf("oci:%0*d", LIMIT_PATH + 1, 0);
	refuse_one(s, "longer than 4095 bytes");
	CLEANUP_FREE char *longest = mem_printf("oci:%0*d:t", LIMIT_PATH, 0);
	CLEANUP_REF struct oci_ref r = {0};
	assert_int_equal(oci_ref_parse(longest, &r, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parse),
	    cmocka_unit_test(refuse),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
