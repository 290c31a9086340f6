#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/init/systems.h"
#include "formats/yaml.h"

/* The file of that system; freed by the caller. */
static char *text_of(size_t i, const char *reference)
{
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	CLEANUP_INIT_SOURCE struct init_source source = {0};
	CLEANUP_BUF struct buf text = {0};
	assert_int_equal(oci_ref_parse(reference, &ref, NULL), 0);
	init_source_look(reference, &ref, &source);
	init_systems_text(&init_systems[i], &source, &text);
	return buf_steal(&text);
}

static void files_are_whole(void **state)
{
	static const char *const references[] = {"web:1", "docker-daemon:shop/web:1", "docker://web:1",
						 "oci:images:web"};
	for (size_t i = 0; i < init_n_systems; i++)
		for (size_t k = 0; k < 4; k++) {
			CLEANUP_FREE char *text = text_of(i, references[k]);
			const char *build = strstr(text, k == 0 ? "docker build --tag web:$TAG ."
								: "docker build --tag shop/web:$TAG .");
			json_t *v = NULL;
			struct err err = {0};
			assert_non_null(strstr(text, "build --file slim.yaml"));
			assert_int_equal(build != NULL, k < 2);
			assert_int_equal(strstr(text, "TAG") != NULL, k < 2);
			assert_null(strchr(text, '@') && strstr(text, "@IMAGE@") ? text : NULL);
			if (strstr(init_systems[i].file, ".yml") &&
			    yaml_parse(text, strlen(text), init_systems[i].file, NULL, &v, &err) < 0)
				fail_msg("%s", err.msg);
			json_decref(v);
		}
}

static void systems_are_known_by_their_files(void **state)
{
	char dir[] = "/tmp/slim-systems-XXXXXX";
	assert_non_null(mkdtemp(dir));
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	for (size_t i = 0; i < init_n_systems; i++)
		assert_false(init_systems_is_used(&init_systems[i], fd));
	assert_int_equal(mkdirat(fd, ".github", 0700), 0);
	assert_int_equal(mkdirat(fd, ".github/workflows", 0700), 0);
	assert_int_equal(mkdirat(fd, "Jenkinsfile", 0700), 0); /* no file */
	int file = openat(fd, ".gitlab-ci.yml", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	close(file);
	assert_true(init_systems_is_used(&init_systems[0], fd));
	assert_true(init_systems_is_used(&init_systems[1], fd));
	assert_false(init_systems_is_used(&init_systems[2], fd));
	assert_false(init_systems_is_used(&init_systems[3], fd));
	unlinkat(fd, ".gitlab-ci.yml", 0);
	unlinkat(fd, "Jenkinsfile", AT_REMOVEDIR);
	unlinkat(fd, ".github/workflows", AT_REMOVEDIR);
	unlinkat(fd, ".github", AT_REMOVEDIR);
	close(fd);
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(files_are_whole),
	    cmocka_unit_test(systems_are_known_by_their_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
