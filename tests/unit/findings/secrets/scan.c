#include "unit.h"

#include "base/buf.h"
#include "findings/secrets/placeholder.h"
#include "findings/secrets/scan.h"

#define MIX36 "aB3dE6gH9jKl2mN5pQ8rSt1uV4wX7yZa0bCd"

static void collect(void *ctx, const struct findings_hit *hit)
{
	struct buf *b = ctx;
	buf_printf(b, "%s %zu-%zu;", hit->rule->id, hit->begin, hit->end);
}

/* At every place of the text around it, so that each alignment is tried. */
static void finds_an_anchor_at_every_place(void **state)
{
	CLEANUP_FINDINGS_SCANNER struct findings_scanner *s = findings_scanner_new();
	for (size_t before = 0; before < 9; before++) {
		CLEANUP_BUF struct buf text = {0}, found = {0}, expected = {0};
		for (size_t i = 0; i < before; i++)
			buf_char(&text, ' ');
		buf_str(&text, "ghp_" MIX36);
		buf_printf(&expected, "github-token %zu-%zu;", before + 4, before + 40);
		findings_scan_file(s, "/a", text.data, text.len, collect, &found);
		assert_string_equal(found.data, expected.data);
	}
}

static void file(const char *path, const char *text, const char *expected)
{
	CLEANUP_FINDINGS_SCANNER struct findings_scanner *s = findings_scanner_new();
	CLEANUP_BUF struct buf found = {0};
	buf_str(&found, "");
	findings_scan_file(s, path, text, strlen(text), collect, &found);
	assert_string_equal(found.data, expected);
}

static void hits_do_not_overlap(void **state)
{
	file("/a", "ghp_" MIX36 "npm_" MIX36, ""); /* the first is too long, the second not a word of its own */
	file("/a", "ghp_" MIX36 " ghp_" MIX36, "github-token 4-40;github-token 45-81;");
	file("/a", "", "");
	file("/a", "gh", "");
	file("/a", "ghp_", "");
}

static void lines_of_files_with_a_name(void **state)
{
	file("/a/.npmrc", "# a\n_authToken=${A}\nx\n_authToken=abcdefgh\n", "npmrc 22-39;");
	file("/a/npmrc.txt", "_authToken=abcdefgh", "");
	file("/a/.env", "A=<your-key>\nB=c\n", "env-file 13-16;");
	file("/a/.env.sample", "B=c\n", "");
}

static void texts(const char *text, const char *expected)
{
	CLEANUP_FINDINGS_SCANNER struct findings_scanner *s = findings_scanner_new();
	CLEANUP_BUF struct buf found = {0};
	buf_str(&found, "");
	findings_scan_text(s, text, strlen(text), collect, &found);
	if (strcmp(found.data, expected) != 0)
		fail_msg("%s: %s", text, found.data);
}

static void values_by_the_name_before_them(void **state)
{
	texts("RUN |1 TOKEN=abcd sh", "named-secret 13-17;");
	texts("RUN PGPASSWORD='a b' x", "named-secret 16-19;");
	texts("RUN x --password abcd", "named-secret 17-21;");
	texts("RUN x --password=abcd", "named-secret 17-21;");
	texts("RUN x --password -y", "");
	texts("RUN x password abcd", "");
	texts("RUN [ $TOKEN = abcd ] && TOKEN=$(cat a) PASSWORD=\"$X\" SECRET=/run/a TOKEN=true API_KEY=ab", "");
	texts("PASSWORD=", "");
	texts("=", "");
	texts("https://a.b/?access_token=abcd&x=y", "named-secret 26-30;");
	texts("RUN compass=abcd bypass=1234", "");
	texts("TOKEN=a=b x_token=abcd", "named-secret 6-9;named-secret 18-22;");
	texts("TOKEN=apassword='b c'", "named-secret 6-16;named-secret 17-20;");
}

/* What stands in a value that was found is found with it; in an example it is looked for. */
static void values_in_values(void **state)
{
	texts("TOKEN=password=abcd", "named-secret 6-19;");
	texts("TOKEN=x.example?password=abcd", "named-secret 25-29;");
	texts("TOKEN=${A}password=xxxxpassword=abcd e", "named-secret 32-36;");
	texts("TOKEN=true,PASSWORD=abcd", "named-secret 20-24;");
	texts("TOKEN='password=abcd' PASSWORD=efgh", "named-secret 7-20;named-secret 16-20;named-secret 31-35;");
}

static void count(void *ctx, const struct findings_hit *hit)
{
	++*(size_t *)ctx;
}

/* A value that a hostile text begins a million times is read once: this does not end otherwise. */
static void a_long_text_takes_no_longer_than_its_bytes(void **state)
{
	static const char *const units[] = {"password=", "password=xxxx", "password=/", "password='"};
	CLEANUP_FINDINGS_SCANNER struct findings_scanner *s = findings_scanner_new();
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		CLEANUP_BUF struct buf text = {0};
		size_t hits = 0;
		while (text.len < 4u << 20)
			buf_str(&text, units[i]);
		findings_scan_text(s, text.data, text.len, count, &hits);
		assert_int_equal(hits > 1, i == 3); /* the values in quotes are short */
	}
}

static void examples_are_not_secrets(void **state)
{
	static const char *const examples[] = {"AKIAIOSFODNN7EXAMPLE", "${TOKEN}",         "<token>",
					       "your_token",           "{{ token }}",      "xxxxxxxx",
					       "aaaaaaaaaaaaaaaa",     "abababababababab", "$(cat token)"};
	static const char *const secrets[] = {"hunter2", "aaaa", "abcdeabcdeabcdeabcde", ""};
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++)
		assert_true(findings_is_placeholder(examples[i], strlen(examples[i])));
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		assert_false(findings_is_placeholder(secrets[i], strlen(secrets[i])));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_an_anchor_at_every_place),
	    cmocka_unit_test(hits_do_not_overlap),
	    cmocka_unit_test(lines_of_files_with_a_name),
	    cmocka_unit_test(values_by_the_name_before_them),
	    cmocka_unit_test(values_in_values),
	    cmocka_unit_test(a_long_text_takes_no_longer_than_its_bytes),
	    cmocka_unit_test(examples_are_not_secrets),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
