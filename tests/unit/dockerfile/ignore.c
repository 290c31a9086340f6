#include "unit.h"

#include "dockerfile/ignore.h"
#include "image.h"

static void pattern_one(const char *path, const char *want)
{
	CLEANUP_BUF struct buf out = {0};
	dockerfile_ignore_pattern(&out, path, strlen(path));
	assert_string_equal(out.data, want);
}

static void patterns(void **state)
{
	pattern_one("docs/a-b_c.txt", "docs/a-b_c.txt");
	pattern_one("a b/\xc3\xa4", "a b/\xc3\xa4");
	pattern_one("#x", "\\#x");
	pattern_one("!x", "\\!x");
	pattern_one("[id]*?.js", "\\[id\\]\\*\\?.js");
	pattern_one("c++(1){2}|^$\\", "c\\+\\+\\(1\\)\\{2\\}\\|\\^\\$\\\\");
	pattern_one(" a ", "?a?");
	pattern_one("a\n!b\xff", "a?\\!b?");
}

static void the_file(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config c = {0};
	CLEANUP_BUF struct buf out = {0};
#define ID "\"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\""
	const char *config =
	    "{\"rootfs\":{\"diff_ids\":[" ID "," ID "]},\"history\":["
	    "{\"created_by\":\"COPY . /app # buildkit\"},{\"created_by\":\"RUN x\",\"empty_layer\":true},"
	    "{\"created_by\":\"/bin/sh -c #(nop) COPY dir:12 in /srv \"}]}";
	image_init(&m);
	image_file(&m, "app/docs/x\n!y", "1");
	image_file(&m, "app/x", "1");
	image_file(&m, "app/x\n!y", "1");
	image_file(&m, "app/y", "1");
	image_layer(&m);
	image_file(&m, "srv/a\nb", "1");
	image_file(&m, "srv/c", "1");
	image_file(&m, "srv/d", "1");
	image_index(&m);
	CLEANUP_FREE uint8_t *needs = mem_calloc(image_index_count(m.index), sizeof(*needs));
	memset(needs, DOCKERFILE_DROPPED, image_index_count(m.index));
	needs[image_node(&m, "/srv/c")] = needs[image_node(&m, "/app/x")] = DOCKERFILE_USED;
	needs[image_node(&m, "/srv/d")] = needs[image_node(&m, "/app/y")] = DOCKERFILE_UNUSED;
	assert_int_equal(oci_image_config_parse(config, strlen(config), &c, NULL), 0);
	dockerfile_ignore(&c, m.index, needs, "a\nb", &out);
	const char *line = out.data;
	for (size_t n; *line; line += n + (line[n] == '\n')) /* comments, and what follows them */
		if ((n = strcspn(line, "\n")) && *line != '#') {
			assert_true(strncmp(line, "docs\n", 5) == 0 || strncmp(line, "x?\\!y\n", 6) == 0);
		}
	assert_non_null(strstr(out.data, "\n#     COPY . /app\n# RUN steps follow"));
	assert_non_null(strstr(out.data, "as the original.\ndocs\nx?\\!y\n# Only unused: "));
	assert_non_null(
	    strstr(out.data, "\n# Remove the # before a pattern that you know is not needed.\n#y\n# The history"));
	assert_non_null(strstr(out.data, "\n#     COPY dir:12 in /srv\n# Proven: "));
	assert_non_null(strstr(out.data, "\n#         /srv/a\\x0ab\n# Only unused: "));
	assert_non_null(strstr(out.data, "without them.\n#         /srv/d\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(patterns),
	    cmocka_unit_test(the_file),
	};
	return cmocka_run_group_tests_name("dockerfile/ignore", tests, NULL, NULL);
}
