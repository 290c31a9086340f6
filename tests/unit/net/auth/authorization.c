#include "unit.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/limits.h"
#include "base/mem.h"
#include "net/auth/authorization.h"
#include "net/auth/token_server.h"
#include "net/test_server.h"
#include "text/secret.h"

#define SCOPE "repository:team/app:pull"
#define PASSWORD "hunter2:%&+ \xc3\xa4"

static struct test_server server, other;
static atomic_int issued, callers, fails_left;
static pthread_mutex_t body_lock = PTHREAD_MUTEX_INITIALIZER;
static struct buf last_body;

static bool reply_json(struct test_conn *c, const char *status, const char *headers, const char *json)
{
	return test_reply(c, status, headers, json, strlen(json));
}

static bool reply_token(struct test_conn *c, int life)
{
	CLEANUP_FREE char *json =
	    mem_printf("{\"token\":\"t%d\",\"expires_in\":%d}", atomic_fetch_add(&issued, 1), life);
	return reply_json(c, "200 OK", "", json);
}

static bool redirect_to(struct test_conn *c, uint16_t port)
{
	CLEANUP_FREE char *headers = mem_printf("Location: http://127.0.0.1:%u/token?moved=1\r\n", port);
	return test_reply(c, "307 Temporary Redirect", headers, "", 0);
}

static bool is_at(const char *target, const char *path)
{
	size_t n = strlen(path);
	return strncmp(target, path, n) == 0 && (!target[n] || target[n] == '?');
}

