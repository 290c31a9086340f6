#include "unit.h"

#include "oci/history.h"

static void lines(void **state)
{
	static const char *const cases[][2] = {
	    {"/bin/sh -c #(nop) COPY dir:1f2e in /app ", "COPY dir:1f2e in /app"},
	    {"/bin/sh -c #(nop)  CMD [\"x\"]", "CMD [\"x\"]"},
	    {"/bin/sh -c apt-get update \t&& apt-get  install x", "RUN apt-get update && apt-get install x"},
	    {"RUN /bin/sh -c make # buildkit", "RUN make"},
	    {"RUN |2 A=1 B=/bin/sh /bin/sh -c make all # buildkit", "RUN make all"},
	    {"RUN |1 A=1 pwsh x # buildkit", "RUN |1 A=1 pwsh x"},
	    {"COPY --chown=1 a\n b /app/ # buildkit", "COPY --chown=1 a b /app/"},
	    {"RUN", "RUN"},
	    {"", ""},
	    {" # buildkit", ""},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_BUF struct buf line = {0};
		buf_str(&line, "");
		oci_history_line(cases[i][0], &line);
		assert_string_equal(line.data, cases[i][1]);
	}
}

static void instructions(void **state)
{
	bool runs;
	CLEANUP_FREE char *copy = oci_history_instruction("COPY a /b # buildkit", &runs);
	assert_string_equal(copy, "COPY a /b");
	assert_false(runs);
	CLEANUP_FREE char *run = oci_history_instruction("/bin/sh -c make", &runs);
	assert_string_equal(run, "/bin/sh -c make");
	assert_true(runs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines),
	    cmocka_unit_test(instructions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
