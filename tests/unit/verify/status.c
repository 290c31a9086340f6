#include "unit.h"

#include "base/mem.h"
#include "verify/status.h"

#define MOST 9

/* Samples by hand: "200" an HTTP status, "=3" an exit code, "-" no answer, "k" killed by slim. */
static size_t parse(const char *text, struct verify_status *out)
{
	CLEANUP_FREE char *copy = mem_strdup(text);
	char *rest = copy, *word;
	size_t n = 0;
	while ((word = strsep(&rest, " "))) {
		assert_true(n < MOST);
		out[n++] = *word == '-'   ? (struct verify_status){VERIFY_STATUS_NONE, -1}
			   : *word == 'k' ? (struct verify_status){VERIFY_STATUS_KILLED, 137}
			   : *word == '=' ? (struct verify_status){VERIFY_STATUS_EXIT, atoi(word + 1)}
					  : (struct verify_status){VERIFY_STATUS_HTTP, atoi(word)};
	}
	return n;
}

static void compare_one(const char *original, const char *slim, enum verify_status_verdict want)
{
	struct verify_status a[MOST], b[MOST];
	size_t n_a = parse(original, a), n_b = parse(slim, b);
	if (verify_status_compare(a, n_a, b, n_b) != want)
		fail_msg("%s against %s is %d", original, slim, verify_status_compare(a, n_a, b, n_b));
}

struct row {
	const char *original, *slim;
};
#define EACH(want, ...)                                                                                                \
	do {                                                                                                           \
		static const struct row rows[] = {__VA_ARGS__};                                                        \
		for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)                                              \
			compare_one(rows[i].original, rows[i].slim, want);                                             \
	} while (0)

static void what_is_steady(void **state)
{
	EACH(VERIFY_STATUS_EQUAL, {"200", "200"}, {"200 200", "200"}, {"=0", "=0"}, {"-", "-"}, {"k", "k"});
	EACH(VERIFY_STATUS_DIFFERS, {"200", "201"}, {"200 200 200", "404 404"}, {"=0", "=1"}, {"200", "-"},
	     {"-", "200"}, {"k", "=137"});
}

static void what_varies_within_a_class(void **state)
{
	EACH(VERIFY_STATUS_VOLATILE, {"200 201", "202"}, {"200 201", "200"}, {"404 403 404", "410 404"},
	     {"=1 =2", "=3 =1"}, {"=137 =143", "=139"});
	EACH(VERIFY_STATUS_DIFFERS, {"200 201", "500"}, {"200 201 200", "404 500"}, {"404 403", "200 200"},
	     {"=1 =2", "=0"}, {"=1 =2", "=127"}, {"=1 =2", "=139 =134"}, {"=0 =0", "=1 =2"});
}

static void what_varies_in_class(void **state)
{
	EACH(VERIFY_STATUS_INCOMPARABLE, {"200 503", "404"}, {"200 503 200", "200 503"}, {"503 200", "200 200"},
	     {"=0 =1", "=127"}, {"=0 k", "=3"});
	/* more runs decide: one that went well does not */
	EACH(VERIFY_STATUS_DIFFERS, {"200", "503 200"}, {"200 200 200", "200 404"}, {"200 200 200", "500 200 200"},
	     {"200 200", "500 200 200 500 200 200"}, {"200 201", "200 302"}, {"=0 =0", "=1 =0 =0"},
	     {"404 404", "200 404"});
	EACH(VERIFY_STATUS_VOLATILE, {"200 200 200", "404 200 200 200"}, {"=0 =0", "=0 =0 =0 =1 =0"});
}

static void no_answer_is_not_a_status(void **state)
{
	EACH(VERIFY_STATUS_DIFFERS, {"200 503", "-"}, {"200 503", "- -"}, {"200 201", "- - 200"}, {"200 503", "200 -"},
	     {"200", "- 200"}, {"200 - 200", "- - -"}, {"=0 =1", "-"});
	EACH(VERIFY_STATUS_DIFFERS, {"200 200", "- 200 200"}, {"200 201", "200 - 201"});
	EACH(VERIFY_STATUS_VOLATILE, {"200 200", "- 200 200 200"}, {"200 201", "200 - 201 200"});
	EACH(VERIFY_STATUS_INCOMPARABLE, {"200 - 200", "- 200"}, {"- 200", "200"}, {"- -", "200 -"});
}

static void texts(void **state)
{
	static const struct {
		const char *samples, *text, *classes;
	} rows[] = {
	    {"200 503 204", "200", "2xx, 5xx"},
	    {"- 404", "no answer", "no answer, 4xx"},
	    {"=3 =0 =126 =137 =127 =9", "3", "failure, success, cannot run, signal"},
	    {"k 999 101 302", "killed by slim", "killed by slim, no status, 1xx, 3xx"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct verify_status s[MOST];
		size_t n = parse(rows[i].samples, s);
		CLEANUP_BUF struct buf text = {0}, classes = {0};
		verify_status_text(&s[0], &text);
		verify_status_classes(s, n, &classes);
		assert_string_equal(text.data, rows[i].text);
		assert_string_equal(classes.data, rows[i].classes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_steady),
	    cmocka_unit_test(what_varies_within_a_class),
	    cmocka_unit_test(what_varies_in_class),
	    cmocka_unit_test(no_answer_is_not_a_status),
	    cmocka_unit_test(texts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