/* What the token server does for each path of a realm. */
/* Answers that are not a token. */
static bool no_token(struct test_conn *c, const char *target)
{
	CLEANUP_BUF struct buf b = {0};
	if (is_at(target, "/gone"))
		return reply_json(c, "503 Busy", "Retry-After: 0\r\n",
				  "{\"errors\":[{\"code\":\"X\",\"message\":\"no time\"}]}");
	if (is_at(target, "/denied"))
		return reply_json(c, "401 Unauthorized", "", "{\"details\":\"incorrect\\u001b[1m username\"}");
	if (is_at(target, "/echo"))
		return reply_json(c, "401 Unauthorized", "", "{\"details\":\"not " PASSWORD "\"}");
	if (is_at(target, "/page"))
		return reply_json(c, "500 Oh", "Retry-After: 1000\r\n", "<html>");
	if (is_at(target, "/crlf"))
		return reply_json(c, "200 OK", "", "{\"token\":\"a\\r\\nX-Evil: 1\"}");
	if (is_at(target, "/none"))
		return reply_json(c, "200 OK", "", "{\"token\":\"\"}");
	if (is_at(target, "/html"))
		return reply_json(c, "200 OK", "", "<html>hunter2");
	if (is_at(target, "/endless")) {
		test_send_str(c, "HTTP/1.1 200 OK\r\n\r\n{\"token\":\"");
		return test_send_forever(c, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	}
	if (!is_at(target, "/deep"))
		return test_reply(c, "404 Not Found", "", "", 0);
	while (b.len + 5 < LIMIT_TOKEN_ANSWER)
		buf_str(&b, "{\"a\":");
	return reply_json(c, "200 OK", "", b.data);
}

static bool read_body(struct test_conn *c)
{
	pthread_mutex_lock(&body_lock);
	last_body.len = 0;
	bool whole = test_read_body(c, &last_body);
	pthread_mutex_unlock(&body_lock);
	return whole;
}

static bool handle(struct test_conn *c, const char *method, const char *target)
{
	bool post = strcmp(method, "POST") == 0;
	if (post && !read_body(c))
		return false;
	if (is_at(target, "/token") || (post && is_at(target, "/post-only")))
		return reply_token(c, 300);
	if (is_at(target, "/post-only"))
		return reply_json(c, "405 Method Not Allowed", "", "");
	if (is_at(target, "/once"))
		return reply_token(c, 0);
	if (is_at(target, "/slow")) {
		/* until all callers are on their way; what comes of it in 50 ms more is one request, or many */
		while (atomic_load(&callers) < 8)
			poll(NULL, 0, 1);
		poll(NULL, 0, 50);
		return reply_token(c, 300);
	}
	if (is_at(target, "/busy"))
		return atomic_fetch_sub(&fails_left, 1) > 0
			   ? reply_json(c, "503 Busy", "Retry-After: 0\r\n", "{\"details\":\"no time\"}")
			   : reply_token(c, 300);
	if (is_at(target, "/elsewhere"))
		return redirect_to(c, other.port);
	if (is_at(target, "/moved"))
		return redirect_to(c, server.port);
	if (is_at(target, "/circle"))
		return test_reply(c, "302 Found", "Location: /circle\r\n", "", 0);
	if (is_at(target, "/file"))
		return test_reply(c, "302 Found", "Location: file:///etc/passwd\r\n", "", 0);
	return no_token(c, target);
}

static int start(void **state)
{
	test_server_start(&server, true, handle);
	test_server_start(&other, false, handle);
	issued = callers = 0;
	return 0;
}

static int stop(void **state)
{
	test_server_stop(&server);
	test_server_stop(&other);
	buf_done(&last_body);
	return 0;
}

static const struct net_exchange_peer peer = {.insecure = true, .connect_timeout_ms = 10000, .idle_timeout_ms = 10000};

static void authorization_freep(struct net_authorization **a)
{
	net_authorization_free(*a);
}
#define CLEANUP_AUTHORIZATION CLEANUP(authorization_freep)

static struct net_authorization *registry(const char *origin, const char *user, const char *password, const char *token)
{
	struct net_auth_credentials c = {.user = mem_strdup(user),
					 .password = mem_strdup(password),
					 .identity_token = mem_strdup(token),
					 .from = user || token ? mem_strdup("/x/auth.json") : NULL};
	struct net_authorization *a = net_authorization_new(origin, &c, &peer);
	assert_null(c.user);
	return a;
}

static int refuse(struct net_authorization *a, const char *challenge, const char *sent, bool *again, struct err *err)
{
	CLEANUP_STRLIST struct strlist l = {0};
	strlist_add(&l, challenge);
	*again = false;
	return net_authorization_refused(a, &l, SCOPE, sent, again, err);
}

/* The first 401, with a realm of our token server. */
static void challenge(struct net_authorization *a, const char *scheme, const char *path)
{
	CLEANUP_FREE char *text = mem_printf(
	    "Bearer realm=\"%s://127.0.0.1:%u%s\",service=\"the service\",scope=\"x:y:z\"", scheme, server.port, path);
	struct err err = {0};
	bool again;
	if (refuse(a, text, NULL, &again, &err) < 0)
		fail_msg("%s", err.msg);
	assert_true(again);
}

static char *header_for(struct net_authorization *a, const char *scope)
{
	char *out = NULL;
	struct err err = {0};
	if (net_authorization_header(a, scope, NULL, &out, &err) < 0)
		fail_msg("%s", err.msg);
	return out;
}

static void gives(struct net_authorization *a, const char *scope, const char *want)
{
	CLEANUP_SECRET char *out = header_for(a, scope);
	assert_non_null(out);
	assert_string_equal(out, want);
}

/* The header fails, without a secret in the message. */
static void fails(struct net_authorization *a, enum err_code code, const char *says)
{
	char *out = NULL;
	struct err err = {0};
	int r = net_authorization_header(a, SCOPE, NULL, &out, &err);
	if (r != -(int)code || !strstr(err.msg, says) || strstr(err.msg, "hunter2") || strstr(err.msg, "refresh me"))
		fail_msg("%d: %s (not: %s)", r, err.msg, says);
	assert_null(out);
}

static const char *request(size_t i)
{
	assert_true(i < test_server_requests(&server));
	return server.requests.items[i];
}

static void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("%s is not in %s", part, text);
}

