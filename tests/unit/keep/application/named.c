#include "unit.h"

#include "keep/application/named.h"
#include "keep/kept.h"

#define PACKAGE(name, more) "Package: " name "\nStatus: install ok installed\nSection: x\nVersion: 1\n" more "\n"
#define CONFIG                                                                                                         \
	"{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]},\"config\":{},\"history\":[{\"created_by\":"                \
	"\"RUN apt-get install small middle big apart extra gone\"}]}"

static void put(struct test_image *m, const char *path, off_t size)
{
	image_program(m, path, "");
	CLEANUP_FD int fd = openat(image_top(m), path, O_WRONLY | O_CLOEXEC);
	assert_int_equal(ftruncate(fd, size), 0);
}

static void make(struct test_image *m)
{
	image_init(m);
	image_file(m, "var/lib/dpkg/status",
		   PACKAGE("small", "") PACKAGE("middle", "Depends: dep\n") PACKAGE("big", "Depends: dep\n")
		       PACKAGE("dep", "") PACKAGE("apart", "") PACKAGE("extra", "") PACKAGE("other", ""));
	image_file(m, "var/lib/dpkg/info/small.list",
		   "/usr/share/x/small\n/usr/share/x/script\n/usr/share/x/link\n/usr/share/doc/small/copyright\n");
	image_file(m, "var/lib/dpkg/info/middle.list", "/usr/share/x/middle\n");
	image_file(m, "var/lib/dpkg/info/big.list", "/usr/share/x/big/data\n/usr/share/x/big/more\n");
	image_file(m, "var/lib/dpkg/info/dep.list", "/usr/lib/dep\n");
	image_file(m, "var/lib/dpkg/info/apart.list", "/usr/bin/apart\n");
	image_file(m, "var/lib/dpkg/info/extra.list", "/usr/bin/extra\n");
	image_file(m, "var/lib/dpkg/info/other.list", "/usr/share/x/other\n");
	put(m, "usr/share/x/small", 10);
	image_bytes(m, "usr/share/x/script", "#!/usr/bin/perl\n", 16, 0644);
	image_link(m, "usr/share/x/link", "script");
	image_file(m, "usr/share/doc/small/copyright", "x");
	put(m, "usr/bin/perl", 10);
	put(m, "usr/share/x/middle", 100);
	put(m, "usr/share/x/big/data", 400);
	put(m, "usr/share/x/big/more", 400);
	put(m, "usr/lib/dep", 1000);
	put(m, "usr/bin/apart", 50);
	put(m, "usr/bin/extra", 60);
	put(m, "usr/share/x/other", 1);
	image_index(m);
}

struct state {
	struct test_image m;
	struct keep_set k;
	struct packages p;
	struct trace t;
	struct evidence e;
	struct oci_image_config config;
	struct keep_named named;
};

static void run(struct state *s, struct keep_named_limits limits)
{
	static const char looked[] = "/usr/share/x/absent";
	*s = (struct state){0};
	make(&s->m);
	assert_int_equal(oci_image_config_parse(CONFIG, strlen(CONFIG), &s->config, NULL), 0);
	trace_add(&s->t, looked, strlen(looked), TRACE_OPEN | TRACE_FOLLOW, UINT32_MAX, TRACE_BY_PTRACE);
	keep_set_init(&s->k, s->m.index, &s->config, KEEP_SAFE);
	assert_int_equal(evidence_init(&s->e, s->m.index, &s->t, NULL), 0);
	keep_trace(&s->k, &s->e);
	assert_int_equal(packages_read(s->m.index, &s->p, NULL), 0);
	keep_named_add(&s->k, &s->p, &s->e, limits, &s->named);
}

static void end(struct state *s)
{
	keep_named_done(&s->named);
	evidence_done(&s->e);
	packages_done(&s->p);
	keep_set_done(&s->k);
	trace_done(&s->t);
	oci_image_config_done(&s->config);
	image_done(&s->m);
}

/* The script's interpreter is in no use; "other" has no name in the history; what a package needs comes with closures.
 */
static void all(void **state)
{
	struct state s;
	run(&s, (struct keep_named_limits){2000, 3000, 50, 1000});
	assert_kept(&s.k, "/usr /usr/bin /usr/share /usr/bin/apart /usr/share/x /usr/share/x/big /usr/share/x/middle "
			  "/usr/share/x/small /usr/share/x/big/data /usr/share/x/big/more");
	assert_reason(&s.k, &s.m, "/usr/share/x/middle", KEEP_NAMED, IMAGE_NONE);
	assert_string_equal(strset_get(&s.k.notes, s.k.reasons[image_node(&s.m, "/usr/share/x/middle")].note),
			    "middle");
	assert_int_equal(s.named.count, 5);
	assert_int_equal(s.named.bytes, 26 + 50 + 1100 + 800); /* dep counts once */
	const struct keep_named_package *extra = &s.named.items[2];
	assert_string_equal(s.p.items[extra->package].name, "extra");
	assert_false(extra->kept);
	assert_false(extra->related);
	assert_int_equal(extra->bytes, 60);
	assert_int_equal(extra->node, 0);
	end(&s);
}

static void bounds(void **state)
{
	struct state s;
	run(&s, (struct keep_named_limits){1500, 2000, 0, 0}); /* big alone is 1800 with dep, but middle brought that */
	assert_true(keep_has(&s.k, image_node(&s.m, "/usr/share/x/big/data")));
	end(&s);
	run(&s, (struct keep_named_limits){1500, 1200, 100, 50});
	assert_true(keep_has(&s.k, image_node(&s.m, "/usr/share/x/middle")));
	assert_false(keep_has(&s.k, image_node(&s.m, "/usr/share/x/big/data")));
	assert_true(keep_has(&s.k, image_node(&s.m, "/usr/bin/apart")));
	assert_false(keep_has(&s.k, image_node(&s.m, "/usr/bin/extra"))); /* the sum of such */
	const struct keep_named_package *big = &s.named.items[4];
	assert_false(big->kept);
	assert_true(big->related);
	assert_int_equal(big->node, image_node(&s.m, "/usr/share/x/big"));
	end(&s);
	run(&s, (struct keep_named_limits){0, 0, 0, 0});
	assert_kept(&s.k, "/usr /usr/share /usr/share/x");
	end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(all), cmocka_unit_test(bounds)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
