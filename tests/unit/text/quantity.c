#include "unit.h"

#include "text/quantity.h"

typedef int parse(const char *s, uint64_t *out, struct err *err);

static void good(parse *p, const char *s, uint64_t want)
{
	uint64_t n = 1;
	struct err e = {0};
	if (p(s, &n, &e) < 0)
		fail_msg("%s: %s", s, e.msg);
	if (n != want)
		fail_msg("%s: %llu", s, (unsigned long long)n);
}

static void bad(parse *p, const char *s)
{
	uint64_t n;
	struct err e = {0};
	if (p(s, &n, &e) != -ERR_INVAL)
		fail_msg("\"%s\" is taken", s);
	assert_non_null(strstr(e.msg, s));
}

static void sizes(void **state)
{
	good(quantity_parse_bytes, "0", 0);
	good(quantity_parse_bytes, "17", 17);
	good(quantity_parse_bytes, "17B", 17);
	good(quantity_parse_bytes, "2K", 2048);
	good(quantity_parse_bytes, "2KiB", 2048);
	good(quantity_parse_bytes, "2KB", 2000);
	good(quantity_parse_bytes, "3M", 3 << 20);
	good(quantity_parse_bytes, "20G", 20ull << 30);
	good(quantity_parse_bytes, "20GB", 20000000000);
	good(quantity_parse_bytes, "1T", 1ull << 40);
	good(quantity_parse_bytes, "18446744073709551615", UINT64_MAX);
	static const char *const wrong[] = {"",
					    " 1",
					    "-1",
					    "+1",
					    "G",
					    "1.5G",
					    "1g",
					    "1GG",
					    "1iB",
					    "1P",
					    "0x10",
					    "18446744073709551616",
					    "99999999999T",
					    "1 G"};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		bad(quantity_parse_bytes, wrong[i]);
}

static void times(void **state)
{
	good(quantity_parse_seconds, "0", 0);
	good(quantity_parse_seconds, "90s", 90);
	good(quantity_parse_seconds, "30m", 1800);
	good(quantity_parse_seconds, "12h", 43200);
	good(quantity_parse_seconds, "7d", 604800);
	good(quantity_parse_seconds, "2w", 1209600);
	static const char *const wrong[] = {"", "7", "d", "-1d", "7D", "7days", "1h30m", "99999999999999999d", "1.5h"};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		bad(quantity_parse_seconds, wrong[i]);
}

static void percent_one(const char *s, int64_t want)
{
	uint64_t n = 0;
	if (quantity_percent(s, &n) != (want >= 0) || (want >= 0 && n != (uint64_t)want))
		fail_msg("%s: %llu", s, (unsigned long long)n);
}

static void percents(void **state)
{
	static const char *const wrong[] = {"",
					    "%",
					    ".5%",
					    "2.%",
					    "2.1234%",
					    "-1%",
					    " 1%",
					    "1 %",
					    "1%%",
					    "1e3%",
					    "1000001%",
					    "2,5%",
					    "99999999999999999999%"};
	percent_one("0", 0);
	percent_one("50%", 50000);
	percent_one("2.5", 2500);
	percent_one("0.5%", 500);
	percent_one("0.001%", 1);
	percent_one("2.05%", 2050);
	percent_one("1000000%", 1000000000);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		percent_one(wrong[i], -1);
}

static void counts(void **state)
{
	uint64_t n;
	assert_true(quantity_count("12x", 2, &n) && n == 12);
	assert_true(quantity_count("999999999999999999", 18, &n) && n == 999999999999999999);
	assert_false(quantity_count("1000000000000000000", 19, &n));
	assert_false(quantity_count("", 0, &n));
	assert_false(quantity_count("+1", 2, &n));
	assert_false(quantity_count("1 ", 2, &n));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(sizes), cmocka_unit_test(times), cmocka_unit_test(percents),
					   cmocka_unit_test(counts)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