static void a_token_for_each_scope(void **state)
{
	CLEANUP_AUTHORIZATION struct net_authorization *a = registry("http://reg.example:5000", "ann", PASSWORD, NULL);
	assert_null(header_for(a, SCOPE)); /* nobody asked */
	challenge(a, "http", "/token");
	gives(a, SCOPE, "Authorization: Bearer t0");
	gives(a, SCOPE, "Authorization: Bearer t0");
	gives(a, SCOPE " repository:other/app:pull", "Authorization: Bearer t1");
	gives(a, SCOPE, "Authorization: Bearer t0");
	assert_int_equal(test_server_requests(&server), 2);
	has(request(0), "GET /token?service=the%20service&scope=repository%3Ateam%2Fapp%3Apull&account=ann HTTP/1.1");
	has(request(0), "\r\nAuthorization: Basic YW5uOmh1bnRlcjI6JSYrIMOk\r\n");
	has(request(1), "&scope=repository%3Ateam%2Fapp%3Apull&scope=repository%3Aother%2Fapp%3Apull&account=ann");
}

static void a_realm_with_a_query(void **state)
{
	CLEANUP_AUTHORIZATION struct net_authorization *a = registry("http://reg.example", NULL, NULL, NULL);
	challenge(a, "http", "/token?a=b#c?d");
	gives(a, SCOPE, "Authorization: Bearer t0");
	has(request(0), "GET /token?a=b&service=the%20service&scope=repository%3Ateam%2Fapp%3Apull HTTP/1.1");
	assert_null(strstr(request(0), "Authorization:"));
}

static void https_and_its_realm(void **state)
{
	CLEANUP_AUTHORIZATION struct net_authorization *a = registry("https://reg.example", "ann", PASSWORD, NULL);
	struct err err = {0};
	bool again;
	challenge(a, "https", "/token");
	gives(a, SCOPE, "Authorization: Bearer t0");
	CLEANUP_FREE char *plain = mem_printf("Bearer realm=\"http://127.0.0.1:%u/token\"", server.port);
	assert_int_equal(refuse(a, plain, NULL, &again, &err), -ERR_DENIED);
	has(err.msg, "reg.example names a token server without TLS");
	assert_false(again);
	gives(a, SCOPE, "Authorization: Bearer t0"); /* what was good stays */
}

static void identity_tokens(void **state)
{
	CLEANUP_AUTHORIZATION struct net_authorization *a = registry("http://reg.example", NULL, NULL, "refresh me/+&");
	challenge(a, "http", "/token");
	gives(a, SCOPE " x:y:z", "Authorization: Bearer t0");
	has(request(0), "POST /token HTTP/1.1");
	has(request(0), "\r\nContent-Type: application/x-www-form-urlencoded\r\n");
	assert_null(strstr(request(0), "Authorization:"));
	assert_string_equal(last_body.data,
			    "grant_type=refresh_token&refresh_token=refresh%20me%2F%2B%26&service=the%20service&"
			    "client_id=slim&scope=repository%3Ateam%2Fapp%3Apull%20x%3Ay%3Az");
	CLEANUP_AUTHORIZATION struct net_authorization *b = registry("http://reg.example", "ann", PASSWORD, NULL);
	challenge(b, "http", "/post-only");
	gives(b, SCOPE, "Authorization: Bearer t1");
	has(last_body.data, "grant_type=password&username=ann&password=hunter2%3A%25%26%2B%20%C3%A4&");
	CLEANUP_AUTHORIZATION struct net_authorization *c = registry("http://reg.example", NULL, NULL, NULL);
	challenge(c, "http", "/post-only");
	fails(c, ERR_PROTO, "it answers 405");
}

static void basic(void **state)
{
	CLEANUP_AUTHORIZATION struct net_authorization *a = registry("https://reg.example:444", "ann", PASSWORD, NULL);
	struct err err = {0};
	bool again;
	assert_int_equal(refuse(a, "Basic realm=\"x\"", NULL, &again, &err), 0);
	assert_true(again);
	gives(a, SCOPE, "Authorization: Basic YW5uOmh1bnRlcjI6JSYrIMOk");
	assert_int_equal(refuse(a, "Basic realm=\"y\"", "Authorization: Basic YW5uOmh1bnRlcjI6JSYrIMOk", &again, &err),
			 -ERR_DENIED);
	has(err.msg, "reg.example:444 refuses user and password");
	has(err.msg, "/x/auth.json");
	has(err.msg, "skopeo login reg.example:444");
	assert_null(strstr(err.msg, "hunter2"));
	CLEANUP_AUTHORIZATION struct net_authorization *b =
	    registry("https://registry-1.docker.io:443", NULL, NULL, NULL);
	assert_int_equal(refuse(b, "Basic realm=\"x\"", NULL, &again, &err), -ERR_DENIED);
	has(err.msg, "docker.io wants user and password; there are no credentials for it: run skopeo login docker.io");
	CLEANUP_AUTHORIZATION struct net_authorization *c = registry("https://reg.example", NULL, NULL, "refresh me");
	assert_int_equal(refuse(c, "Basic realm=\"x\"", NULL, &again, &err), -ERR_DENIED);
	has(err.msg, "not an identity token");
}

