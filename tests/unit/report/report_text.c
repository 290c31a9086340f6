#include "unit.h"

#include "report/sample.h"

static void ordinary(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	CLEANUP_BUF struct buf b = {0};
	sample_sizes(&r);
	sample_result(&r);
	sample_run(&r);
	sample_rest(&r);
	report_text(&r, &b);
	assert_string_equal(
	    b.data,
	    "source      oci:in:nginx:1.25\n"
	    "unpacked        187.2 MB  ->      14.3 MB    -92.4 %\n"
	    "compressed       71.0 MB  ->     900.0 kB    -98.7 %\n"
	    "files               3140  ->           72    -97.7 %\n"
	    "layers                 7  ->            1\n"
	    "ran         nginx -g 'daemon off;'\n"
	    "            ready after 0.12 s, ended after 3.46 s with status 143\n"
	    "probed      http, 2 requests: 1 x 200, 1 x 404\n"
	    "              GET /                                                  80       200     612 B      4 ms\n"
	    "              GET /favicon.ico                                       80       404     612 B      4 ms\n"
	    "traced      1234 paths, 5 processes\n"
	    "time        unpack 1.20 s, record 4.02 s, in all 5.22 s\n"
	    "            3 of 7 layers came unpacked from the cache\n"
	    "note        the container wrote to /var/cache\n"
	    "result      oci:out:slim\n"
	    "            sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n");
}

static void has(const struct report *r, const char *line, bool expected)
{
	CLEANUP_BUF struct buf b = {0};
	report_text(r, &b);
	if (!strstr(b.data, line) == expected)
		fail_msg("%s: %s\n%s", expected ? "missing" : "unexpected", line, b.data);
}

static void application(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	sample_sizes(&r);
	has(&r, "application", false);
	r.application.bytes = 2500000;
	r.application.files = 12;
	r.application.biggest[0].path = mem_strdup("/app/\x1b");
	r.application.biggest[0].bytes = 2000000;
	has(&r, "application 2.5 MB in 12 files that no run used: /app/\\x1b 2.0 MB; --keep closure", true);
}

static void needs(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	sample_sizes(&r);
	sample_result(&r);
	sample_run(&r);
	has(&r, "first used", false);
	sample_need(&r);
	has(&r, "\nfirst used  by GET / 1.2 MB, of that 900.0 kB of the package zlib1g\n", true);
	r.needs.items[0].bytes = 140000; /* of 14312345 */
	has(&r, "first used", false);
}

static void shares(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	sample_sizes(&r);
	has(&r, "kept ", false);
	r.shares.bytes[REPORT_SHARE_NEEDED] = 1500000;
	has(&r, "\nkept        1.5 MB needed by that\n", true);
	r.shares.bytes[REPORT_SHARE_USED] = 25000000;
	r.shares.bytes[REPORT_SHARE_TREES] = 98000000;
	r.shares.bytes[REPORT_SHARE_OPTIONS] = 3000;
	r.shares.trees[0] = (struct report_tree){mem_strdup("/usr/lib/R\x1b"), 60000000};
	has(&r, "in programs' own directories (/usr/lib/R\\x1b 60.0 MB), 3.0 kB asked for by options\n", true);
	r.shares.trees[1] = (struct report_tree){mem_strdup("/usr/share/R"), 30000000};
	r.shares.trees[2] = (struct report_tree){mem_strdup("/etc/R"), 10000};
	has(&r,
	    "\nkept        25.0 MB used, 1.5 MB needed by that, 98.0 MB in programs' own directories "
	    "(/usr/lib/R\\x1b 60.0 MB, /usr/share/R 30.0 MB), 3.0 kB asked for by options\n",
	    true);
}

static void repeated(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	sample_stability(&r);
	has(&r,
	    "repeated    3 runs used 40 files of the image, 2 of them (5.0 %) in some runs only; they are kept\n"
	    "              /srv/a\\x1b, in run 2\n"
	    "              /srv/b, in runs 1, 3\n",
	    true);
	r.stability.items = mem_realloc(r.stability.items, 7, sizeof(*r.stability.items));
	for (; r.stability.n_items < 7; r.stability.n_items++)
		r.stability.items[r.stability.n_items] = (struct report_unstable){mem_strdup("/c"), 1};
	has(&r, "/c, in run 1\n              and 2 more\n", true);
	r.stability.files_in_some = 0;
	has(&r, "repeated    3 runs used 40 files of the image, the same in each run\n", true);
	r.stability.runs = 0;
	has(&r, "repeated", false);
	/* the runs but the first are not shown one by one */
	sample_run(&r)->variant = 1;
	has(&r, "nginx", false);
}

