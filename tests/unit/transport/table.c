#include "fixture.h"

static void traits(void **state)
{
	static const struct {
		const char *ref;
		bool any_family, registry, unpacks, takes_names;
		enum oci_family family;
		enum transport_default elsewhere;
	} cases[] = {
	    {"oci:d:t", .family = OCI_FAMILY_OCI, .elsewhere = TRANSPORT_DEFAULT_TAG},
	    {"oci-archive:f", .family = OCI_FAMILY_OCI, .elsewhere = TRANSPORT_DEFAULT_FILE},
	    {"docker-archive:f", .family = OCI_FAMILY_DOCKER, .takes_names = true, .elsewhere = TRANSPORT_DEFAULT_FILE},
	    {"dir:d", .any_family = true, .elsewhere = TRANSPORT_DEFAULT_DIRECTORY},
	    {"rootfs:d", .elsewhere = TRANSPORT_DEFAULT_LAYOUT},
	    {"docker://localhost:1/x", .any_family = true, .registry = true, .elsewhere = TRANSPORT_DEFAULT_LOCAL},
	    {"docker-daemon:x", .family = OCI_FAMILY_DOCKER, .any_family = true, .unpacks = true,
	     .elsewhere = TRANSPORT_DEFAULT_ENGINE},
	    {"containers-storage:x", .family = OCI_FAMILY_DOCKER, .any_family = true, .unpacks = true,
	     .elsewhere = TRANSPORT_DEFAULT_ENGINE},
	    {"containerd:x", .any_family = true, .elsewhere = TRANSPORT_DEFAULT_ENGINE},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err e = {0};
		CLEANUP_OCI_REF struct oci_ref ref = {0};
		assert_ok(oci_ref_parse(cases[i].ref, &ref, &e), &e);
		const struct transport_traits *t = transport_traits(ref.scheme);
		assert_int_equal(t->any_family, cases[i].any_family);
		if (!t->any_family)
			assert_int_equal(t->family, cases[i].family);
		assert_int_equal(t->registry, cases[i].registry);
		assert_int_equal(t->remote, cases[i].registry);
		assert_int_equal(t->unpacks, cases[i].unpacks);
		assert_int_equal(t->engine, cases[i].unpacks);
		assert_int_equal(t->takes_names, cases[i].takes_names);
		assert_int_equal(t->elsewhere, cases[i].elsewhere);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FIXTURE_TEST(traits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