static void challenges_that_are_none(void **state)
{
	static const struct {
		const char *text;
		enum err_code code;
		const char *says;
	} cases[] = {
	    {"Bearer realm=\"file:///etc/passwd\"", ERR_PROTO, "reg.example names a token server that slim cannot use"},
	    {"Bearer realm=\"/token\"", ERR_PROTO, "slim cannot use"},
	    {"Bearer realm=\"https://u:p@x/token\"", ERR_PROTO, "user name"},
	    {"Bearer realm=\"ftp://x/\"", ERR_PROTO, "slim cannot use"},
	    {"Bearer realm=\"open", ERR_PROTO, "reg.example: the WWW-Authenticate header ends within quotes"},
	    {"Negotiate", ERR_DENIED, "neither Basic nor Bearer"},
	};
	CLEANUP_AUTHORIZATION struct net_authorization *a = registry("https://reg.example", "ann", PASSWORD, NULL);
	CLEANUP_STRLIST struct strlist l = {0};
	bool again = false;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err err = {0};
		assert_int_equal(refuse(a, cases[i].text, NULL, &again, &err), -(int)cases[i].code);
		has(err.msg, cases[i].says);
		assert_false(again);
	}
	assert_int_equal(net_authorization_refused(a, &l, SCOPE, NULL, &again, NULL), -ERR_DENIED);
	/* a broken one beside a good one */
	strlist_add(&l, "Bearer realm=\"open");
	strlist_add(&l, "Basic");
	assert_int_equal(net_authorization_refused(a, &l, SCOPE, NULL, &again, NULL), 0);
	assert_true(again);
	gives(a, SCOPE, "Authorization: Basic YW5uOmh1bnRlcjI6JSYrIMOk");
	assert_int_equal(test_server_requests(&server), 0);
}

static void tokens_that_are_refused(void **state)
{
	CLEANUP_AUTHORIZATION struct net_authorization *a = registry("http://reg.example", "ann", PASSWORD, NULL);
	CLEANUP_FREE char *invalid =
	    mem_printf("Bearer realm=\"http://127.0.0.1:%u/token\",error=\"invalid_token\"", server.port);
	CLEANUP_FREE char *too_little =
	    mem_printf("Bearer realm=\"http://127.0.0.1:%u/token\",error=\"insufficient_scope\"", server.port);
	struct err err = {0};
	bool again;
	assert_int_equal(refuse(a, invalid, NULL, &again, &err), 0);
	gives(a, SCOPE, "Authorization: Bearer t0");
	assert_int_equal(refuse(a, invalid, "Authorization: Bearer t0", &again, &err), 0);
	assert_true(again);
	gives(a, SCOPE, "Authorization: Bearer t1");
	/* another thread's, of the token before: not held against the new one */
	assert_int_equal(refuse(a, invalid, "Authorization: Bearer t0", &again, &err), 0);
	assert_true(again);
	gives(a, SCOPE, "Authorization: Bearer t1");
	assert_int_equal(refuse(a, invalid, "Authorization: Bearer t1", &again, &err), -ERR_DENIED);
	assert_false(again);
	has(err.msg, "reg.example does not grant " SCOPE "; slim used the credentials of /x/auth.json");
	gives(a, SCOPE, "Authorization: Bearer t2");
	assert_int_equal(refuse(a, too_little, "Authorization: Bearer t2", &again, &err), -ERR_DENIED);
	assert_false(again);
}

