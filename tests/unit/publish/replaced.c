#include "unit.h"

#include "base/mem.h"
#include "publish/replaced.h"

#define DIGEST "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void check(const char *source, const char *destination, const char *more, const char *expected)
{
	CLEANUP_OCI_REF struct oci_ref from = {0};
	CLEANUP_BUF struct buf out = {0};
	struct publish_destination to = {0};
	assert_int_equal(oci_ref_parse(source, &from, NULL), 0);
	assert_int_equal(oci_ref_parse(destination, &to.ref, NULL), 0);
	if (from.scheme == OCI_SCHEME_CONTAINERD)
		from.space = mem_strdup("default");
	if (more)
		strlist_add(&to.names, more);
	const bool replaced = publish_replaced(&from, DIGEST, &to, &out);
	if (replaced != (expected != NULL) || (expected && !strstr(out.data, expected)))
		fail_msg("%s -> %s: %s", source, destination, out.data ? out.data : "nothing");
	strlist_done(&to.names);
	oci_ref_done(&to.ref);
}

static void the_way_back(void **state)
{
	check("docker-daemon:app:1", "docker-daemon:app:1", NULL, "docker tag " DIGEST " app:1");
	check("docker-daemon:app", "docker-daemon:docker.io/library/app:latest", NULL, "docker tag " DIGEST);
	check("containers-storage:app:1", "containers-storage:app:1", NULL, "podman tag " DIGEST " app:1");
	check("containerd:app:1", "containerd:app:1", NULL,
	      "ctr -n default images tag --force docker.io/library/app@" DIGEST " docker.io/library/app:1");
	check("docker://host:5000/app:1", "docker://host:5000/app:1", NULL,
	      "docker://host:5000/app@" DIGEST " docker://host:5000/app:1");
	check("oci:dir:tag", "oci:dir:tag", NULL, DIGEST);
}

static void one_of_several_names(void **state)
{
	check("docker-daemon:app:1", "docker-daemon:app:2", "app:1", "docker tag " DIGEST " app:1");
	check("docker-daemon:app:1", "docker-daemon:app:2", "app:3", NULL);
}

static void another_image(void **state)
{
	check("docker-daemon:app:1", "docker-daemon:app:2", NULL, NULL);
	check("docker-daemon:app:1", "containers-storage:app:1", NULL, NULL);
	check("docker://host:5000/app:1", "docker://host2:5000/app:1", NULL, NULL);
	check("oci:dir:tag", "oci:dir:tag2", NULL, NULL);
	check("oci:dir", "oci:dir:tag", NULL, NULL);
}

static void another_place(void **state)
{
	CLEANUP_OCI_REF struct oci_ref from = {0};
	CLEANUP_BUF struct buf out = {0};
	struct publish_destination to = {0};
	assert_int_equal(oci_ref_parse("containerd:app", &from, NULL), 0);
	assert_int_equal(oci_ref_parse("containerd:app", &to.ref, NULL), 0);
	from.space = mem_strdup("default");
	to.ref.space = mem_strdup("k8s.io");
	assert_false(publish_replaced(&from, DIGEST, &to, &out));
	assert_false(publish_replaced(&from, "", &to, &out));
	oci_ref_done(&to.ref);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_way_back),
	    cmocka_unit_test(one_of_several_names),
	    cmocka_unit_test(another_image),
	    cmocka_unit_test(another_place),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
