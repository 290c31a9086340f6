#include "unit.h"

#include "base/mem.h"
#include "report/terminal/next.h"

#define WHY "            why       build with --report report.json, then: slim why report.json PATH\n"

static void check(const char *const *references, const char *report_file, const char *page, const char *expected)
{
	struct report r = {0};
	CLEANUP_BUF struct buf out = {0};
	for (; references[r.n_destinations]; r.n_destinations++) {
		r.destinations = mem_realloc(r.destinations, r.n_destinations + 1, sizeof(*r.destinations));
		r.destinations[r.n_destinations] =
		    (struct report_destination){.reference = mem_strdup(references[r.n_destinations])};
	}
	buf_str(&out, "");
	report_terminal_next(&r, report_file, page, &out);
	assert_string_equal(out.data, expected);
	report_done(&r);
}

static void one(const char *reference, const char *expected)
{
	const char *const references[] = {reference, NULL};
	CLEANUP_FREE char *all = mem_printf("%s" WHY, expected);
	check(references, NULL, NULL, all);
}

static void each_place(void **state)
{
	one("docker-daemon:app.slim:1",
	    "next        run it    docker run --rm app.slim:1\n"
	    "            push it   docker tag app.slim:1 REGISTRY/NAME:TAG && docker push REGISTRY/NAME:TAG\n");
	one("docker-daemon:registry.example.com/app:1",
	    "next        run it    docker run --rm registry.example.com/app:1\n"
	    "            push it   docker push registry.example.com/app:1\n");
	one("containers-storage:registry.example.com/app:1",
	    "next        run it    podman run --rm registry.example.com/app:1\n"
	    "            push it   podman push registry.example.com/app:1\n");
	one("docker://registry.example.com/app:1",
	    "next        run it    docker run --rm registry.example.com/app:1\n");
	one("oci:some dir/it's:slim",
	    "next        load it   skopeo copy 'oci:some dir/it'\\''s:slim' docker-daemon:NAME:TAG\n"
	    "            push it   skopeo copy 'oci:some dir/it'\\''s:slim' docker://REGISTRY/NAME:TAG\n");
	one("docker-archive:app.tar",
	    "next        load it   docker load -i app.tar\n"
	    "            push it   skopeo copy docker-archive:app.tar docker://REGISTRY/NAME:TAG\n");
}

static void several(void **state)
{
	static const char *const references[] = {"oci:a:b", "docker://registry.example.com/app:1", NULL};
	check(references, "r.json", "r.html",
	      "next        load it   skopeo copy oci:a:b docker-daemon:NAME:TAG\n"
	      "            why       slim why r.json PATH\n"
	      "            page      r.html\n");
	static const char *const none[] = {NULL};
	check(none, "r.json", NULL, "");
}

static void an_index_is_pushed_whole(void **state)
{
	struct report r = {.n_destinations = 1};
	CLEANUP_BUF struct buf out = {0};
	r.destinations = mem_calloc(1, sizeof(*r.destinations));
	r.destinations[0] = (struct report_destination){.reference = mem_strdup("oci:a:b"), .index = true};
	report_terminal_next(&r, NULL, NULL, &out);
	assert_non_null(strstr(out.data, "push it   skopeo copy --all oci:a:b docker://"));
	assert_null(strstr(out.data, "copy --all oci:a:b docker-daemon"));
	report_done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_place),
	    cmocka_unit_test(several),
	    cmocka_unit_test(an_index_is_pushed_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
