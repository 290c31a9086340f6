#include "unit.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/mem.h"
#include "cmd/command.h"
#include "cmd/docker_slim/layer.h"
#include "cmd/docker_slim/translate.h"
#include "os/fd.h"

/* What the layer adds. */
#define REPORT " --report=slim.report.json --report-format=docker-slim"

static const struct option_table *options_of(enum docker_slim_verb verb)
{
	return verb == DOCKER_SLIM_PROFILE ? &command_record.options
	       : verb == DOCKER_SLIM_XRAY  ? &command_inspect.options
					   : &command_build.options;
}

/* environment: "NAME=VALUE NAME=VALUE", without blanks in it; line: from the program's name on. want: the verb's
 * arguments, or the message of the error. */
static void line_one(const char *environment, const char *line, const char *want, size_t notes)
{
	CLEANUP_FREE char *words = mem_strdup(line), *variables = mem_strdup(environment);
	CLEANUP_DOCKER_SLIM struct docker_slim_state s = {0};
	CLEANUP_BUF struct buf got = {0};
	struct err err = {0};
	char *argv[32], *rest = words, *variable, *more = variables;
	int argc = 0, verb = 0;
	while ((argv[argc] = strsep(&rest, " ")))
		argc++;
	while ((variable = strsep(&more, " ")))
		if (*variable)
			putenv(variable);
	int r = docker_slim_take_globals(&s, argc, argv, &verb, &err);
	enum docker_slim_verb theirs = docker_slim_verb_of(argv[verb]);
	s.called = docker_slim_is_name(argv[0]);
	if (theirs == DOCKER_SLIM_NO_VERB && strcmp(argv[verb], "build") == 0)
		theirs = DOCKER_SLIM_BUILD;
	if (r == 0)
		r = docker_slim_take_verb(&s, options_of(theirs), theirs, argc - verb, argv + verb, &err);
	for (int i = 0; r == 0 && i < s.argc; i++)
		buf_printf(&got, "%s%s", i ? " " : "", s.argv[i]);
	assert_string_equal(r < 0 ? err.msg : got.data, want);
	if (r == 0)
		assert_int_equal(s.notes.count, notes);
	for (; *environment; environment += strcspn(environment, " "), environment += *environment == ' ') {
		CLEANUP_FREE char *name = mem_strndup(environment, strcspn(environment, "="));
		unsetenv(name);
	}
}

static void whose_line_it_is(void **state)
{
	/* plain slim: nothing changes, but it is told that a variable has no effect */
	line_one("", "slim build x", "build x", 0);
	line_one("DSLIM_HTTP_PROBE=false", "slim build x", "build x", 1);
	line_one("DSLIM_TARGET=y", "slim build x", "build x", 1);
	/* theirs */
	line_one("", "docker-slim build x", "build x" REPORT, 0);
	line_one("", "/usr/bin/mint build x", "build x" REPORT, 0);
	line_one("", "mintx build x", "build x", 0);
	line_one("", "slim b x", "b x" REPORT, 0);
	line_one("", "slim slim x", "slim x" REPORT, 0);
	line_one("", "slim build --target x", "build x" REPORT, 0);
	line_one("", "slim --debug build x", "build x --verbose" REPORT, 0);
	line_one("", "slim build x -- --target y", "build x -- --target y", 0);
}

