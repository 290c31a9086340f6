#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/mem.h"
#include "net/auth/auth.h"
#include "net/auth/credential_helper.h"
#include "os/fd.h"
#include "text/base64.h"

static char dir[] = "/tmp/slim-auth-XXXXXX";
static char *old_path;

/* A home of its own for each test; nothing of the machine's counts. */
static int setup(void **state)
{
	static const char *const gone[] = {"REGISTRY_AUTH_FILE", "XDG_CONFIG_HOME", "DOCKER_CONFIG"};
	strcpy(dir + strlen(dir) - 6, "XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	for (size_t i = 0; i < sizeof(gone) / sizeof(*gone); i++)
		unsetenv(gone[i]);
	CLEANUP_FREE char *run = mem_printf("%s/run", dir), *path = mem_printf("%s/bin:%s", dir, old_path);
	setenv("HOME", dir, 1);
	setenv("XDG_RUNTIME_DIR", run, 1);
	setenv("PATH", path, 1);
	return 0;
}

static int teardown(void **state)
{
	return fd_remove_tree(AT_FDCWD, dir, NULL);
}

static void write_bytes(const char *name, const void *data, size_t n, mode_t mode)
{
	CLEANUP_FREE char *path = mem_printf("%s/%s", dir, name);
	char *slash = strrchr(path, '/');
	*slash = '\0';
	assert_int_equal(fd_mkdir_p(AT_FDCWD, path, 0700, NULL), 0);
	*slash = '/';
	CLEANUP_FD int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, data, n, NULL), 0);
	assert_int_equal(fchmod(fd, mode), 0);
}

static void write_file(const char *name, const char *text)
{
	write_bytes(name, text, strlen(text), 0600);
}

#define AUTH "run/containers/auth.json"
#define DOCKER ".docker/config.json"

/* {"auths": {KEY: {"auth": base64(USER:PASSWORD)}, ...}} of pairs, NULL at the end. */
static char *auths(const char *key, ...)
{
	CLEANUP_BUF struct buf b = {0};
	buf_str(&b, "{\"auths\":{");
	va_list ap;
	va_start(ap, key);
	for (const char *k = key; k; k = va_arg(ap, const char *)) {
		const char *creds = va_arg(ap, const char *);
		buf_printf(&b, "%s\"%s\":{\"auth\":\"", k == key ? "" : ",", k);
		base64_encode(creds, strlen(creds), &b);
		buf_str(&b, "\"}");
	}
	va_end(ap);
	buf_str(&b, "}}");
	return buf_steal(&b);
}

static void same(const char *what, const char *got, const char *want)
{
	if (!got != !want || (got && strcmp(got, want) != 0))
		fail_msg("%s is %s, not %s", what, got ? got : "NULL", want ? want : "NULL");
}

/* want: "user:password", "<token>:identity token", "" = none. */
static void finds_with(const struct net_auth_options *o, const char *host, const char *repository, const char *want,
		       const char *from)
{
	CLEANUP_NET_AUTH_CREDENTIALS struct net_auth_credentials c = {0};
	CLEANUP_STRLIST struct strlist warnings = {0};
	struct err err = {0};
	if (net_auth_find(o, host, repository, &c, &warnings, &err) < 0)
		fail_msg("%s/%s: %s", host, repository, err.msg);
	CLEANUP_FREE char *got = c.identity_token ? mem_printf("<token>:%s", c.identity_token)
				 : c.user         ? mem_printf("%s:%s", c.user, c.password)
						  : mem_strdup("");
	same(host, got, want);
	assert_false(c.identity_token && (c.user || c.password));
	if (want[0]) {
		CLEANUP_FREE char *path = from[0] == '/' ? mem_printf("%s%s", dir, from) : mem_strdup(from);
		same("from", c.from, path);
	}
	if (warnings.count)
		fail_msg("%s", warnings.items[0]);
}

static void finds(const char *host, const char *repository, const char *want, const char *from)
{
	finds_with(&(struct net_auth_options){0}, host, repository, want, from);
}

