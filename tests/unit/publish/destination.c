#include "unit.h"

#include "base/mem.h"
#include "publish/destination.h"

/* Words of text, each into out. */
static void split(const char *text, struct strlist *out)
{
	while (*text) {
		size_t n = strcspn(text, " ");
		strlist_take(out, mem_strndup(text, n));
		text += n + strspn(text + n, " ");
	}
}

static int plan(const char *source, const char *name, const char *outputs, const char *tags, bool push,
		struct publish_destinations *out, struct err *err)
{
	CLEANUP_STRLIST struct strlist o = {0}, t = {0};
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	const struct transport_options access = {0};
	assert_int_equal(oci_ref_parse(source, &ref, NULL), 0);
	split(outputs, &o);
	split(tags, &t);
	CLEANUP_PUBLISH_WISH struct publish_wish wish = {0};
	int r = publish_wish_parse(&o, &t, push, &wish, err);
	return r < 0 ? r : publish_destinations_plan(&wish, &ref, name, &access, out, err);
}

static void each_source_has_its_place(void **state)
{
	static const struct {
		const char *source, *name, *outputs, *tags;
		bool push;
		const char *expected; /* references, more names of each in brackets */
	} cases[] = {
	    {"oci:images:app", "app", "", "", false, "oci:images:app.slim"},
	    {"oci:images", "", "", "", false, "oci:images:slim"},
	    {"oci:images:app", "app", "", "small:1 other", false, "oci:images:small:1 oci:images:other"},
	    {"oci-archive:app.tar", "v 1", "", "", false, "oci-archive:app.slim.tar"},
	    {"oci-archive:dir/app.tar:v1", "v1", "", "", false, "oci-archive:dir/app.slim.tar (v1.slim:latest)"},
	    {"docker-archive:app.tar.gz", "", "", "", false, "docker-archive:app.slim.tar"},
	    {"docker-archive:app", "app:1", "", "", false, "docker-archive:app.slim.tar (app.slim:1)"},
	    {"docker-archive:app", "app:1", "", "a:1 b", false, "docker-archive:app.slim.tar (a:1 b:latest)"},
	    {"dir:some/where/", "", "", "", false, "dir:some/where.slim"},
	    {"rootfs:root", "", "", "", false, "oci:root.slim:latest"},
	    {"docker-daemon:app:1", "app:1", "", "", false, "docker-daemon:app.slim:1"},
	    {"containers-storage:localhost/app:1", "localhost/app:1", "", "", false,
	     "containers-storage:localhost/app.slim:1"},
	    {"docker-daemon:app:1", "app:1", "", "x:1 y:2", false, "docker-daemon:x:1 (y:2)"},
	    {"docker-daemon:sha256:00", "", "", "x", false, "docker-daemon:x:latest"},
	    {"docker://r.io/a/app:1", "r.io/a/app:1", "", "", true, "docker://r.io/a/app.slim:1"},
	    {"docker://app", "app:latest", "", "r.io/x:1 r.io/x:2 s.io/x", true,
	     "docker://r.io/x:1 (r.io/x:2) docker://s.io/x:latest"},
	    {"docker://app", "app:latest", "oci:d:t", "r.io/x:1", true, "oci:d:t docker://r.io/x:1"},
	    {"oci:d:app", "app", "docker-archive:f docker-daemon:z", "x:1", false,
	     "docker-archive:f (x:1) docker-daemon:z"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct publish_destinations d = {0};
		struct err err = {0};
		CLEANUP_BUF struct buf text = {0};
		assert_int_equal(
		    plan(cases[i].source, cases[i].name, cases[i].outputs, cases[i].tags, cases[i].push, &d, &err), 0);
		for (size_t k = 0; k < d.count; k++) {
			CLEANUP_FREE char *ref = oci_ref_text(&d.items[k].ref);
			buf_printf(&text, "%s%s", k ? " " : "", ref);
			for (size_t n = 0; n < d.items[k].names.count; n++)
				buf_printf(&text, "%s%s%s", n ? " " : " (", d.items[k].names.items[n],
					   n + 1 == d.items[k].names.count ? ")" : "");
		}
		assert_string_equal(text.data, cases[i].expected);
		publish_destinations_done(&d);
	}
}

static void what_has_no_place_is_refused(void **state)
{
	static const struct {
		const char *source, *outputs, *tags;
		bool push;
		const char *message;
	} cases[] = {
	    {"docker-daemon:sha256:00", "", "", false, "use --tag NAME"},
	    {"oci:d:x", "", "", true, NULL}, /* its tag makes a name */
	    {"oci:d", "", "", true, "use --tag NAME"},
	    {"oci:d:x", "app", "", false, "--tag app"},
	    {"oci:d:x", "oci:", "", false, "--output"},
	    {"oci:d:x", "", "App", false, "--tag"},
	    {"oci:d:x", "", "app@sha256:00", false, "--tag"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct publish_destinations d = {0};
		struct err err = {0};
		const char *name = strcmp(cases[i].source, "oci:d:x") == 0 ? "x" : "";
		int r = plan(cases[i].source, name, cases[i].outputs, cases[i].tags, cases[i].push, &d, &err);
		assert_int_equal(r, cases[i].message ? -ERR_INVAL : 0);
		if (cases[i].message)
			assert_non_null(strstr(err.msg, cases[i].message));
		publish_destinations_done(&d);
	}
}

static void names_get_slim_before_the_tag(void **state)
{
	static const struct {
		const char *name, *slim;
	} cases[] = {
	    {"app:v1", "app.slim:v1"},
	    {"app", "app.slim"},
	    {"host:5000/app:v1", "host:5000/app.slim:v1"},
	    {"host:5000/app", "host:5000/app.slim"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_FREE char *name = publish_slim_name(cases[i].name);
		assert_string_equal(name, cases[i].slim);
	}
	assert_null(publish_slim_name(""));
	assert_null(publish_slim_name(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_source_has_its_place),
	    cmocka_unit_test(what_has_no_place_is_refused),
	    cmocka_unit_test(names_get_slim_before_the_tag),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