static void variables(void **state)
{
	line_one("DSLIM_HTTP_PROBE=false", "docker-slim build x --tag T:slim",
		 "build x --http-probe=false --tag=T:slim" REPORT, 0);
	line_one("DSLIM_HTTP_PROBE=false", "slim b --target x", "b x --http-probe=false" REPORT, 0);
	line_one("DSLIM_PULL=true", "slim b x", "b x" REPORT, 1);
	line_one("DSLIM_TARGET=x", "slim b", "b x" REPORT, 0);
	line_one("DSLIM_CONTINUE_AFTER=signal", "slim b x", "b x --continue-after=signal" REPORT, 0);
	line_one("DSLIM_INCLUDE_PATH=/a,/b", "slim b x", "b x --include=/a --include=/b" REPORT, 0);
	/* docker-slim's own names, and the derived ones */
	line_one("DSLIM_RC_ENV=A=1 DSLIM_TARGET_TAG=t:1", "slim b x", "b x --tag=t:1 --env=A=1" REPORT, 0);
	line_one("DSLIM_ENV=A=1 DSLIM_TAG=t:1", "slim b x", "b x --tag=t:1 --env=A=1" REPORT, 0);
	line_one("DSLIM_RC_CMD=c DSLIM_TARGET_OVERRIDES=cmd", "slim b x", "b x --cmd=c --new-cmd=c" REPORT, 0);
	line_one("DSLIM_RC_EXE=ls", "slim b x", "b x --exec=ls --exec-alone" REPORT, 0);
	line_one("", "slim build x --exec ls", "build x --exec=ls", 0);
	/* global ones */
	line_one("DSLIM_REPORT=r.json", "slim b x", "b x --report=r.json --report-format=docker-slim", 0);
	line_one("DSLIM_REPORT=off", "slim b x", "b x --report-format=docker-slim", 0);
	line_one("DSLIM_QUIET=1", "slim b x", "b x --quiet" REPORT, 0);
	/* what is no option's */
	line_one("DSLIM_NONSENSE=1", "slim b x", "b x" REPORT, 1);
	line_one("DSLIM_HTTP_PROBE=", "slim b x", "b x" REPORT, 0);
}

static void requests(void **state)
{
	static const char url[] = "http://localhost:8000/health/";
	CLEANUP_FREE char *plain = mem_printf("slim build x --http-probe-cmd=%s", url),
			  *theirs = mem_printf("slim b x --http-probe-cmd=%s", url),
			  *same = mem_printf("build x --http-probe-cmd=%s", url);
	line_one("", plain, same, 0);
	line_one("", theirs, "b x --http-probe-cmd=http:GET:/health/" REPORT, 1);
	line_one("", "slim b x --http-probe-cmd https://h?a=b", "b x --http-probe-cmd=https:GET:/?a=b" REPORT, 1);
	line_one("", "slim b x --http-probe-cmd ftp://h/", "b x --http-probe-cmd=ftp://h/" REPORT, 0);
	line_one("", "slim b x --http-probe-cmd GET:/a,/b", "b x --http-probe-cmd=GET:/a --http-probe-cmd=/b" REPORT,
		 0);
	line_one("DSLIM_HTTP_PROBE_CMD=http://h/", "slim b x", "b x --http-probe-cmd=http:GET:/" REPORT, 1);
	/* line_one splits at blanks */
	char verb[] = "b", image[] = "x", option[] = "--http-probe-cmd", value[] = "GET /";
	char *argv[] = {verb, image, option, value, NULL};
	CLEANUP_DOCKER_SLIM struct docker_slim_state s = {0};
	assert_int_equal(docker_slim_take_verb(&s, &command_build.options, DOCKER_SLIM_BUILD, 4, argv, NULL), 0);
	assert_string_equal(s.argv[2], "--http-probe-cmd=GET:/");
}

static void the_command_line_wins(void **state)
{
	line_one("DSLIM_TARGET=y", "slim b x", "b x" REPORT, 0);
	line_one("DSLIM_TARGET=y", "slim b --target x", "b x" REPORT, 0);
	line_one("DSLIM_CONTINUE_AFTER=30", "slim b x --continue-after=1", "b x --continue-after=1" REPORT, 0);
	line_one("DSLIM_TAG=a DSLIM_HTTP_PROBE=false", "slim b x --tag b --http-probe",
		 "b x --tag=b --http-probe" REPORT, 0);
	line_one("DSLIM_HTTP_PROBE_OFF=true", "slim b x --http-probe=true",
		 "b x --http-probe=false --http-probe" REPORT, 0);
	line_one("DSLIM_REPORT=a", "slim --report b b x", "b x --report=b --report-format=docker-slim", 0);
	line_one("", "slim b x --report c", "b x --report c", 0);
	line_one("DSLIM_COMPOSE_FILE=c.yml DSLIM_TARGET_COMPOSE_SVC=web", "slim b --dep-include-compose-svc-deps db",
		 "b --compose-file=c.yml --target-compose-svc=web --dep-include-compose-svc=db" REPORT, 0);
}

