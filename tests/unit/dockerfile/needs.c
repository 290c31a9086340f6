#include "unit.h"

#include "dockerfile/carriers_image.h"
#include "dockerfile/needs.h"

static void assert_need(const struct carried *t, const uint8_t *needs, const char *path, enum dockerfile_need want)
{
	if (needs[image_node(&t->m, path)] != want)
		fail_msg("%s: %d, not %d", path, needs[image_node(&t->m, path)], want);
}

static void needs(void **state)
{
	CLEANUP_CARRIED struct carried t;
	carried_init(&t);
	image_file(&t.m, "app/main.py", "1");
	image_file(&t.m, "app/beside.py", "1");
	image_file(&t.m, "app/dropped.py", "1");
	image_file(&t.m, "app/notes.md", "1");
	image_file(&t.m, "app/LICENSE", "1");
	image_file(&t.m, "app/docs.py/index.html", "1");
	image_file(&t.m, "app/sub/.py", "1");
	carried_index(&t);
	CLEANUP_FREE bool *reached = mem_calloc(image_index_count(t.m.index), sizeof(*reached));
	reached[image_node(&t.m, "/app/main.py")] = reached[image_node(&t.m, "/app/docs.py")] = true;
	for (const char *const *p = (const char *const[]){"/app/main.py", "/app/beside.py", "/app/notes.md",
							  "/app/docs.py/index.html", NULL};
	     *p; p++)
		carried_keep(&t, *p);
	CLEANUP_FREE uint8_t *verified = dockerfile_needs(&t.k, reached, true);
	assert_need(&t, verified, "/app/main.py", DOCKERFILE_USED);
	assert_need(&t, verified, "/app/beside.py", DOCKERFILE_USED); /* main.py may make up the name */
	assert_need(&t, verified, "/app/dropped.py", DOCKERFILE_DROPPED);
	assert_need(&t, verified, "/app/notes.md", DOCKERFILE_UNUSED);
	assert_need(&t, verified, "/app/docs.py/index.html", DOCKERFILE_UNUSED);
	assert_need(&t, verified, "/app/LICENSE", DOCKERFILE_DROPPED);
	CLEANUP_FREE uint8_t *not_verified = dockerfile_needs(&t.k, reached, false);
	assert_need(&t, not_verified, "/app/dropped.py", DOCKERFILE_USED);
	assert_need(&t, not_verified, "/app/LICENSE", DOCKERFILE_UNUSED);
	assert_need(&t, not_verified, "/app/sub/.py", DOCKERFILE_UNUSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(needs),
	};
	return cmocka_run_group_tests_name("dockerfile/needs", tests, NULL, NULL);
}
