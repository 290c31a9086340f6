#include "unit.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/mem.h"
#include "cmd/command.h"
#include "cmd/docker_slim/host_config.h"
#include "cmd/docker_slim/rows.h"
#include "cmd/docker_slim/translate.h"
#include "cmd/docker_slim/values.h"
#include "os/fd.h"

/* What the compatibility layer adds. */
#define REPORT " --report=slim.report.json --report-format=docker-slim"

/* The words of line, which has no quotes, as an argv. */
static struct strlist split(const char *line)
{
	struct strlist words = {0};
	for (size_t len; *(line += strspn(line, " ")); line += len) {
		len = strcspn(line, " ");
		strlist_take(&words, mem_strndup(line, len));
	}
	return words;
}

static char *joined(char *const *argv, int argc)
{
	struct buf b = {0};
	for (int i = 0; i < argc; i++)
		buf_printf(&b, "%s%s", i ? " " : "", argv[i]);
	return buf_steal(&b);
}

/* All after the program's name. want: the verb's arguments, or the message of the error; notes: how many lines. */
static void line_one(const char *line, const char *want, size_t notes)
{
	CLEANUP_STRLIST struct strlist words = split(line);
	CLEANUP_DOCKER_SLIM struct docker_slim_state s = {0};
	struct err err = {0};
	char *argv[32] = {(char *)(uintptr_t) "slim"};
	for (size_t i = 0; i < words.count; i++)
		argv[i + 1] = words.items[i];
	int argc = (int)words.count + 1, verb = 0;
	int r = docker_slim_take_globals(&s, argc, argv, &verb, &err);
	if (r == 0)
		r = docker_slim_take_verb(&s, &command_build.options, DOCKER_SLIM_BUILD, argc - verb, argv + verb,
					  &err);
	CLEANUP_FREE char *got = r < 0 ? mem_strdup(err.msg) : joined(s.argv, s.argc);
	assert_string_equal(got, want);
	assert_int_equal(s.notes.count, r < 0 ? s.notes.count : notes);
}

