#include "unit.h"

#include "base/mem.h"
#include "report/sample.h"
#include "report/terminal/terminal.h"

static void make(struct report *r)
{
	*r = (struct report){0};
	r->source.reference = mem_strdup("oci:images:nginx");
	r->source.size_bytes = 136000000;
	r->source.files = 5162;
	r->source.layers = 2;
	r->result.reference = mem_strdup("oci:images:nginx-slim");
	r->result.size_bytes = 11200000;
	r->result.files = 6000;
	r->result.layers = 1;
	r->verify.done = r->verify.equal = true;
	r->verify.equal_steps = 9;
	r->verify.equal_runs = 1;
}

static void coloured(void **state)
{
	CLEANUP_REPORT struct report r;
	CLEANUP_BUF struct buf out = {0};
	make(&r);
	report_terminal_text(&r, &(struct report_terminal){.columns = 80, .colour = true}, &out);
	assert_non_null(
	    strstr(out.data, "unpacked        136.0 MB  ->      \033[1m11.2 MB\033[0m    \033[32m-91.8 %\033[0m\n"));
	assert_non_null(
	    strstr(out.data, "files               5162  ->         \033[1m6000\033[0m    \033[33m+16.2 %\033[0m\n"));
	assert_non_null(strstr(out.data, "verified    \033[32m9 steps and 1 run equal\033[0m\n"));
	assert_non_null(strstr(out.data, "result      \033[1moci:images:nginx-slim\033[0m\n"));
}

/* Without colours and on a wide terminal it is the plain text. */
static void plain(void **state)
{
	CLEANUP_REPORT struct report r;
	CLEANUP_BUF struct buf out = {0}, text = {0};
	make(&r);
	report_text(&r, &text);
	report_terminal_text(&r, &(struct report_terminal){.columns = 500}, &out);
	assert_string_equal(out.data, text.data);
}

static void narrow(void **state)
{
	CLEANUP_REPORT struct report r;
	CLEANUP_BUF struct buf out = {0};
	make(&r);
	notes_add(&r.notes, "x", "a note of several words, and a long/path/without/any/blank/in/it/that/does/not/fit");
	notes_add(&r.notes, "y",
		  "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9 \xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9 "
		  "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9 \xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9 end of it");
	report_terminal_text(&r, &(struct report_terminal){.columns = 44, .colour = true}, &out);
	assert_non_null(strstr(out.data, "note        a note of several words, and a\n"
					 "            long/path/without/any/blank/in/i\n"
					 "            t/that/does/not/fit\n"));
	assert_non_null(strstr(out.data, "\xc3\xa9 end of\n            it\n"));
}

/* Text that begins with so many blanks that no column is left, or less than none. */
static void blanks_of_the_width(void **state)
{
	for (size_t blanks = 20; blanks <= 60; blanks++) {
		CLEANUP_REPORT struct report r;
		CLEANUP_BUF struct buf out = {0};
		char note[128];
		make(&r);
		snprintf(note, sizeof(note), "%*smany words at the end", (int)blanks, "");
		notes_add(&r.notes, "x", "%s", note);
		report_terminal_text(&r, &(struct report_terminal){.columns = 44}, &out);
		assert_non_null(strstr(out.data, "end\n"));
		for (const char *line = out.data; *line; line += strcspn(line, "\n") + 1)
			assert_true(strcspn(line, "\n") <= 44);
	}
}

/* All requests lose as many blanks. */
static void rows_of_a_table(void **state)
{
	CLEANUP_REPORT struct report r;
	CLEANUP_BUF struct buf out = {0};
	make(&r);
	sample_run(&r);
	report_terminal_text(&r, &(struct report_terminal){.columns = 72}, &out);
	assert_non_null(strstr(out.data, "              GET /                     80       200     612 B      4 ms\n"
					 "              GET /favicon.ico          80       404     612 B      4 ms\n"));
	for (const char *line = out.data; *line; line += strcspn(line, "\n") + 1)
		assert_true(strcspn(line, "\n") <= 72);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(coloured),        cmocka_unit_test(plain),
	    cmocka_unit_test(narrow),          cmocka_unit_test(blanks_of_the_width),
	    cmocka_unit_test(rows_of_a_table),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