static void fails(const struct net_auth_options *o, enum err_code code, const char *says)
{
	CLEANUP_NET_AUTH_CREDENTIALS struct net_auth_credentials c = {0};
	struct err err = {0};
	int r = net_auth_find(o, "reg.example", "app", &c, NULL, &err);
	if (r != -(int)code || !strstr(err.msg, says))
		fail_msg("%d: %s (not: %s)", r, err.msg, says);
	if (strstr(err.msg, "hunter2") || strstr(err.msg, "aHVudGVyMg"))
		fail_msg("a secret is told: %s", err.msg);
	assert_null(c.user);
	assert_null(c.identity_token);
}

static void the_most_special_key_counts(void **state)
{
	CLEANUP_FREE char *text = auths("reg.example/team/app", "1:a", "reg.example/team", "2:b", "reg.example", "3:c",
					"reg.example:5000/team", "4:d", "other.example/team", "5:e", NULL);
	write_file(AUTH, text);
	finds("reg.example", "team/app", "1:a", "/" AUTH);
	finds("reg.example", "team/app/more", "1:a", "/" AUTH);
	finds("reg.example", "team/application", "2:b", "/" AUTH);
	finds("reg.example", "team", "2:b", "/" AUTH);
	finds("reg.example", "teams/app", "3:c", "/" AUTH);
	finds("reg.example", NULL, "3:c", "/" AUTH);
	finds("reg.example:5000", "team/app", "4:d", "/" AUTH);
	finds("reg.example:5000", "app", "", NULL);
	finds("reg.example:5001", "app", "", NULL);
	/* of a namespace alone: not for what lies beside it */
	finds("other.example", "app", "", NULL);
	finds("example", "app", "", NULL);
}

static void files_in_their_order(void **state)
{
	CLEANUP_FREE char *legacy = auths("reg.example", "legacy:x", NULL),
			  *docker = auths("reg.example", "docker:x", NULL);
	CLEANUP_FREE char *config = auths("reg.example", "config:x", NULL), *run = auths("reg.example", "run:x", NULL);
	CLEANUP_FREE char *named = auths("reg.example", "named:x", NULL),
			  *moved = auths("reg.example", "moved:x", NULL);
	finds("reg.example", "app", "", NULL);
	legacy[strlen(legacy) - 1] = '\0'; /* the members of "auths" alone */
	write_file(".dockercfg", legacy + strlen("{\"auths\":"));
	finds("reg.example", "app", "legacy:x", "/.dockercfg");
	write_file(DOCKER, docker);
	finds("reg.example", "app", "docker:x", "/" DOCKER);
	write_file(".config/containers/auth.json", config);
	finds("reg.example", "app", "config:x", "/.config/containers/auth.json");
	write_file(AUTH, run);
	finds("reg.example", "app", "run:x", "/" AUTH);
	/* a file without the registry leads on to the next one */
	write_file(AUTH, "{\"auths\":{\"else.example\":{\"auth\":\"eDp5\"}}}");
	finds("reg.example", "app", "config:x", "/.config/containers/auth.json");
	write_file("named.json", named);
	CLEANUP_FREE char *path = mem_printf("%s/named.json", dir), *moved_path = mem_printf("%s/moved", dir);
	setenv("REGISTRY_AUTH_FILE", path, 1);
	finds("reg.example", "app", "named:x", "/named.json");
	const struct net_auth_options o = {.auth_file = moved_path};
	write_file("moved", moved);
	finds_with(&o, "reg.example", "app", "moved:x", "/moved");
	finds_with(&(struct net_auth_options){.auth_file = moved_path, .creds = "me:a:b"}, "reg.example", "app",
		   "me:a:b", "--creds");
	unsetenv("REGISTRY_AUTH_FILE");
	write_file("xdg/containers/auth.json", moved);
	CLEANUP_FREE char *xdg = mem_printf("%s/xdg", dir);
	setenv("XDG_CONFIG_HOME", xdg, 1);
	finds("reg.example", "app", "moved:x", "/xdg/containers/auth.json");
	unlink(path);
	CLEANUP_FREE char *gone = mem_printf("%s/xdg/containers/auth.json", dir);
	assert_int_equal(unlink(gone), 0);
	write_file("etc/config.json", named);
	CLEANUP_FREE char *etc = mem_printf("%s/etc", dir);
	setenv("DOCKER_CONFIG", etc, 1);
	finds("reg.example", "app", "named:x", "/etc/config.json");
}