static void refused(void **state)
{
	line_one("DSLIM_PULL=true DSLIM_KUBE_MANIFEST_FILE=k.yml", "slim b --target x",
		 "DSLIM_KUBE_MANIFEST_FILE can't be done here: give the workload's image as the argument; see "
		 "slim-docker-slim(7)",
		 0);
	line_one("DSLIM_SHOW_CLOGS=maybe", "slim b x",
		 "DSLIM_SHOW_CLOGS: --show-clogs takes true or false, not \"maybe\"", 0);
}

static void other_verbs(void **state)
{
	line_one("", "docker-slim profile x", "profile x --output=slim.trace.json" REPORT, 1);
	line_one("", "docker-slim profile x -o t", "profile x -o t" REPORT, 0);
	line_one("DSLIM_HTTP_PROBE=false", "slim p --tag y x", "p x --http-probe=false --output=slim.trace.json" REPORT,
		 2);
	line_one("", "docker-slim --report xray.json xray --target x --pull",
		 "xray x --report=xray.json --report-format=docker-slim", 1);
	line_one("", "docker-slim xray x --changes all --hash-data --layer 1", "xray x" REPORT, 3);
	line_one("", "docker-slim xray x --http-probe=false", "xray x" REPORT, 0);
}

static void a_secret_is_blanked(void **state)
{
	char secret[] = "DSLIM_REGISTRY_SECRET=hush", account[] = "DSLIM_REGISTRY_ACCOUNT=me", verb[] = "b",
	     image[] = "x";
	char *argv[] = {verb, image, NULL};
	CLEANUP_DOCKER_SLIM struct docker_slim_state s = {0};
	putenv(secret);
	putenv(account);
	assert_int_equal(docker_slim_take_verb(&s, &command_build.options, DOCKER_SLIM_BUILD, 2, argv, NULL), 0);
	assert_string_equal(s.argv[2], "--creds=me:hush");
	assert_null(strstr(secret, "hush"));
	unsetenv("DSLIM_REGISTRY_SECRET");
	unsetenv("DSLIM_REGISTRY_ACCOUNT");
}

/* ---- --dockerfile ---- */

static void file(const char *path, mode_t mode)
{
	assert_int_equal(fd_write_file_atomic(AT_FDCWD, path, "", 0, mode, NULL), 0);
}

static void dockerfile(void **state)
{
	CLEANUP_FREE char *programs = mem_strdup(getenv("PATH"));
	assert_int_equal(fd_mkdir_p(AT_FDCWD, "layer-test/ctx", 0700, NULL), 0);
	setenv("PATH", "layer-test", 1);
	file("layer-test/ctx/Dockerfile", 0600);
	line_one(
	    "", "slim b --dockerfile Dockerfile layer-test/ctx",
	    "--dockerfile needs docker, podman or buildah to build the image, and none is in PATH: install one, or "
	    "build the image elsewhere and name it",
	    0);
	file("layer-test/podman", 0700);
	line_one("", "slim b --dockerfile Dockerfile layer-test/ctx --tag-fat f", "b localhost/f:latest" REPORT, 0);
	line_one("", "slim b --dockerfile Dockerfile layer-test/ctx --tag-fat r.io/f:1", "b r.io/f:1" REPORT, 0);
	line_one("", "slim b --dockerfile No layer-test/ctx --tag-fat f", "--dockerfile: there is no layer-test/ctx/No",
		 0);
	file("layer-test/docker", 0700);
	line_one("",
		 "slim b --dockerfile Dockerfile --dockerfile-context layer-test/ctx --tag-fat f --show-blogs "
		 "--cbo-build-arg A=b,c",
		 "b f:latest" REPORT, 0);
	line_one("DSLIM_BUILD_DOCKERFILE=Dockerfile", "slim b layer-test/ctx --tag-fat f", "b f:latest" REPORT, 0);
	setenv("PATH", programs, 1);
	assert_int_equal(fd_remove_tree(AT_FDCWD, "layer-test", NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whose_line_it_is),      cmocka_unit_test(variables),  cmocka_unit_test(requests),
	    cmocka_unit_test(the_command_line_wins), cmocka_unit_test(refused),    cmocka_unit_test(other_verbs),
	    cmocka_unit_test(a_secret_is_blanked),   cmocka_unit_test(dockerfile),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
