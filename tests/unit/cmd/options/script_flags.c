#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "cmd/options/script_flags.h"
#include "os/fd.h"

/* The files of all kinds become one script, kind after kind. */
static void files_of_all_kinds(void **state)
{
	static const struct {
		const char *name, *text;
	} files[] = {
	    {"goss", "command:\n  one: {exit-status: 0}\nhttp:\n  http://localhost:82/g: {status: 200}\n"},
	    {"tests", "schemaVersion: 2.0.0\ncommandTests: [{name: two, command: two}]\n"},
	    {"urls", "/d\n"},
	    {"map", "<urlset><url><loc>http://localhost/c</loc></url></urlset>"},
	    {"har",
	     "{\"log\":{\"entries\":[{\"request\":{\"method\":\"GET\",\"url\":\"http://localhost/h\",\"headers\":"
	     "[{\"name\":\"Cookie\",\"value\":\"a=b\"}]}}]}}"},
	    {"commands", "{\"commands\":[{\"resource\":\"/b\",\"port\":81,\"oops\":1}]}"},
	    {"probe", "schema: slim.probe/v1\nrequests: [/a]\n"},
	};
	struct script_flags f = {.cookies = true};
	struct strlist *const lists[] = {&f.goss_files, &f.structure_tests, &f.url_lists,  &f.sitemaps,
					 &f.recordings, &f.command_files,   &f.probe_files};
	char folder[] = "/tmp/slim-script-flags-XXXXXX";
	struct err err = {0};
	assert_non_null(mkdtemp(folder));
	assert_false(script_flags_given(&f));
	for (size_t i = 0; i < 7; i++) {
		char *path = mem_printf("%s/%s", folder, files[i].name);
		assert_int_equal(fd_write_file_atomic(AT_FDCWD, path, files[i].text, strlen(files[i].text), 0600, &err),
				 0);
		strlist_take(lists[i], path);
		assert_true(script_flags_given(&f));
	}
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	CLEANUP_PROBE_SPEC struct probe_spec spec = {0};
	CLEANUP_NOTES struct notes notes = {0};
	assert_int_equal(script_flags_parse(&f, &s, &spec, &notes, &err), 0);
	static const char *const paths[] = {"/a", "/b", "/h", "/c", "/d", "/g"};
	assert_int_equal(s.count, 6);
	assert_int_equal(spec.count, 2);
	for (size_t i = 0; i < 6; i++)
		assert_string_equal(s.requests[i].path, paths[i]);
	assert_string_equal(s.requests[2].headers.items[0], "Cookie: a=b");
	assert_int_equal(notes.count, 1);
	fd_remove_tree(AT_FDCWD, folder, NULL);
	assert_int_equal(script_flags_parse(&f, &s, &spec, &notes, &err), -ERR_NOTFOUND);
	assert_memory_equal(err.msg, "--probe-file: ", strlen("--probe-file: "));
	script_flags_done(&f);
}

/* Ports that only a request names are waited for, each once. */
static void ports(void **state)
{
	static const uint16_t asked[] = {0, 80, 81, 81, 53};
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	for (size_t i = 0; i < 5; i++)
		probe_script_add(&s, "GET", "/")->port = asked[i];
	struct oci_port *expose = mem_calloc(2, sizeof(*expose));
	expose[0] = (struct oci_port){.number = 80};
	expose[1] = (struct oci_port){.number = 53, .udp = true};
	size_t n = 2;
	script_ports_expose(&s, &expose, &n);
	assert_int_equal(n, 4);
	assert_true(expose[2].number == 81 && !expose[2].udp && expose[3].number == 53 && !expose[3].udp);
	free(expose);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(files_of_all_kinds), cmocka_unit_test(ports)};
	return cmocka_run_group_tests_name("script_flags", tests, NULL, NULL);
}