static void urls_and_docker_io(void **state)
{
	CLEANUP_FREE char *text = auths("https://index.docker.io/v1/", "hub:x", "https://reg.example/v2/", "url:x",
					"http://plain.example:5000", "plain:x", "ns.example/team", "ns:x", NULL);
	write_file(DOCKER, text);
	finds("docker.io", "library/nginx", "hub:x", "/" DOCKER);
	finds("index.docker.io", "library/nginx", "hub:x", "/" DOCKER);
	finds("registry-1.docker.io", "library/nginx", "hub:x", "/" DOCKER);
	finds("hub.docker.io", "library/nginx", "", NULL);
	finds("reg.example", "app", "url:x", "/" DOCKER);
	finds("reg.example:443", "app", "", NULL);
	finds("plain.example:5000", "app", "plain:x", "/" DOCKER);
	finds("ns.example", "app", "", NULL);
	CLEANUP_FREE char *more = auths("https://index.docker.io/v1/", "hub:x", "index.docker.io", "index:x",
					"docker.io", "plain:x", "docker.io/library", "library:x", NULL);
	write_file(AUTH, more);
	finds("docker.io", "library/nginx", "library:x", "/" AUTH);
	finds("docker.io", "me/app", "plain:x", "/" AUTH);
	/* in .dockercfg a path after the host is always a URL's */
	unlink(DOCKER);
	write_file(".dockercfg", "{\"ns.example/v1/\":{\"auth\":\"bDp5\"}}");
	finds("ns.example", "app", "l:y", "/.dockercfg");
}

static void forms_of_an_entry(void **state)
{
	write_file(AUTH, "{\"auths\":{"
			 "\"token.example\":{\"auth\":\"PHRva2VuPjo=\",\"identitytoken\":\"id\"},"
			 "\"plain.example\":{\"username\":\"u\",\"password\":\"p:q\"},"
			 "\"both.example\":{\"auth\":\"YTpi\",\"username\":\"u\",\"password\":\"p\"},"
			 "\"empty.example\":{},\"none.example\":{\"auth\":\"\"},\"null.example\":null,"
			 "\"padded.example\":{\"auth\":\"YTpiAAA=\"},"
			 "\"nopassword.example\":{\"auth\":\"YTo=\"},"
			 "\"empty.example/team\":{\"auth\":\"YTpi\"},\"mail.example\":{\"auth\":\"YTpi\",\"email\":7}},"
			 "\"HttpHeaders\":{\"x\":[1]}}");
	finds("token.example", "a", "<token>:id", "/" AUTH);
	finds("plain.example", "a", "u:p:q", "/" AUTH);
	finds("both.example", "a", "a:b", "/" AUTH);
	finds("empty.example", "a", "", NULL);
	finds("empty.example", "team/a", "a:b", "/" AUTH);
	finds("none.example", "a", "", NULL);
	finds("null.example", "a", "", NULL);
	finds("padded.example", "a", "a:b", "/" AUTH);
	finds("nopassword.example", "a", "a:", "/" AUTH);
	finds("mail.example", "a", "a:b", "/" AUTH);
}