static void a_registry_that_changes_its_mind(void **state)
{
	CLEANUP_AUTHORIZATION struct net_authorization *a = registry("http://reg.example", "ann", PASSWORD, NULL);
	bool again = true;
	struct err err = {0};
	int r = 0, n = 0;
	for (; r == 0 && again && n < 1000; n++) {
		CLEANUP_FREE char *text = mem_printf("Bearer realm=\"http://127.0.0.1:%u/token?%d\"", server.port, n);
		CLEANUP_SECRET char *sent = header_for(a, SCOPE);
		r = refuse(a, text, sent, &again, &err);
	}
	assert_true(r < 0 && n < 12);
	has(err.msg, "each time");
}

static void short_lives(void **state)
{
	CLEANUP_AUTHORIZATION struct net_authorization *a = registry("http://reg.example", NULL, NULL, NULL);
	challenge(a, "http", "/once");
	gives(a, SCOPE, "Authorization: Bearer t0");
	gives(a, SCOPE, "Authorization: Bearer t1");
}

static void *caller(void *ctx)
{
	atomic_fetch_add(&callers, 1);
	return header_for(ctx, SCOPE);
}

static void threads_share_one_request(void **state)
{
	CLEANUP_AUTHORIZATION struct net_authorization *a = registry("http://reg.example", "ann", PASSWORD, NULL);
	pthread_t threads[8];
	challenge(a, "http", "/slow");
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, caller, a), 0);
	for (size_t i = 0; i < 8; i++) {
		void *out;
		pthread_join(threads[i], &out);
		assert_string_equal(out, "Authorization: Bearer t0");
		secret_free(out);
	}
	assert_int_equal(test_server_requests(&server), 1);
}

static void more_scopes_than_are_kept(void **state)
{
	CLEANUP_AUTHORIZATION struct net_authorization *a = registry("http://reg.example", NULL, NULL, NULL);
	challenge(a, "http", "/token");
	for (int i = 0; i < LIMIT_TOKENS + 3; i++) {
		CLEANUP_FREE char *scope = mem_printf("repository:r%d:pull", i),
				  *want = mem_printf("Authorization: Bearer t%d", i);
		gives(a, scope, want);
	}
	CLEANUP_FREE char *last = mem_printf("repository:r%d:pull", LIMIT_TOKENS + 2);
	CLEANUP_FREE char *want = mem_printf("Authorization: Bearer t%d", LIMIT_TOKENS + 2);
	gives(a, last, want);
}