static void layers_in_place(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	sample_sizes(&r);
	report_stage_add(&r, "unpack", 1);
	has(&r, "written to the store", false);
	r.in_place_layers = 4;
	has(&r, "            4 of 7 layers were used where the source has them, 0 B written to the store\n", true);
}

static void without_a_result(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	CLEANUP_BUF struct buf b = {0};
	sample_sizes(&r);
	report_text(&r, &b);
	assert_string_equal(b.data, "source      oci:in:nginx:1.25\n"
				    "unpacked        187.2 MB\n"
				    "compressed       71.0 MB\n"
				    "files               3140\n"
				    "layers                 7\n");
}

static void sizes_one(uint64_t before, uint64_t after, const char *line)
{
	CLEANUP_REPORT struct report r = {0};
	sample_result(&r);
	r.source.size_bytes = before;
	r.result.size_bytes = after;
	has(&r, line, true);
}

static void sizes(void **state)
{
	sizes_one(999, 500, "unpacked           999 B  ->        500 B    -49.9 %\n");
	sizes_one(1000, 2000, "unpacked          1.0 kB  ->       2.0 kB   +100.0 %\n");
	sizes_one(1000000, 0, "unpacked          1.0 MB  ->          0 B   -100.0 %\n");
	sizes_one(12345678901, 12345678901, "unpacked      12345.7 MB  ->   12345.7 MB     +0.0 %\n");
	sizes_one(0, 5, "unpacked             0 B  ->          5 B\n");
}

static void destinations_are_named(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	sample_result(&r);
	sample_destination(&r);
	has(&r, "\nresult      docker://r.io/app:1\n            r.io/app:2\n            r.io/app@sha256:00\n", true);
	has(&r, "oci:out:slim", false);
	r.source.compressed_bytes = 5;
	has(&r, "compressed", true);
	r.result.compressed_bytes = 0; /* unpacked in an engine */
	has(&r, "compressed", false);
}

static void failed_steps_are_listed(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	sample_result(&r);
	struct run_result *run = sample_run(&r);
	sample_step(run, EXERCISE_HTTP, "GET /down", 80, -1, "connection refused");
	sample_step(run, EXERCISE_HTTP, "GET /broken", 8080, 503, NULL);
	sample_step(run, EXERCISE_EXEC, "true", 0, 0, NULL);
	sample_step(run, EXERCISE_EXEC, "false", 0, 1, NULL);
	has(&r, "\nprobed      http, 4 requests: 1 x 200, 1 x 404, 1 x no answer, 1 x 503\n", true);
	has(&r, "\nprobed      exec, 2 commands: 1 x exit 0, 1 x exit 1\n", true);
	has(&r, "\n  failed    GET /down on port 80: no answer, connection refused\n", true);
	has(&r, "\n  failed    GET /broken on port 8080: 503\n", true);
	has(&r, "\n  failed    false: exit 1\n", true);
	has(&r, "failed    true", false);
	has(&r, "failed    GET /favicon", false);
	run->steps.steps[0].unexpected = mem_strdup("status 200, not\n404");
	has(&r, "\n  failed    GET / on port 80: status 200, not\\x0a404\n", true);
	has(&r, " 200     612 B      4 ms  unexpected\n", true);
	run->steps.steps[1].wish = EXERCISE_WISH_MET;
	has(&r, " 404     612 B      4 ms  expected\n", true);
}

static void long_lists_are_cut(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	struct run_result *run = sample_run(&r);
	for (int i = 0; i < 60; i++)
		sample_step(run, EXERCISE_HTTP, "GET /x", 80, 500 + i / 5, NULL);
	has(&r, "\n            55 more failed\n", true);
	has(&r, "\n              and 22 more\n", true);
	has(&r, "1 x 200, 1 x 404, 5 x 500, 5 x 501, 5 x 502, 5 x 503, 5 x 504, 5 x 505, ...\n", true);
	free(run->command);
	run->command = mem_printf("%099d\xc3\xa4%0200d", 0, 0); /* the cut would be inside of a character */
	CLEANUP_FREE char *line = mem_printf("\nran         %099d...\n", 0);
	has(&r, line, true);
}