static void broken_files(void **state)
{
	static const char *const cases[] = {
	    "",
	    "hunter2",
	    "[]",
	    "{\"auths\":\"hunter2\"}",
	    "{\"auths\":{\"reg.example\":\"hunter2\"}}",
	    "{\"auths\":{\"reg.example\":{\"auth\":7}}}",
	    "{\"auths\":{\"reg.example\":{\"auth\":\"hunter2 no base64\"}}}",
	    "{\"auths\":{\"reg.example\":{\"auth\":\"aHVudGVyMg==\"}}}",
	    "{\"auths\":{\"reg.example\":{\"auth\":\"aHVuADpodW50ZXIy\"}}}", /* a NUL */
	    "{\"auths\":{\"reg.example\":{\"auth\":\"aHVudGVyMg==\" \"}}}",
	    "{\"auths\":{\"reg.example\":{\"auth\":\"a\\u0000\"}}}",
	    "{\"auths\":{},\"auths\":{}}",
	    "{\"credHelpers\":{\"reg.example\":7}}",
	    "{\"credHelpers\":7}",
	    "{\"credsStore\":7}",
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		write_file(AUTH, cases[i]);
		fails(&(struct net_auth_options){0}, ERR_CORRUPT, "run/containers/auth.json");
	}
	/* of another registry: not looked at */
	write_file(AUTH, "{\"auths\":{\"x.example\":{\"auth\":7}}}");
	finds("reg.example", "app", "", NULL);
	write_bytes(AUTH, "{\0}", 3, 0600);
	fails(&(struct net_auth_options){0}, ERR_CORRUPT, "auth.json");
	CLEANUP_BUF struct buf b = {0};
	buf_str(&b, "{\"auths\":");
	for (int i = 0; i < 100000; i++)
		buf_str(&b, "{\"a\":");
	write_file(AUTH, b.data);
	fails(&(struct net_auth_options){0}, ERR_CORRUPT, "auth.json");
	b.len = 0;
	while (b.len <= LIMIT_AUTH_FILE)
		buf_str(&b, "                                                                ");
	write_file(AUTH, b.data);
	fails(&(struct net_auth_options){0}, ERR_LIMIT, "auth.json");
	b.len = 0;
	buf_str(&b, "{\"auths\":{\"reg.example\":{\"auth\":\"");
	for (unsigned i = 0; i < LIMIT_CREDENTIAL / 2; i++)
		buf_str(&b, "QUFB");
	buf_str(&b, "\"}}}");
	write_file(AUTH, b.data);
	fails(&(struct net_auth_options){0}, ERR_LIMIT, "auth.json");
}

static void named_files_must_be_there(void **state)
{
	CLEANUP_FREE char *path = mem_printf("%s/none.json", dir);
	fails(&(struct net_auth_options){.auth_file = path}, ERR_NOTFOUND, "none.json (--authfile)");
	fails(&(struct net_auth_options){.auth_file = dir}, ERR_SYS, dir);
	setenv("REGISTRY_AUTH_FILE", path, 1);
	fails(&(struct net_auth_options){0}, ERR_NOTFOUND, "none.json (REGISTRY_AUTH_FILE)");
	setenv("REGISTRY_AUTH_FILE", "", 1);
	finds("reg.example", "app", "", NULL);
	/* a path through a file is as good as none */
	write_file("run", "");
	finds("reg.example", "app", "", NULL);
	fails(&(struct net_auth_options){.creds = "hunter2"}, ERR_INVAL, "--creds");
	fails(&(struct net_auth_options){.creds = ":hunter2"}, ERR_INVAL, "--creds");
	fails(&(struct net_auth_options){.creds = ""}, ERR_INVAL, "--creds");
}

static void loose_modes_are_told_once(void **state)
{
	CLEANUP_STRLIST struct strlist warnings = {0};
	CLEANUP_FREE char *text = auths("reg.example", "u:hunter2", NULL);
	write_bytes(AUTH, text, strlen(text), 0644);
	write_bytes(DOCKER, "{\"credsStore\":\"\"}", 17, 0644); /* nothing secret in it */
	for (int i = 0; i < 3; i++) {
		CLEANUP_NET_AUTH_CREDENTIALS struct net_auth_credentials c = {0};
		assert_int_equal(net_auth_find(&(struct net_auth_options){0}, i ? "else.example" : "reg.example", "app",
					       &c, &warnings, NULL),
				 0);
		assert_int_equal(warnings.count, 1);
	}
	assert_non_null(strstr(warnings.items[0], "/" AUTH " holds passwords"));
	assert_non_null(strstr(warnings.items[0], "mode 0644"));
	assert_null(strstr(warnings.items[0], "hunter2"));
	write_bytes(AUTH, text, strlen(text), 0620);
	CLEANUP_NET_AUTH_CREDENTIALS struct net_auth_credentials c = {0};
	assert_int_equal(net_auth_find(&(struct net_auth_options){0}, "reg.example", "app", &c, &warnings, NULL), 0);
	assert_int_equal(warnings.count, 2);
}

