#include "unit.h"

#include "base/limits.h"
#include "base/mem.h"
#include "oci/ref.h"

static void parse_one(const char *s, enum oci_scheme scheme, const char *location, const char *tag)
{
	CLEANUP_OCI_REF struct oci_ref r = {0};
	struct err err = {0};
	assert_int_equal(oci_ref_parse(s, &r, &err), 0);
	assert_int_equal(r.scheme, scheme);
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
	parse_one("oci:dir", OCI_SCHEME_OCI, "dir", NULL);
	parse_one("oci:dir:tag", OCI_SCHEME_OCI, "dir", "tag");
	parse_one("oci:/a b/c:nginx:1.25", OCI_SCHEME_OCI, "/a b/c", "nginx:1.25");
	parse_one("oci:dir:host:5000/a:b", OCI_SCHEME_OCI, "dir", "host:5000/a:b");
	parse_one("oci-archive:x.tar", OCI_SCHEME_OCI_ARCHIVE, "x.tar", NULL);
	parse_one("oci-archive:x.tar:t", OCI_SCHEME_OCI_ARCHIVE, "x.tar", "t");
	parse_one("docker-archive:x.tar:docker.io/library/a:b", OCI_SCHEME_DOCKER_ARCHIVE, "x.tar",
		  "docker.io/library/a:b");
	parse_one("docker://nginx:1.25", OCI_SCHEME_DOCKER, "nginx:1.25", NULL);
	parse_one("docker-daemon:nginx:1.25", OCI_SCHEME_DOCKER_DAEMON, "nginx:1.25", NULL);
	parse_one("dir:/a:b", OCI_SCHEME_DIR, "/a:b", NULL);
	parse_one("containers-storage:[overlay@/x]a:b", OCI_SCHEME_CONTAINERS_STORAGE, "[overlay@/x]a:b", NULL);
	parse_one("rootfs:/srv/root", OCI_SCHEME_ROOTFS, "/srv/root", NULL);
	parse_one("rootfs:/srv/root:config.json", OCI_SCHEME_ROOTFS, "/srv/root", "config.json");
	parse_one("docker:24-dind", OCI_SCHEME_NONE, "docker:24-dind", NULL);
	parse_one("nginx", OCI_SCHEME_NONE, "nginx", NULL);
	parse_one("nginx:1.25", OCI_SCHEME_NONE, "nginx:1.25", NULL);
	parse_one("localhost:5000/nginx@sha256:00", OCI_SCHEME_NONE, "localhost:5000/nginx@sha256:00", NULL);
	parse_one("oci", OCI_SCHEME_NONE, "oci", NULL);
	parse_one("OCI:dir", OCI_SCHEME_NONE, "OCI:dir", NULL);
	parse_one("oci:d\xc3\xa4:t\xc3\xa4g", OCI_SCHEME_OCI, "d\xc3\xa4", "t\xc3\xa4g");
	parse_one("oci:d\xff:tag", OCI_SCHEME_OCI, "d\xff", "tag"); /* a path may be any bytes */
}

/* name: "HOST/PATH[:TAG]"; NULL = refused, and the error has the code. */
static void name_one(const char *s, const char *name, enum err_code code, const char *message)
{
	CLEANUP_OCI_REF struct oci_ref r = {0}, copy = {0};
	struct err err = {0};
	const struct oci_name *n = NULL;
	assert_int_equal(oci_ref_parse(s, &r, &err), 0);
	oci_ref_copy(&r, &copy);
	assert_int_equal(oci_ref_name(&copy, &n, &err), name ? 0 : -(int)code);
	if (!name) {
		assert_null(n);
		assert_null(r.name.host);
		assert_non_null(strstr(err.msg, message));
		return;
	}
	CLEANUP_FREE char *text = oci_name_text(n);
	assert_string_equal(text, name);
}

static void names(void **state)
{
	name_one("nginx", "docker.io/library/nginx", 0, NULL);
	name_one("docker:24-dind", "docker.io/library/docker:24-dind", 0, NULL);
	name_one("docker://r.io/a/b:c", "r.io/a/b:c", 0, NULL);
	name_one("docker-daemon:a/b", "docker.io/a/b", 0, NULL);
	name_one("containers-storage:localhost/a:1", "localhost/a:1", 0, NULL);
	name_one("docker://Nginx", NULL, ERR_INVAL, "\"Nginx\" is not an image name");
	name_one("containers-storage:[overlay@/x]a:b", NULL, ERR_CORRUPT, "[overlay");
	name_one("nginx@sha256:00", NULL, ERR_CORRUPT, "nginx: digest");
	name_one("oci:nginx", NULL, ERR_INVAL, "nginx is a path");
	name_one("docker-archive:f:nginx", NULL, ERR_INVAL, "f is a path");
}

static void one_is_made_of_parts(void **state)
{
	CLEANUP_OCI_REF struct oci_ref r = {0};
	oci_ref_init(OCI_SCHEME_OCI, mem_strdup("a:b"), mem_strdup("t"), &r);
	CLEANUP_FREE char *text = oci_ref_text(&r);
	assert_string_equal(text, "oci:a:b:t");
	assert_null(r.name.host);
	oci_ref_done(&r);
	oci_ref_init(OCI_SCHEME_DOCKER, mem_strdup("r.io/x:1"), NULL, &r);
	assert_string_equal(r.name.host, "r.io");
}

static void refuse_one(const char *s, const char *message)
{
	CLEANUP_OCI_REF struct oci_ref r = {0};
	struct err err = {0};
	assert_int_equal(oci_ref_parse(s, &r, &err), -ERR_INVAL);
	assert_int_equal(err.code, ERR_INVAL);
	assert_non_null(strstr(err.msg, message));
	if (strlen(s) < 100)
		assert_non_null(strstr(err.msg, s));
	assert_null(r.location);
}

static void refuse(void **state)
{
	refuse_one("", "reference is empty: write NAME:TAG");
	refuse_one("oci:", "does not name a file or directory: write NAME:TAG");
	refuse_one("oci::tag", "does not name a file or directory");
	refuse_one("oci:dir:", "empty tag");
	refuse_one("docker-archive:f:", "empty tag");
	refuse_one("docker://", "does not name a file or directory");
	refuse_one("http://x/y", "unknown transport: write NAME:TAG");
	refuse_one("oci:a\nb", "control characters");
	refuse_one("nginx\x7f", "control characters");
	refuse_one("oci:dir:t\xff", "the tag is not UTF-8");
	CLEANUP_FREE char *s = mem_printf("oci:%0*d", LIMIT_PATH + 1, 0);
	refuse_one(s, "longer than 4095 bytes");
	CLEANUP_FREE char *longest = mem_printf("oci:%0*d:t", LIMIT_PATH, 0);
	CLEANUP_OCI_REF struct oci_ref r = {0};
	assert_int_equal(oci_ref_parse(longest, &r, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parse),
	    cmocka_unit_test(names),
	    cmocka_unit_test(one_is_made_of_parts),
	    cmocka_unit_test(refuse),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