static void lines(void **state)
{
	line_one("build --sensor-ipc-mode proxy --sensor-ipc-endpoint 172.17.0.1 --http-probe=false nginx",
		 "build nginx --http-probe=false", 2);
	line_one(
	    "--report slim.report.json --debug build --target nginx --tag x --include-path /a --include-path-file f "
	    "--continue-after 10 --http-probe-cmd /api --exec cmd --mount /h:/c --env A=b,c --network host "
	    "--show-clogs "
	    "nginx",
	    "build nginx --report=slim.report.json --verbose --tag=x --include=/a --include-from=f --continue-after=10 "
	    "--http-probe-cmd=/api --exec=cmd --exec-alone --mount=/h:/c --env=A=b,c --network=host --show-clogs "
	    "--report-format=docker-slim",
	    0);
	/* another argument beside the target is not looked at, as by theirs */
	line_one("build --target a b", "build a" REPORT, 1);
	line_one("build b --target=a", "build a" REPORT, 1);
	/* ours stay as they are, with their values */
	line_one("build -o --target -eA=1 -v --keep exact x -- --tag y",
		 "build x -o --target -eA=1 -v --keep exact -- --tag y", 0);
	line_one("build --no-such x", "build x --no-such", 0);
	/* an option without its value does not take the argument for it */
	line_one("build x -o", "build x -o", 0);
	/* booleans */
	line_one("build --show-clogs=true --include-shell=false --http-probe=F --http-probe x",
		 "build x --show-clogs --http-probe=false --http-probe", 0);
	line_one("build --http-probe-off --include-zoneinfo=false --run-target-as-user=false x",
		 "build x --http-probe=false --user=0", 0);
	line_one("build --show-clogs=maybe x", "--show-clogs takes true or false, not \"maybe\"", 0);
	line_one("build --keep-perms x", "build x", 1);
	line_one("build --keep-perms=false x",
		 "--keep-perms can't be done here: every entry keeps its mode and owner: set them in the image; see "
		 "slim-docker-slim(7)",
		 0);
	line_one("build --obfuscate-metadata=false x", "build x", 0);
	/* lists */
	line_one("build --include-path=/a,/b,,/c{d,e} --exclude-pattern /x --exclude-pattern /y x",
		 "build x --include=/a --include=/b --include=/c{d,e} --exclude=/x --exclude=/y", 0);
	line_one("build --include-node-package a,b x",
		 "build x --include=/**/node_modules/a --include=/**/node_modules/b", 0);
	line_one("build --include-path /a:0755#0 x",
		 "--include-path: every entry keeps its mode and owner: leave out \":0755#0\"", 0);
	line_one("build --sensor-ipc-mode a --sensor-ipc-mode b x", "build x", 1);
	/* values */
	line_one("build --continue-after probe&exec x", "build x --continue-after=probe", 0);
	line_one("build --continue-after host-exec x", "build x --continue-after=probe", 0);
	line_one("build --continue-after app-exit x", "build x --continue-after=exit", 0);
	line_one("build --continue-after timeout x", "build x --continue-after=60", 0);
	line_one("build --continue-after nonsense x", "build x --continue-after=nonsense", 0);
	line_one("build --network bridge x", "build x --network=bridge", 0);
	line_one("build --registry-secret s --registry-account a x", "build x --creds=a:s", 0);
	line_one("build --registry-account a x", "--registry-account needs --registry-secret", 0);
	line_one("build --env A=1 --image-overrides env,cmd,label --cmd c --user u --label l=1 x",
		 "build x --env=A=1 --new-env=A=1 --cmd=c --new-cmd=c --user=u --new-label=l=1", 0);
	line_one("build --label l=1 x", "build x", 1);
	line_one("build --target", "--target needs a value", 0);
	/* before the verb */
	line_one("--quiet --log-level=info --output-format json --report off build x",
		 "build x --quiet --verbose --json --report-format=docker-slim", 0);
	line_one("--log-level loud build x",
		 "--log-level takes trace, debug, info, warn, error, fatal or panic, not \"loud\"", 0);
	line_one("--nonsense build x", "unknown option --nonsense before the verb; see slim --help", 0);
	line_one("--check-version=false build x", "build x" REPORT, 1);
}

static void of_the_environment(void **state)
{
	line_one("--host tcp://h:1 --tls-cert-path /c --tls-verify=false build x", "build x" REPORT, 0);
	assert_string_equal(getenv("DOCKER_HOST"), "tcp://h:1");
	assert_string_equal(getenv("DOCKER_CERT_PATH"), "/c");
	assert_string_equal(getenv("DOCKER_TLS_VERIFY"), "");
	line_one("--tls-verify build x", "build x" REPORT, 0);
	assert_string_equal(getenv("DOCKER_TLS_VERIFY"), "1");
}

static void a_secret_is_blanked(void **state)
{
	char account[] = "--registry-account=me", secret[] = "--registry-secret=hush", verb[] = "build";
	char *argv[] = {verb, account, secret, NULL};
	CLEANUP_DOCKER_SLIM struct docker_slim_state s = {0};
	assert_int_equal(docker_slim_take_verb(&s, &command_build.options, DOCKER_SLIM_BUILD, 3, argv, NULL), 0);
	assert_null(strstr(secret, "hush"));
	assert_string_equal(s.argv[1], "--creds=me:hush");
}

static void a_variable_is_blanked(void **state)
{
	char one[] = "--env=A=hush", option[] = "--env", two[] = "B=hush", verb[] = "build";
	char *argv[] = {verb, one, option, two, NULL};
	CLEANUP_DOCKER_SLIM struct docker_slim_state s = {0};
	assert_int_equal(docker_slim_take_verb(&s, &command_build.options, DOCKER_SLIM_BUILD, 4, argv, NULL), 0);
	assert_string_equal(one, "--env=A=");
	assert_string_equal(two, "B=");
	assert_string_equal(s.argv[1], "--env=A=hush");
	assert_string_equal(s.argv[2], "--env=B=hush");
}

