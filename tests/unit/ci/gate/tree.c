#include "unit.h"

#include "ci/gate/tree.h"
#include "image.h"

#define KEY "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n"

static void make(struct test_image *m, struct keep_set *k)
{
	image_init(m);
	image_link(m, "bin", "usr/bin");
	image_program(m, "usr/bin/dash", "x");
	image_link(m, "usr/bin/sh", "dash");
	image_program(m, "usr/bin/bash", "x");
	image_program(m, "usr/bin/gcc", "x");
	image_link(m, "usr/bin/cc", "gcc");
	image_file(m, "srv/.git/HEAD", "x");
	image_file(m, "srv/app/main.js", "x");
	image_file(m, "srv/app/tls.pem", KEY);
	image_file(m, "srv/app/lost.pem", KEY);
	image_dir(m, "var/lib/app");
	image_index(m);
	keep_set_init(k, m->index, NULL, KEEP_EXACT);
	const struct keep_reason asked = KEEP_WHY_NOTED(KEEP_POLICY, IMAGE_NONE, keep_note(k, "--include"));
	keep_node(k, image_node(m, "/usr/bin/sh"), KEEP_WHY(KEEP_INTERPRETER, image_node(m, "/srv/app/main.js")));
	keep_node(k, image_node(m, "/usr/bin/dash"), asked);
	keep_node(k, image_node(m, "/usr/bin/cc"), asked); /* a link whose program is dropped */
	keep_node(k, image_node(m, "/srv/app/main.js"), asked);
	keep_node(k, image_node(m, "/srv/app/tls.pem"), asked);
	keep_node(k, image_node(m, "/var/lib/app"), asked);
}

static void find_one(const struct ci_gate_tree *t, const char *pattern, bool must, uint64_t kept, uint64_t dropped,
		     const char *want)
{
	struct ci_gate_tree_found f;
	ci_gate_tree_find(t, pattern, must, &f);
	const char *text = f.text.data ? f.text.data : "";
	if (f.kept != kept || f.dropped != dropped || strcmp(text, want) != 0)
		fail_msg("%s: %d kept, %d dropped: %s", pattern, (int)f.kept, (int)f.dropped, text);
	buf_done(&f.text);
}

static void patterns(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_KEEP_SET struct keep_set k;
	const struct packages none = {0};
	make(&m, &k);
	const struct ci_gate_tree t = {.keep = &k, .packages = &none};
	find_one(&t, "/usr/bin/bash", false, 0, 1, "/usr/bin/bash");
	find_one(&t, "/bin/bash", true, 0, 1, "/usr/bin/bash"); /* through the link */
	find_one(&t, "/bin/sh", false, 1, 0, "/usr/bin/sh (the interpreter of /srv/app/main.js)");
	find_one(&t, "/bin/sh", true, 1, 0, "/usr/bin/sh");
	find_one(&t, "*.js", true, 1, 0, "/srv/app/main.js");
	find_one(&t, "srv/app/{main.js,none}", true, 1, 0, "/srv/app/main.js");
	find_one(
	    &t, "/srv", false, 2, 2,
	    "/srv/app/main.js (the user asked for it: --include), /srv/app/tls.pem (the user asked for it: --include)");
	find_one(&t, "/var", false, 0, 0, "");
	find_one(&t, "/var/lib/app", true, 1, 0, "/var/lib/app");
	find_one(&t, "/usr/bin/cc", true, 0, 1, "/usr/bin/cc");
	find_one(&t, "nothing", true, 0, 0, "");
}

static void words(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_KEEP_SET struct keep_set k;
	const struct packages none = {0};
	make(&m, &k);
	const struct ci_gate_tree t = {.keep = &k, .packages = &none};
	find_one(&t, "shell", false, 2, 1,
		 "/usr/bin/dash (the user asked for it: --include), /usr/bin/sh (the interpreter of /srv/app/main.js)");
	find_one(&t, "compiler", false, 0, 2, "/usr/bin/cc, /usr/bin/gcc");
	find_one(&t, "git", false, 0, 1, "/srv/.git/HEAD");
	find_one(&t, "package-manager", false, 0, 0, "");
	find_one(&t, "private-key", false, 1, 0, "/srv/app/tls.pem (the user asked for it: --include)");
}

static void the_source_whole(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_KEEP_SET struct keep_set k;
	const struct packages none = {0};
	make(&m, &k);
	const struct ci_gate_tree t = {.keep = &k, .packages = &none, .whole = true};
	find_one(&t, "git", false, 1, 0, "/srv/.git/HEAD");
	find_one(&t, "private-key", false, 2, 0, "/srv/app/lost.pem, /srv/app/tls.pem");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(patterns),
	    cmocka_unit_test(words),
	    cmocka_unit_test(the_source_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