static void nothing_reaches_the_terminal_raw(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	CLEANUP_BUF struct buf b = {0};
	r.source.reference = mem_strdup("oci:\033[2J:a");
	r.result.reference = mem_strdup("oci:\n\rb");
	strcpy(r.result.digest, "\033d");
	struct run_result *run = sample_run(&r);
	free(run->command);
	run->command = mem_strdup("sh\t-c\n\xff");
	sample_step(run, EXERCISE_HTTP, "GET /\033]0;x\a", 80, -1, "e\b\x7f");
	report_stage_add(&r, "pa\033ck", 1);
	notes_add(&r.notes, "test-note", "%s",
		  "n\xe2\x80\xae"
		  "\033");
	report_text(&r, &b);
	for (size_t i = 0; i < b.len; i++)
		assert_true(b.data[i] == '\n' || (b.data[i] >= 0x20 && b.data[i] < 0x7f));
	assert_non_null(strstr(b.data, "source      oci:\\x1b[2J:a\n"));
	assert_non_null(strstr(b.data, "ran         sh\\x09-c\\x0a\\xff\n"));
	assert_non_null(strstr(b.data, "GET /\\x1b]0;x\\x07 on port 80: no answer, e\\x08\\x7f\n"));
	assert_non_null(strstr(b.data, "note        n\\xe2\\x80\\xae\\x1b\n"));
}

static void not_ready_and_kernel_paths(void **state)
{
	CLEANUP_REPORT struct report r = {.trace = {.processes = 1, .paths = 3, .kernel_paths = 2}};
	struct run_result *run = sample_run(&r);
	run->ready_ms = 0;
	has(&r, "listening", false);
	has(&r, "\n            ended after 3.46 s with status 143\n", true);
	has(&r, "\ntraced      3 paths, 1 process, 2 opened by the kernel itself\n", true);
}

static void a_trace_with_everything(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	sample_trace(&r);
	has(&r,
	    "traced      3 paths, 2 processes, 1 program, 2 opened by the kernel itself\n"
	    "            1 found in the image, 1 not; files seen by ptrace 4, by fanotify 5\n"
	    "            listened on 53/tcp, 53/udp, 8080/tcp\n"
	    "trace       a\\x1b.json, 3 paths\n"
	    "            b.json, 1 paths, of another image\n",
	    true);
}

static void verified(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	has(&r, "verified", false);
	r.verify = (struct verify_verdict){.skipped = "as you said"};
	has(&r, "verified    no: as you said\n", true);
	r.verify =
	    (struct verify_verdict){.done = true, .equal = true, .rounds = 1, .equal_steps = 14, .equal_runs = 2};
	has(&r, "verified    14 steps and 2 runs equal\n", true);
	verify_healed_add(&r.verify, "/a\033", "/bin/sh looked for /a\033", 1);
	strlist_add(&r.verify.variable, "GET /now: answer");
	strlist_add(&r.verify.left_out, "/b");
	has(&r, "verified    14 steps and 2 runs equal, 1 path healed, 1 value left out that varies by itself\n", true);
	has(&r, "  healed    /a\\x1b: /bin/sh looked for /a\\x1b\n", true);
	has(&r, "  left out  /b, which the result looks for\n", true);
	strlist_add(&r.verify.incomparable, "GET /x: status (2xx, 5xx)");
	has(&r, " 1 value left out that varies by itself, 1 incomparable\n", true);
	has(&r, "  no proof  GET /x: status (2xx, 5xx): incomparable, as it differs between runs of the original\n",
	    true);
	verify_difference_add(&r.verify, "GET /", "status", "200", "500");
	verify_lookup_add(&r.verify, "/c", NULL);
	has(&r, "equal, 1 difference, 1 path of compiled Python missed, 1 path healed, ", true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ordinary),
	    cmocka_unit_test(application),
	    cmocka_unit_test(needs),
	    cmocka_unit_test(shares),
	    cmocka_unit_test(repeated),
	    cmocka_unit_test(layers_in_place),
	    cmocka_unit_test(without_a_result),
	    cmocka_unit_test(sizes),
	    cmocka_unit_test(destinations_are_named),
	    cmocka_unit_test(failed_steps_are_listed),
	    cmocka_unit_test(long_lists_are_cut),
	    cmocka_unit_test(nothing_reaches_the_terminal_raw),
	    cmocka_unit_test(not_ready_and_kernel_paths),
	    cmocka_unit_test(a_trace_with_everything),
	    cmocka_unit_test(verified),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