/* ---- files ---- */

static char *file_with(const char *text)
{
	static const char path[] = "docker-slim-test.tmp";
	assert_int_equal(fd_write_file_atomic(AT_FDCWD, path, text, strlen(text), 0600, NULL), 0);
	return mem_strdup(path);
}

static void file_one(const char *option, const char *text, const char *want)
{
	CLEANUP_FREE char *path = file_with(text), *line = mem_printf("build x --%s %s", option, path);
	line_one(line, want, 0);
	unlink(path);
}

static void files(void **state)
{
	file_one("host-exec-file", "# no\na b\r\n\n  c  \n", "build x --host-exec=a b --host-exec=c");
	file_one("include-exe-file", "curl", "build x --include-exe=curl");
	file_one("host-exec-file", "a b\nc", "build x --host-exec=a b --host-exec=c");
	file_one("exec-file", "one\ntwo\n", "build x --exec=one\ntwo\n");
	line_one("build --host-exec-file /no/such x", "--host-exec-file: /no/such: No such file or directory", 0);
}

/* ---- the table ---- */

static bool is_ours(const char *argument)
{
	const char *name = argument + 2;
	return strncmp(argument, "--", 2) != 0 || option_find(&command_build.options, name, strcspn(name, "="));
}

static const char *value_for(const struct docker_slim_row *row)
{
	static const struct {
		const char *name, *value;
	} values[] = {{"continue-after", "probe"},
		      {"log-level", "debug"},
		      {"output-format", "json"},
		      {"cro-device-request", "{}"}};
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (strcmp(values[i].name, row->name) == 0)
			return values[i].value;
	if (row->translate == docker_slim_each_line || row->translate == docker_slim_whole_file ||
	    row->translate == docker_slim_host_config || strcmp(row->name, "dockerfile") == 0)
		return "docker-slim-test.tmp";
	return "value";
}

/* The option is taken in both forms, what it becomes is an option of ours, and its fate is what the row says. */
static void row_one(const struct docker_slim_row *row, bool global)
{
	const bool pair = row->translate == docker_slim_credentials;
	for (int form = 0; form < (row->value == DOCKER_SLIM_BOOL ? 1 : 2); form++) {
		CLEANUP_FREE char *option =
		    mem_printf("--%s%s%s", row->name, form ? "=" : "", form ? value_for(row) : "");
		CLEANUP_FREE char *value = mem_strdup(value_for(row));
		char program[] = "slim", verb[] = "build", other[] = "--registry-account=a",
		     secret[] = "--registry-secret=b";
		char *argv[8] = {program};
		int argc = 1, at = 0;
		if (!global)
			argv[argc++] = verb;
		argv[argc++] = option;
		if (!form && row->value != DOCKER_SLIM_BOOL)
			argv[argc++] = value;
		if (global)
			argv[argc++] = verb;
		if (pair) {
			argv[argc++] = other;
			argv[argc++] = secret;
		}
		CLEANUP_DOCKER_SLIM struct docker_slim_state s = {0};
		struct err err = {0};
		int r = docker_slim_take_globals(&s, argc, argv, &at, &err);
		if (r == 0)
			r = docker_slim_take_verb(&s, &command_build.options, DOCKER_SLIM_BUILD, argc - at, argv + at,
						  &err);
		if (row->fate == DOCKER_SLIM_REFUSED) {
			assert_int_equal(r, -ERR_INVAL);
			assert_non_null(strstr(err.msg, row->name));
			continue;
		}
		if (r != 0)
			fail_msg("--%s: %s", row->name, err.msg);
		assert_int_equal(s.notes.count, row->fate == DOCKER_SLIM_NOTHING);
		if (row->fate == DOCKER_SLIM_NOTHING)
			assert_int_equal(s.argc, global ? 3 : 1); /* the report that the layer adds */
		for (int i = 1; i < s.argc; i++)
			if (!is_ours(s.argv[i]))
				fail_msg("--%s becomes %s, which slim build has not", row->name, s.argv[i]);
	}
}

