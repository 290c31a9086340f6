#include "unit.h"

#include "rewrite/config_edit.h"
#include "text/json.h"

#define SOURCE                                                                                                         \
	"{\"config\":{\"Entrypoint\":[\"/e\"],\"Cmd\":[\"c\"],\"Env\":[\"A=1\",\"AB=2\",\"C=3\"],\"WorkingDir\":\"/"   \
	"w\","                                                                                                         \
	"\"Labels\":{\"l\":\"1\",\"m\":\"2\"},\"ExposedPorts\":{\"80/tcp\":{}},\"User\":\"u\"},\"os\":\"linux\"}"

static struct strlist list(const char *a, const char *b)
{
	struct strlist l = {0};
	if (a)
		strlist_add(&l, a);
	if (b)
		strlist_add(&l, b);
	return l;
}

/* The members of the source's config that are changed, as text. */
static void edit_one(const char *source, const struct rewrite_config_edit *e, const char *want)
{
	json_auto_t *root = json_loads(source, 0, NULL), *copy = json_copy(root);
	CLEANUP_BUF struct buf got = {0}, before = {0}, after = {0};
	json_write(root, &before);
	rewrite_config_edit_apply(e, copy);
	json_write(json_object_get(copy, "config"), &got);
	json_write(root, &after);
	assert_string_equal(before.data, after.data); /* what a shallow copy was made of stays as it was */
	assert_string_equal(got.data, want);
}

static void nothing(void **state)
{
	struct strlist none = {0};
	assert_true(rewrite_config_edit_is_empty(&(struct rewrite_config_edit){.env = &none, .remove_expose = &none}));
	assert_false(rewrite_config_edit_is_empty(&(struct rewrite_config_edit){.cmd = &none}));
	edit_one("{\"config\":{\"Env\":[\"A\"],\"X\":1}}", &(struct rewrite_config_edit){0},
		 "{\"Env\":[\"A\"],\"X\":1}");
	edit_one("{\"config\":null}", &(struct rewrite_config_edit){0}, "{}");
}

static void everything(void **state)
{
	CLEANUP_STRLIST struct strlist cmd = list("x", "y z"), env = list("D=4", "A=n=w"), no_env = list("AB", "Z");
	CLEANUP_STRLIST struct strlist labels = list("k=v=w", "m"), no_labels = list("l", NULL), none = {0};
	CLEANUP_STRLIST struct strlist volumes = list("/v", NULL), expose = list("53/udp", NULL),
				       no_expose = list("80/tcp", NULL);
	edit_one(SOURCE,
		 &(struct rewrite_config_edit){
		     .entrypoint = &none,
		     .cmd = &cmd,
		     .working_dir = "/n",
		     .env = &env,
		     .remove_env = &no_env,
		     .labels = &labels,
		     .remove_labels = &no_labels,
		     .volumes = &volumes,
		     .expose = &expose,
		     .remove_expose = &no_expose,
		 },
		 "{\"Cmd\":[\"x\",\"y z\"],\"Env\":[\"A=n=w\",\"C=3\",\"D=4\"],\"ExposedPorts\":{\"53/udp\":{}},"
		 "\"Labels\":{\"k\":\"v=w\",\"m\":\"\"},\"User\":\"u\",\"Volumes\":{\"/v\":{}},\"WorkingDir\":\"/n\"}");
}

static void odd_sources(void **state)
{
	CLEANUP_STRLIST struct strlist one = list("A=1", NULL), port = list("80/tcp", NULL);
	edit_one("{\"config\":{\"Env\":\"x\",\"ExposedPorts\":[1]}}",
		 &(struct rewrite_config_edit){.env = &one, .labels = &one, .remove_expose = &port},
		 "{\"Env\":[\"A=1\"],\"Labels\":{\"A\":\"1\"}}");
	edit_one("{\"config\":[1]}", &(struct rewrite_config_edit){.expose = &port},
		 "{\"ExposedPorts\":{\"80/tcp\":{}}}");
	edit_one("{\"config\":{\"Env\":[1,\"A=0\",\"B\"]}}", &(struct rewrite_config_edit){.remove_env = &one},
		 "{\"Env\":[\"B\"]}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing),
	    cmocka_unit_test(everything),
	    cmocka_unit_test(odd_sources),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