static void helper(const char *name, const char *script)
{
	CLEANUP_FREE char *path = mem_printf("bin/docker-credential-%s", name);
	CLEANUP_FREE char *text = mem_printf("#!/bin/sh\n%s\n", script);
	write_bytes(path, text, strlen(text), 0700);
}

/* Answers for one server only, and by the protocol. */
#define KNOWS(server, user, secret)                                                                                    \
	"s=$(cat); [ \"$1\" = get ] && [ $# = 1 ] || exit 3\n"                                                         \
	"[ \"$s\" = '" server "' ] || { echo 'credentials not found in native keychain'; exit 1; }\n"                  \
	"echo '{\"ServerURL\":\"" server "\",\"Username\":\"" user "\",\"Secret\":\"" secret "\"}'"

static void helpers(void **state)
{
	helper("one.x-1_", KNOWS("reg.example", "u", "s"));
	helper("id", KNOWS("id.example", "<token>", "refresh"));
	helper("hub", KNOWS("https://index.docker.io/v1/", "hub", "h"));
	helper("store", KNOWS("in.store", "st", "ore"));
	write_file(
	    AUTH,
	    "{\"credHelpers\":{\"reg.example\":\"one.x-1_\",\"id.example\":\"id\",\"docker.io\":\"hub\","
	    "\"off.example\":\"\",\"without.example\":\"one.x-1_\"},\"credsStore\":\"store\","
	    "\"auths\":{\"reg.example\":{\"auth\":\"YTpi\"},\"file.example\":{\"auth\":\"YTpi\"},\"in.store\":{}}}");
	finds("reg.example", "app", "u:s", "docker-credential-one.x-1_");
	finds("id.example", "app", "<token>:refresh", "docker-credential-id");
	finds("docker.io", "library/nginx", "hub:h", "docker-credential-hub");
	finds("in.store", "app", "st:ore", "docker-credential-store");
	finds("file.example", "app", "a:b", "/" AUTH);
	finds("off.example", "app", "", NULL);
	finds("without.example", "app", "", NULL);
	finds("unknown.example", "app", "", NULL);
	/* nothing found leads on to the next file */
	CLEANUP_FREE char *text = auths("without.example", "next:x", NULL);
	write_file(DOCKER, text);
	finds("without.example", "app", "next:x", "/" DOCKER);
}

static void get(const char *name, int timeout_ms, enum err_code code, const char *says)
{
	CLEANUP_NET_AUTH_CREDENTIALS struct net_auth_credentials c = {0};
	bool found = true;
	struct err err = {0};
	int r = net_credential_helper_get(name, "reg.example", timeout_ms, NULL, &found, &c, &err);
	if (r != -(int)code || !strstr(err.msg, says))
		fail_msg("%s: %d: %s", name, r, err.msg);
	if (strstr(err.msg, "hunter2"))
		fail_msg("a secret is told: %s", err.msg);
	assert_null(c.user);
	assert_null(c.password);
	assert_null(c.from);
}

