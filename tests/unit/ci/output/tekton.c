#include "unit.h"

#include <stdlib.h>

#include "ci/output/hostile.h"
#include "ci/output/tekton.h"

static size_t sum_and_free(char *values[CI_FIGURES])
{
	size_t n = 0;
	for (int i = 0; i < CI_FIGURES; i++) {
		n += strlen(values[i]);
		free(values[i]);
	}
	return n;
}

static void values_are_one_line(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	char *values[CI_FIGURES];
	hostile_report(&r);
	ci_tekton_values(&(struct ci_build){&r, NULL, "1"}, values);
	for (int i = 0; i < CI_FIGURES; i++)
		assert_null(strpbrk(values[i], "\n\r\x1b"));
	assert_string_equal(values[CI_FIGURE_DIGEST], "sha256:00");
	assert_string_equal(values[CI_FIGURE_REDUCTION], "75.0");
	(void)sum_and_free(values);
}

static void what_does_not_fit_is_empty(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	char *values[CI_FIGURES], name[5000];
	hostile_report(&r);
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	free(r.result.reference);
	r.result.reference = mem_printf("oci:%s", name);
	ci_tekton_values(&(struct ci_build){&r, NULL, "1"}, values);
	assert_string_equal(values[CI_FIGURE_IMAGE], "");
	assert_string_equal(values[CI_FIGURE_DIGEST], "sha256:00");
	assert_true(sum_and_free(values) <= CI_TEKTON_MAX);
}

static void names(void **state)
{
	assert_string_equal(ci_tekton_name(CI_FIGURE_IMAGE), "IMAGE_URL");
	assert_string_equal(ci_tekton_name(CI_FIGURE_STATUS), "STATUS");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(values_are_one_line),
	    cmocka_unit_test(what_does_not_fit_is_empty),
	    cmocka_unit_test(names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
