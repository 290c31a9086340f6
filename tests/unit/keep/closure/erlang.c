#include "keep/sources.h"

#define LIB "/usr/lib/elixir/lib/"
static const struct source_file files[] = {
    {"bin/sh!", NULL},
    {"usr/bin/sort!", NULL},
    {"usr/bin/date!", NULL},
    {"usr/lib/elixir/lib/elixir/ebin/Elixir.Date.beam", "x"},
    {"usr/lib/elixir/lib/elixir/ebin/Elixir.Date.Range.beam", "x"},
    {"usr/lib/elixir/lib/elixir/ebin/elixir.app",
     "{application, elixir, [{registered, [mix]}, {applications, [kernel,'logger']}, {vsn, mix}]}."},
    {"usr/lib/elixir/lib/logger/ebin/logger.app", "{application, logger, []}."},
    {"usr/lib/elixir/lib/logger/ebin/Elixir.Logger.beam", "x"},
    {"usr/lib/elixir/lib/logger/priv/table.dat", "x"},
    {"usr/lib/elixir/lib/logger/src/l.ex", "x"},
    {"usr/lib/elixir/lib/mix/ebin/mix.app", "x"},
    {"usr/lib/elixir/lib/mix/ebin/Elixir.Mix.beam", "x"},
    {"usr/lib/erlang/releases/25/OTP_VERSION", "x"},
    {"usr/lib/erlang/lib/wx-2/ebin/wx.beam", "x"},
    {"usr/lib/erlang/lib/wx-2/ebin/wx_object.beam", "x"},
    {"srv/app/one.beam", "x"},
    {"srv/app/two.txt", "x"},
};

#define ELIXIR                                                                                                         \
	LIB "elixir/ebin/Elixir.Date.Range.beam " LIB "elixir/ebin/Elixir.Date.beam " LIB "elixir/ebin/elixir.app "
#define LOGGER LIB "logger/ebin/Elixir.Logger.beam " LIB "logger/ebin/logger.app " LIB "logger/priv/table.dat"

/* A module's directory whole, with the applications of its .app file. */
static void directories(void **state)
{
	ASSERT_KEPT_FOR(files, NULL, "usr/lib/elixir/lib/elixir/ebin/x.beam", "x", 0644, ELIXIR LOGGER);
	ASSERT_KEPT_FOR(files, NULL, "srv/app/x.beam", "x", 0644, "/srv/app/one.beam");
	ASSERT_KEPT_FOR(files, NULL, "usr/lib/erlang/lib/wx-2/ebin/x.beam", "x", 0644,
			"/usr/lib/erlang/lib/wx-2/ebin/wx.beam /usr/lib/erlang/lib/wx-2/ebin/wx_object.beam");
}

static void number(struct buf *b, size_t v, size_t size)
{
	for (size_t i = size; i--;)
		buf_char(b, (char)(v >> (8 * i)));
}

/* A module with those atoms, and one literal, "sort -u". */
static void module(struct buf *out, const char *const *atoms)
{
	CLEANUP_BUF struct buf table = {0};
	static const char literals[] = "\0\0\0\0\0\0\0\1\0\0\0\13\203k\0\7sort -u";
	size_t n = 0;
	while (atoms[n])
		n++;
	number(&table, n, 4);
	for (size_t i = 0; i < n; i++) {
		buf_char(&table, (char)strlen(atoms[i]));
		buf_str(&table, atoms[i]);
	}
	while (table.len % 4)
		buf_char(&table, '\0');
	buf_append(out, "FOR1\0\0\0\0BEAMAtU8", 16);
	number(out, table.len, 4);
	buf_append(out, table.data, table.len);
	buf_append(out, "LitT", 4);
	number(out, sizeof(literals) - 1, 4);
	buf_append(out, literals, sizeof(literals) - 1);
}

static void one(const char *path, const char *const *atoms, const char *want)
{
	CLEANUP_BUF struct buf file = {0};
	module(&file, atoms);
	CLEANUP_FREE char *got =
	    kept_for_bytes(files, sizeof(files) / sizeof(files[0]), NULL, path, file.data, file.len, 0644, false);
	assert_string_equal(got, want);
}

/* Atoms name modules; of an application's own, literals name commands if it starts any. */
static void modules(void **state)
{
	one("srv/x/a.beam", (const char *[]){"a", "Elixir.Logger", "gone", "../one", NULL}, LOGGER);
	one("srv/x/a.beam", (const char *[]){"os", "cmd", NULL}, "/bin/sh /usr/bin/sort");
	one("srv/x/a.beam", (const char *[]){"os", "timestamp", NULL}, "");
	one("usr/lib/erlang/lib/x-1/ebin/a.beam", (const char *[]){"a", "wx", NULL}, "");
	one("usr/lib/yaws/ebin/a.beam", (const char *[]){"os", "cmd", "wx", NULL},
	    "/usr/lib/erlang/lib/wx-2/ebin/wx.beam /usr/lib/erlang/lib/wx-2/ebin/wx_object.beam");
}

static void scripts(void **state)
{
	static const struct {
		const char *path, *text, *want;
	} cases[] = {
	    {"srv/x/a.exs", "IO.puts(Logger.error(1)) # Mix.env", LOGGER},
	    {"srv/x/a.exs", ":os.cmd(~c\"date -u\"); System.cmd(\"sort\", [])", "/bin/sh /usr/bin/date /usr/bin/sort"},
	    {"srv/x/a.erl", "main(_) -> wx:new(), Logger = 1.",
	     "/usr/lib/erlang/lib/wx-2/ebin/wx.beam /usr/lib/erlang/lib/wx-2/ebin/wx_object.beam"},
	    {"srv/x/a.exs", "Date.", ""},
	};
	for (size_t i = 0; i < 3; i++)
		ASSERT_KEPT_FOR(files, NULL, cases[i].path, cases[i].text, 0644, cases[i].want);
	ASSERT_KEPT_FOR(files, NULL, cases[3].path, cases[3].text, 0644, ELIXIR LOGGER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(directories), cmocka_unit_test(modules),
					   cmocka_unit_test(scripts)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
