#include "unit.h"

#include <jansson.h>
#include <stdlib.h>

#include "ci/output/batch.h"
#include "ci/output/batch_page.h"
#include "ci/output/hostile.h"
#include "ci/output/tekton.h"

/* Two images with whatever formats break at; the second's gate failed. */
struct sample {
	struct report reports[2];
	struct ci_batch_image images[2];
	struct ci_batch b;
};

static const struct err gate = {.code = ERR_GATE, .id = "gate-failed", .msg = "a gate" HOSTILE};

static void sample(struct sample *s)
{
	*s = (struct sample){0};
	for (int i = 0; i < 2; i++) {
		hostile_report(&s->reports[i]);
		s->images[i] =
		    (struct ci_batch_image){i ? "job.b" : "web", {&s->reports[i], i ? &gate : NULL, "1"}, 1500};
	}
	s->b = (struct ci_batch){s->images, 2};
}

static void sample_done(struct sample *s)
{
	report_done(&s->reports[0]);
	report_done(&s->reports[1]);
}
#define CLEANUP_SAMPLE CLEANUP(sample_done)

static void the_list_is_json_in_a_line(void **state)
{
	CLEANUP_SAMPLE struct sample s;
	CLEANUP_BUF struct buf list = {0};
	sample(&s);
	ci_batch_list(&s.b, &list);
	assert_null(strpbrk(list.data, "\n\r\x1b"));
	json_auto_t *v = json_loadb(list.data, list.len, 0, NULL);
	assert_int_equal(json_array_size(v), 2);
	const json_t *second = json_array_get(v, 1);
	assert_string_equal(json_string_value(json_object_get(second, "name")), "job.b");
	assert_string_equal(json_string_value(json_object_get(second, "status")), "gate-failed");
	assert_int_equal(json_integer_value(json_object_get(second, "size")), 500000);
	assert_true(json_real_value(json_object_get(second, "reduction")) == 75.0);
	assert_string_equal(ci_batch_status(&s.b), "gate-failed");
}

/* Reads them as the runner does. */
static void github_outputs_are_between_delimiters(void **state)
{
	CLEANUP_SAMPLE struct sample s;
	CLEANUP_BUF struct buf b = {0};
	size_t n = 0;
	bool digest = false, images = false;
	sample(&s);
	ci_batch_github_outputs(&s.b, &b);
	for (char *line = b.data; *line; n++) {
		char *name = strsep(&line, "\n"), *end = strstr(name, "<<"), *value = strsep(&line, "\n");
		assert_non_null(end);
		*end = '\0';
		assert_string_equal(strsep(&line, "\n"), end + 2);
		digest |= strcmp(name, "job_b_digest") == 0 && strcmp(value, "sha256:00") == 0;
		images |= strcmp(name, "images") == 0 && *value == '[';
	}
	assert_int_equal(n, 2 * CI_FIGURES + 2);
	assert_true(digest && images);
}

static void azure_lines_are_commands_of_ours(void **state)
{
	CLEANUP_SAMPLE struct sample s;
	CLEANUP_BUF struct buf b = {0};
	size_t n = 0;
	sample(&s);
	ci_batch_azure_commands(&s.b, "/tmp/page.md", &b);
	for (char *rest = b.data, *line; *(line = strsep(&rest, "\n")); n++) {
		assert_true(strncmp(line, "##vso[task.", 11) == 0);
		assert_null(strstr(line + 2, "##vso["));
		assert_null(strchr(line, '\r'));
	}
	assert_int_equal(n, 2 * CI_FIGURES + 3);
}

static void the_page_and_the_cases_hold_no_markup(void **state)
{
	CLEANUP_SAMPLE struct sample s;
	CLEANUP_BUF struct buf page = {0}, junit = {0};
	sample(&s);
	ci_batch_markdown(&s.b, &page);
	assert_non_null(strstr(page.data, "1 of 2 images passed"));
	assert_non_null(strstr(page.data, "| job.b | **gate-failed** | 2.0 MB | 500.0 kB | -75.0 % |"));
	assert_null(strstr(page.data, "[a](b)"));
	assert_null(strstr(page.data, "@all"));
	ci_batch_junit(&s.b, &junit);
	assert_non_null(strstr(junit.data, "tests=\"2\" failures=\"1\" errors=\"0\""));
	assert_null(strstr(junit.data, "<x "));
}

static void what_does_not_fit_is_left_out(void **state)
{
	CLEANUP_SAMPLE struct sample s;
	CLEANUP_BUF struct buf env = {0}, page = {0};
	struct ci_batch_image many[200];
	char *values[2 + 3 * 200];
	size_t sum = 0;
	sample(&s);
	for (size_t i = 0; i < 200; i++)
		many[i] = s.images[1];
	const struct ci_batch b = {many, 200};
	ci_batch_dotenv(&b, &env);
	assert_true(env.len > 4000 && env.len <= 5000 && env.data[env.len - 1] == '\n');
	ci_batch_markdown(&b, &page);
	assert_true(page.len < 60000);
	assert_int_equal(ci_batch_tekton_count(200), sizeof(values) / sizeof(values[0]));
	ci_batch_tekton_values(&b, values);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		sum += strlen(values[i]);
		free(values[i]);
	}
	assert_true(sum <= CI_TEKTON_MAX);
}

static void names(void **state)
{
	static const char *const good[] = {"web", "job.b", NULL}, *const alike[] = {"a.b", "A_b", NULL},
				 *const figure[] = {"a", "a_original", NULL};
	static const struct {
		const char *const *names;
		int want;
	} all[] = {{good, 0}, {alike, -ERR_INVAL}, {figure, -ERR_INVAL}};
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		CLEANUP_STRLIST struct strlist list = {0};
		struct err err = {0};
		for (const char *const *n = all[i].names; *n; n++)
			strlist_add(&list, *n);
		assert_int_equal(ci_batch_check_names(&list, &err), all[i].want);
		CLEANUP_FREE char *name = ci_batch_tekton_name(&list, 6);
		if (i == 0)
			assert_string_equal(name, "job_b_IMAGE_DIGEST");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_list_is_json_in_a_line),       cmocka_unit_test(github_outputs_are_between_delimiters),
	    cmocka_unit_test(azure_lines_are_commands_of_ours), cmocka_unit_test(the_page_and_the_cases_hold_no_markup),
	    cmocka_unit_test(what_does_not_fit_is_left_out),    cmocka_unit_test(names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
