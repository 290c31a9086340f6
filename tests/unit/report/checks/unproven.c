#include "report/checks/unproven.h"

#include "unit.h"

#include "base/mem.h"
#include "text/json.h"

static void add(struct report_unproven *u, const char *path, uint64_t bytes, unsigned named_by, const char *how)
{
	u->items = mem_realloc(u->items, u->count + 1, sizeof(*u->items));
	u->items[u->count++] = (struct report_unproven_file){.path = mem_strdup(path),
							     .bytes = bytes,
							     .named_by = named_by,
							     .example = mem_strdup("/app/run.sh"),
							     .how = how};
	u->files++;
	u->bytes += bytes;
}

static void assert_text(const struct report_unproven *u, const char *want)
{
	CLEANUP_BUF struct buf b = {0};
	buf_str(&b, "");
	report_unproven_text(u, &b);
	assert_string_equal(b.data, want);
}

#define ADVICE "            --include PATH keeps one; an exercise that uses it proves it\n"

static void as_text(void **state)
{
	CLEANUP(report_unproven_done) struct report_unproven u = {0};
	assert_text(&u, "");
	u.items = mem_calloc(1, sizeof(*u.items));
	assert_text(&u, "unproven    no file: all that kept code names is kept\n");
	add(&u, "/bin/\x1b", 2000, 1, "command");
	assert_text(&u, "unproven    1 file, 2.0 kB, named by kept code but never used, and dropped:\n"
			"              /bin/\\x1b 2.0 kB, by /app/run.sh (command)\n" ADVICE);
	for (int i = 0; i < 5; i++)
		add(&u, "/lib/x.so", 1000, 4, "dlopen");
	u.files += 6; /* that are not listed */
	assert_text(&u, "unproven    12 files, 7.0 kB, named by kept code but never used, and dropped:\n"
			"              /bin/\\x1b 2.0 kB, by /app/run.sh (command)\n"
			"              /lib/x.so 1.0 kB, by /app/run.sh (dlopen) and 3 more\n"
			"              /lib/x.so 1.0 kB, by /app/run.sh (dlopen) and 3 more\n"
			"              /lib/x.so 1.0 kB, by /app/run.sh (dlopen) and 3 more\n"
			"              /lib/x.so 1.0 kB, by /app/run.sh (dlopen) and 3 more\n"
			"              and 7 more\n" ADVICE);
}

static void as_json(void **state)
{
	CLEANUP(report_unproven_done) struct report_unproven u = {0};
	CLEANUP_BUF struct buf b = {0};
	add(&u, "/bin/\xff", 2000, 3, "command");
	u.files = 2;
	json_auto_t *v = report_unproven_json(&u);
	json_write(v, &b);
	assert_string_equal(b.data, "{\"bytes\":2000,\"files\":2,\"list\":[{\"bytes\":2000,\"example\":\"/app/run.sh\","
				    "\"how\":\"command\",\"named_by\":3,\"path\":\"/bin/\\\\xff\"}]}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(as_text), cmocka_unit_test(as_json)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