static void servers_that_are_busy_or_refuse(void **state)
{
	CLEANUP_AUTHORIZATION struct net_authorization *a = registry("http://reg.example", "ann", PASSWORD, NULL);
	fails_left = 2;
	challenge(a, "http", "/busy");
	gives(a, SCOPE, "Authorization: Bearer t0");
	assert_int_equal(test_server_requests(&server), 3);
	static const struct {
		const char *path;
		enum err_code code;
		const char *says;
	} cases[] = {
	    {"/gone", ERR_PROTO, "/gone: it answers 503: no time"},
	    {"/page", ERR_PROTO, "it answers 500"},
	    {"/denied", ERR_DENIED, "/denied: it answers 401: incorrect"},
	    {"/denied", ERR_DENIED, "slim used the credentials of /x/auth.json: run skopeo login reg.example"},
	    {"/echo", ERR_DENIED, "it answers 401; slim used"},
	    {"/elsewhere", ERR_DENIED, "to which slim does not send credentials"},
	    {"/circle", ERR_PROTO, "it answers 302"},
	    {"/file", ERR_PROTO, "/file: redirected to"},
	    {"/crlf", ERR_PROTO, "its token has invalid characters"},
	    {"/none", ERR_PROTO, "has no token"},
	    {"/html", ERR_CORRUPT, "/html: its answer is not valid JSON"},
	    {"/deep", ERR_CORRUPT, "not valid JSON"},
	    {"/endless", ERR_LIMIT, "too large"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CLEANUP_AUTHORIZATION struct net_authorization *b =
		    registry("http://reg.example", "ann", PASSWORD, NULL);
		challenge(b, "http", cases[i].path);
		fails(b, cases[i].code, cases[i].says);
	}
	assert_int_equal(test_server_requests(&other), 0);
	CLEANUP_AUTHORIZATION struct net_authorization *c = registry("http://reg.example", "ann", PASSWORD, NULL);
	challenge(c, "http", "/moved");
	gives(c, SCOPE, "Authorization: Bearer t1");
	CLEANUP_AUTHORIZATION struct net_authorization *d = registry("http://reg.example", NULL, NULL, NULL);
	challenge(d, "http", "/elsewhere");
	gives(d, SCOPE, "Authorization: Bearer t2");
	assert_null(strstr(other.requests.items[0], "Authorization:"));
	CLEANUP_AUTHORIZATION struct net_authorization *e = registry("http://reg.example", NULL, NULL, NULL);
	challenge(e, "http", "/denied");
	fails(e, ERR_DENIED, "there are no credentials for it: run skopeo login reg.example, or use --creds");
	CLEANUP_AUTHORIZATION struct net_authorization *f = registry("http://reg.example", NULL, NULL, "refresh me");
	challenge(f, "http", "/moved");
	fails(f, ERR_DENIED, "to which slim does not send credentials");
}

static void lives(void **state)
{
	static const struct {
		const char *json;
		uint64_t ms;
	} cases[] = {
	    {"{\"token\":\"t\"}", 60000},
	    {"{\"access_token\":\"t\",\"expires_in\":300}", 300000},
	    {"{\"token\":\"\",\"access_token\":\"t\",\"expires_in\":\"300\"}", 300000},
	    {"{\"token\":\"t\",\"expires_in\":1.5}", 1500},
	    {"{\"token\":\"t\",\"expires_in\":0}", 0},
	    {"{\"token\":\"t\",\"expires_in\":-5}", 0},
	    {"{\"token\":\"t\",\"expires_in\":[]}", 60000},
	    {"{\"token\":\"t\",\"expires_in\":1e300}", 366ull * 24 * 3600 * 1000},
	    {"{\"token\":\"t\",\"expires_in\":300,\"issued_at\":\"2024-01-01T00:00:00Z\"}", 200000},
	    {"{\"token\":\"t\",\"expires_in\":300,\"issued_at\":\"2024-01-01T00:00:00.123456Z\"}", 200000},
	    {"{\"token\":\"t\",\"expires_in\":300,\"issued_at\":\"2024-01-01T02:00:00+02:00\"}", 200000},
	    {"{\"token\":\"t\",\"expires_in\":300,\"issued_at\":\"2023-12-31T23:30:00-00:30\"}", 200000},
	    /* clocks that differ */
	    {"{\"token\":\"t\",\"expires_in\":300,\"issued_at\":\"2024-01-01T01:00:00Z\"}", 300000},
	    {"{\"token\":\"t\",\"expires_in\":300,\"issued_at\":\"0001-01-01T00:00:00Z\"}", 300000},
	    {"{\"token\":\"t\",\"expires_in\":300,\"issued_at\":\"yesterday\"}", 300000},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CLEANUP_NET_TOKEN_ANSWER struct net_token_answer t = {0};
		struct err err = {0};
		if (net_token_answer_parse(cases[i].json, strlen(cases[i].json), 1704067300, &t, &err) < 0)
			fail_msg("%s: %s", cases[i].json, err.msg);
		assert_string_equal(t.token, "t");
		if (t.life_ms != cases[i].ms)
			fail_msg("%s: %ju", cases[i].json, (uintmax_t)t.life_ms);
	}
	CLEANUP_BUF struct buf b = {0};
	buf_str(&b, "{\"token\":\"");
	while (b.len <= LIMIT_CREDENTIAL + 20)
		buf_str(&b, "aaaaaaaa");
	buf_str(&b, "\"}");
	CLEANUP_NET_TOKEN_ANSWER struct net_token_answer t = {0};
	assert_int_equal(net_token_answer_parse(b.data, b.len, 0, &t, NULL), -ERR_LIMIT);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_token_for_each_scope),
	    TEST(a_realm_with_a_query),
	    TEST(https_and_its_realm),
	    TEST(identity_tokens),
	    TEST(basic),
	    TEST(challenges_that_are_none),
	    TEST(tokens_that_are_refused),
	    TEST(a_registry_that_changes_its_mind),
	    TEST(short_lives),
	    TEST(threads_share_one_request),
	    TEST(more_scopes_than_are_kept),
	    TEST(servers_that_are_busy_or_refuse),
	    cmocka_unit_test(lives),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