static void every_row_is_taken(void **state)
{
	unsetenv("DOCKER_HOST");
	CLEANUP_FREE char *path = file_with("{\"commands\":[]}"), *programs = mem_strdup(getenv("PATH"));
	assert_int_equal(fd_write_file_atomic(AT_FDCWD, "podman", "", 0, 0700, NULL), 0); /* the builder */
	setenv("PATH", ".", 1);
	for (size_t i = 0; i < docker_slim_n_build_rows; i++)
		row_one(&docker_slim_build_rows[i], false);
	for (size_t i = 0; i < docker_slim_n_global_rows; i++)
		row_one(&docker_slim_global_rows[i], true);
	setenv("PATH", programs, 1);
	unlink("podman");
	unlink(path);
}

static void each_name_once(void **state)
{
	for (size_t i = 0; i < docker_slim_n_build_rows; i++)
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(docker_slim_build_rows[i].name, docker_slim_build_rows[k].name);
}

/* ---- slim-docker-slim(7) ---- */

static void escaped(struct buf *b, const char *s)
{
	for (; *s; s++)
		if (strncmp(s, "%s", 2) == 0 && s++)
			buf_str(b, "_VALUE_");
		else
			buf_printf(b, "%s%c", strchr("*_\\<>#~", *s) ? "\\" : "", *s);
}

/* The two lines of the page's table. */
static void row_text(const struct docker_slim_row *row, struct buf *b)
{
	static const char *const fates[] = {"the same", "", "changes nothing: ", "refused: "};
	buf_printf(b, "|  *--%s*\n:  %s", row->name, fates[row->fate]);
	if (row->fate == DOCKER_SLIM_OTHER)
		escaped(b, row->shown ? row->shown : row->to);
	if (row->fate == DOCKER_SLIM_NOTHING || row->fate == DOCKER_SLIM_REFUSED)
		escaped(b, row->note);
	if (row->off) {
		buf_str(b, "; false: ");
		escaped(b, row->off);
	}
	if (row->off_refused) {
		buf_str(b, "; false is refused: ");
		escaped(b, row->off_refused);
	}
	buf_str(b, "\n");
}

/* How many rows are not. */
static size_t missing(const struct docker_slim_row *rows, size_t n, const char *page)
{
	size_t not_there = 0;
	for (size_t i = 0; i < n; i++) {
		CLEANUP_BUF struct buf row = {0};
		row_text(&rows[i], &row);
		if (strstr(page, row.data))
			continue;
		not_there++;
		print_error("slim-docker-slim.7.scd must hold:\n%s", row.data);
	}
	return not_there;
}

static void the_page_has_the_table(void **state)
{
	CLEANUP_FREE char *path = mem_printf("%s/../../cmd/man/slim-docker-slim.7.scd", getenv("SLIM_TEST_GOLDEN"));
	CLEANUP_BUF struct buf page = {0};
	size_t rows = 0;
	assert_int_equal(fd_read_file(AT_FDCWD, path, 1 << 20, &page, NULL), 0);
	assert_int_equal(missing(docker_slim_global_rows, docker_slim_n_global_rows, page.data), 0);
	assert_int_equal(missing(docker_slim_build_rows, docker_slim_n_build_rows, page.data), 0);
	assert_int_equal(missing(docker_slim_xray_rows, docker_slim_n_xray_rows, page.data), 0);
	for (const char *p = page.data; (p = strstr(p, "\n|  *--")); p++)
		rows++;
	assert_int_equal(rows, docker_slim_n_global_rows + docker_slim_n_build_rows + docker_slim_n_xray_rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines),
	    cmocka_unit_test(of_the_environment),
	    cmocka_unit_test(a_secret_is_blanked),
	    cmocka_unit_test(a_variable_is_blanked),
	    cmocka_unit_test(files),
	    cmocka_unit_test(every_row_is_taken),
	    cmocka_unit_test(each_name_once),
	    cmocka_unit_test(the_page_has_the_table),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
