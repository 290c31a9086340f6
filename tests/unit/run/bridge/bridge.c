#include "unit.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "run/bridge/bridge.h"

static void a_program_is_found_by_name(void **state)
{
	CLEANUP_FREE char *before = mem_strdup(getenv("PATH"));
	const struct run_bridge_helper *h;
	struct err err = {0};
	setenv("PATH", "/nonexistent", 1);
	assert_int_equal(run_bridge_find("pasta", &h, &err), -ERR_NOTFOUND);
	assert_string_equal(err.id, "network-helper-not-found");
	assert_non_null(strstr(err.msg, "package passt"));
	assert_int_equal(run_bridge_find(NULL, &h, &err), -ERR_NOTFOUND);
	assert_non_null(strstr(err.msg, "passt"));
	assert_non_null(strstr(err.msg, "slirp4netns"));
	setenv("PATH", before, 1);
}

static void the_first_that_is_installed_is_taken(void **state)
{
	CLEANUP_FREE char *before = mem_strdup(getenv("PATH"));
	char dir[] = "/tmp/slim-test-XXXXXX";
	const struct run_bridge_helper *h = NULL;
	assert_non_null(mkdtemp(dir));
	CLEANUP_FREE char *slirp = mem_printf("%s/slirp4netns", dir), *pasta = mem_printf("%s/pasta", dir);
	setenv("PATH", dir, 1);
	assert_int_equal(symlink("/bin/true", slirp), 0);
	assert_int_equal(run_bridge_find(NULL, &h, NULL), 0);
	assert_ptr_equal(h, &run_bridge_slirp4netns);
	assert_int_equal(symlink("/bin/true", pasta), 0);
	char address[INET_ADDRSTRLEN];
	const bool outside = run_bridge_host_address(address, NULL) == 0; /* which pasta needs */
	assert_int_equal(run_bridge_find(NULL, &h, NULL), 0);
	assert_ptr_equal(h, outside ? &run_bridge_pasta : &run_bridge_slirp4netns);
	assert_int_equal(run_bridge_find("slirp4netns", &h, NULL), 0);
	assert_ptr_equal(h, &run_bridge_slirp4netns);
	setenv("PATH", before, 1);
	unlink(slirp);
	unlink(pasta);
	rmdir(dir);
}

static void the_machines_address(void **state)
{
	char text[INET_ADDRSTRLEN];
	struct in_addr a;
	struct err err = {0};
	if (run_bridge_host_address(text, &err) < 0) /* a machine without a way out */
		assert_string_equal(err.id, "network-no-way-out");
	else
		assert_int_equal(inet_pton(AF_INET, text, &a), 1);
}

static void none_is_closed(void **state)
{
	struct run_bridge b = RUN_BRIDGE_NONE;
	assert_int_equal(run_bridge_fd(&b), -1);
	run_bridge_close(&b);
	run_bridge_close(&b);
}

static int refuse(void *ctx, const char *path, struct err *err)
{
	*(char **)ctx = mem_strdup(path);
	return err_set(err, ERR_INVAL, "refused", "not this one");
}

static void without_a_way_out(void **state)
{
	NEEDS_ROOT();
	struct run_bridge b = RUN_BRIDGE_NONE;
	CLEANUP_FREE char *path = NULL;
	const struct oci_port exposed = {80, false};
	const struct run_bridge_options o = {.exposed = RUN_BRIDGE_EXPOSED_ANYWHERE, .made = refuse, .made_ctx = &path};
	struct err err = {0};
	assert_int_equal(run_bridge_open(-1, "/nonexistent", &o, &exposed, 1, &b, &err), -ERR_INVAL);
	assert_string_equal(err.id, "refused");
	assert_string_equal(path, b.keeper.path);
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(b.n_ports, 0);
	assert_int_equal(run_bridge_fd(&b), -1);
	run_bridge_close(&b);
	assert_int_not_equal(access(path, F_OK), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_program_is_found_by_name), cmocka_unit_test(the_first_that_is_installed_is_taken),
	    cmocka_unit_test(the_machines_address),       cmocka_unit_test(none_is_closed),
	    cmocka_unit_test(without_a_way_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
