#include "unit.h"

#include "keep/application/named.h"
#include "keep/kept.h"

#define PACKAGE(name, more) "Package: " name "\nStatus: install ok installed\nSection: x\nVersion: 1\n" more "\n"
#define SOFT "Source: soft (1)\n"
#define NAMES "small middle big apart extra gone g++ make"

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
		   PACKAGE("small", "") PACKAGE("middle", SOFT "Depends: dep\n")
		       PACKAGE("big", SOFT "Depends: dep, far\n") PACKAGE("dep", SOFT "Depends: dep-dev\n")
			   PACKAGE("dep-dev", SOFT) PACKAGE("far", "") PACKAGE("apart", "") PACKAGE("extra", "")
			       PACKAGE("other", ""));
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
	image_file(m, "var/lib/dpkg/info/far.list", "/usr/lib/far\n");
	put(m, "usr/lib/far", 1);
	image_file(m, "var/lib/dpkg/info/dep-dev.list", "/usr/lib/dep.so\n/usr/include/dep.h\n");
	image_link(m, "usr/lib/dep.so", "dep");
	put(m, "usr/include/dep.h", 1);
	put(m, "usr/bin/apart", 50);
	put(m, "usr/bin/extra", 60);
	put(m, "usr/share/x/other", 1);
	image_index(m);
}

/* A compiler with its headers, and what is written for an interpreter. */
static void make_tools(struct test_image *m)
{
	image_init(m);
	image_file(m, "var/lib/dpkg/status",
		   PACKAGE("gcc", "") PACKAGE("g++", "Depends: gcc, libcc-dev\n") PACKAGE("make", "")
		       PACKAGE("libcc-dev", "Depends: gcc\n") PACKAGE("perl", "Depends: perl-base, perl-modules-5\n")
			   PACKAGE("perl-modules-5", "Source: perl\n") PACKAGE("perl-base", "Essential: yes\n")
			       PACKAGE("small", "Depends: perl\n") PACKAGE("middle", "Depends: perl\n")
				   PACKAGE("extra", "Depends: perl\n"));
	image_file(m, "var/lib/dpkg/info/gcc.list", "/usr/bin/gcc\n/usr/include/c.h\n");
	image_file(m, "var/lib/dpkg/info/g++.list", "/usr/include/cc.h\n");
	image_file(m, "var/lib/dpkg/info/libcc-dev.list", "/usr/include/libcc.h\n");
	put(m, "usr/include/libcc.h", 10);
	image_file(m, "var/lib/dpkg/info/make.list", "/usr/include/make.h\n");
	image_file(m, "var/lib/dpkg/info/perl-base.list", "/usr/bin/perl\n/usr/share/perl/x.pm\n");
	image_file(m, "var/lib/dpkg/info/perl-modules-5.list", "/usr/share/perl/more.pm\n");
	put(m, "usr/share/perl/more.pm", 1000);
	image_file(m, "var/lib/dpkg/info/perl.list", "/usr/bin/corelist\n");
	image_file(m, "var/lib/dpkg/info/small.list", "/usr/share/perl5/small.pm\n");
	static const char *const files[] = {
	    "usr/bin/gcc",  "usr/include/c.h",     "usr/include/cc.h",        "usr/include/make.h",
	    "usr/bin/perl", "usr/share/perl/x.pm", "usr/share/perl5/small.pm"};
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		put(m, files[i], 10);
	image_bytes(m, "usr/bin/corelist", "#!/usr/bin/perl\n", 16, 0755);
	image_file(m, "var/lib/dpkg/info/middle.list", "/usr/share/x/helper\n");
	image_bytes(m, "usr/share/x/helper", "#!/usr/bin/perl\n", 16, 0755);
	image_file(m, "var/lib/dpkg/info/extra.list", "/usr/bin/extra-script\n");
	image_bytes(m, "usr/bin/extra-script", "#!/usr/bin/perl\n", 16, 0755);
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

static void run_on(struct state *s, void (*make_image)(struct test_image *m), const char *names, const char *looked,
		   uint32_t kinds, struct keep_named_limits limits)
{
	CLEANUP_BUF struct buf text = {0};
	buf_printf(&text,
		   "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]},\"config\":{},\"history\":[{\"created_by\":"
		   "\"RUN apt-get install %s\"}]}",
		   names);
	*s = (struct state){0};
	make_image(&s->m);
	assert_int_equal(oci_image_config_parse(text.data, text.len, &s->config, NULL), 0);
	trace_add(&s->t, looked, strlen(looked), kinds | TRACE_FOLLOW, UINT32_MAX, TRACE_BY_PTRACE);
	keep_set_init(&s->k, s->m.index, &s->config, KEEP_SAFE);
	assert_int_equal(evidence_init(&s->e, s->m.index, &s->t, NULL), 0);
	keep_trace(&s->k, &s->e);
	assert_int_equal(packages_read(s->m.index, &s->p, NULL), 0);
	keep_named_add(&s->k, &s->p, &s->e, limits, &s->named);
}

static void run(struct state *s, struct keep_named_limits limits)
{
	run_on(s, make, NAMES, "/usr/share/x/absent", TRACE_OPEN, limits);
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

/* The script's interpreter is in no use; "other" has no name in the history. */
static void all(void **state)
{
	struct state s;
	run(&s, (struct keep_named_limits){2000, 3000, 50, 1000});
	assert_kept(&s.k, "/usr /usr/bin /usr/lib /usr/share /usr/bin/apart /usr/lib/dep /usr/lib/dep.so /usr/share/x "
			  "/usr/share/x/big "
			  "/usr/share/x/middle "
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

/* What a run compiled with stays whole, with its headers, and so does what goes with it and was named. */
static void tools(void **state)
{
	const struct keep_named_limits limits = {100, 100, 100, 100};
	struct state s;
	run_on(&s, make_tools, NAMES, "/usr/bin/gcc", TRACE_EXEC, limits);
	assert_true(keep_has(&s.k, image_node(&s.m, "/usr/include/c.h")));
	assert_true(keep_has(&s.k, image_node(&s.m, "/usr/include/cc.h")));
	assert_true(keep_has(&s.k, image_node(&s.m, "/usr/include/libcc.h")));
	assert_false(keep_has(&s.k, image_node(&s.m, "/usr/include/make.h")));
	end(&s);
	run_on(&s, make_tools, NAMES, "/usr/bin/none", TRACE_EXEC, limits);
	assert_false(keep_has(&s.k, image_node(&s.m, "/usr/include/c.h")));
	assert_false(keep_has(&s.k, image_node(&s.m, "/usr/include/cc.h")));
	end(&s);
}

/* Of an interpreter its program stays, for modules and for programs, but not for what else is written for it; a closure
 * knows what it needs of its own. */
static void interpreters(void **state)
{
	static const struct {
		const char *name;
		bool perl;
	} cases[] = {{"small", true}, {"middle", false}, {"extra", true}, {"perl", true}, {"make", false}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct state s;
		run_on(&s, make_tools, cases[i].name, "/usr/share/x/absent", TRACE_OPEN,
		       (struct keep_named_limits){100, 100, 100, 100});
		if (keep_has(&s.k, image_node(&s.m, "/usr/bin/perl")) != cases[i].perl)
			fail_msg("%s", cases[i].name);
		assert_false(keep_has(&s.k, image_node(&s.m, "/usr/share/perl/x.pm")));
		end(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(all), cmocka_unit_test(bounds), cmocka_unit_test(tools),
					   cmocka_unit_test(interpreters)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