static void helpers_that_fail(void **state)
{
	get("../../bin/sh", 1000, ERR_INVAL, "not the name of a credential helper");
	get("", 1000, ERR_INVAL, "not the name");
	get("x y", 1000, ERR_INVAL, "not the name");
	get("x\n", 1000, ERR_INVAL, "not the name");
	get("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 1000, ERR_INVAL,
	    "not the name");
	get("missing", 1000, ERR_NOTFOUND, "docker-credential-missing is not installed");
	helper("says", "echo 'pass not initialized'; echo hunter2; exit 7");
	get("says", 5000, ERR_DENIED, "docker-credential-says failed (status 7): pass not initialized");
	helper("quiet", "exit 1");
	get("quiet", 5000, ERR_DENIED, "failed (status 1)");
	helper("killed", "kill -9 $$");
	get("killed", 5000, ERR_DENIED, "failed (status 137)");
	helper("broken", "echo '{\"Username\":\"u\",\"Secret\":\"hunter2\"'");
	get("broken", 5000, ERR_CORRUPT, "docker-credential-broken");
	helper("number", "echo '{\"Username\":\"u\",\"Secret\":1}'");
	get("number", 5000, ERR_CORRUPT, "docker-credential-number");
	helper("empty", "true");
	get("empty", 5000, ERR_CORRUPT, "docker-credential-empty");
	helper("endless", "while echo hunter2hunter2hunter2hunter2hunter2hunter2hunter2; do :; done");
	get("endless", 60000, ERR_LIMIT, "docker-credential-endless printed more than");
	helper("hangs", "exec sleep 1000");
	get("hangs", 200, ERR_TIMEOUT, "docker-credential-hangs did not answer within 0.2 s");
	/* closes its output, and goes on */
	helper("closes", "exec >&-; exec sleep 1000");
	get("closes", 200, ERR_TIMEOUT, "docker-credential-closes");
	int cancel[2];
	assert_int_equal(pipe2(cancel, O_CLOEXEC), 0);
	close(cancel[1]);
	struct progress p = {.cancel_fd = cancel[0]};
	CLEANUP_NET_AUTH_CREDENTIALS struct net_auth_credentials c = {0};
	bool found;
	assert_int_equal(net_credential_helper_get("hangs", "x", 60000, &p, &found, &c, NULL), -ERR_CANCELLED);
	close(cancel[0]);
}

/* What it leaves running holds the pipe open, and is ended. */
static void helpers_that_leave_something(void **state)
{
	helper("leaves", "sleep 1000 &\necho '{\"Username\":\"u\",\"Secret\":\"s\"}'");
	CLEANUP_NET_AUTH_CREDENTIALS struct net_auth_credentials c = {0};
	bool found = false;
	struct err err = {0};
	uint64_t begin = clock_ms();
	if (net_credential_helper_get("leaves", "x", 60000, NULL, &found, &c, &err) < 0)
		fail_msg("%s", err.msg);
	assert_true(found && clock_ms() - begin < 30000);
	assert_string_equal(c.password, "s");
}

static void a_store_that_fails_is_a_warning(void **state)
{
	CLEANUP_STRLIST struct strlist warnings = {0};
	CLEANUP_NET_AUTH_CREDENTIALS struct net_auth_credentials c = {0};
	write_file(DOCKER, "{\"credsStore\":\"gone\"}");
	CLEANUP_FREE char *text = mem_strdup("{\"reg.example\":{\"auth\":\"YTpi\"}}");
	write_file(".dockercfg", text);
	assert_int_equal(net_auth_find(&(struct net_auth_options){0}, "reg.example", "app", &c, &warnings, NULL), 0);
	assert_int_equal(warnings.count, 1);
	assert_non_null(strstr(warnings.items[0], "docker-credential-gone is not installed"));
	assert_non_null(strstr(warnings.items[0], DOCKER));
	assert_string_equal(c.user, "a");
	/* of one registry alone: somebody meant it */
	write_file(DOCKER, "{\"credHelpers\":{\"reg.example\":\"gone\"}}");
	fails(&(struct net_auth_options){0}, ERR_NOTFOUND, DOCKER ": docker-credential-gone is not installed");
	write_file(DOCKER, "{\"credHelpers\":{\"reg.example\":\"../x\"}}");
	fails(&(struct net_auth_options){0}, ERR_INVAL, "not the name of a credential helper");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	old_path = mem_strdup(getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin");
	const struct CMUnitTest tests[] = {
	    TEST(the_most_special_key_counts),
	    TEST(files_in_their_order),
	    TEST(urls_and_docker_io),
	    TEST(forms_of_an_entry),
	    TEST(broken_files),
	    TEST(named_files_must_be_there),
	    TEST(loose_modes_are_told_once),
	    TEST(helpers),
	    TEST(helpers_that_fail),
	    TEST(helpers_that_leave_something),
	    TEST(a_store_that_fails_is_a_warning),
	};
	int r = cmocka_run_group_tests(tests, NULL, NULL);
	free(old_path);
	return r;
}
