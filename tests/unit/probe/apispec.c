#include "unit.h"

#include "net/test_server.h"
#include "probe/probe.h"

static struct test_server server, other;
static bool has_document;

static const char document[] =
    "{\"openapi\":\"3.0.3\",\"security\":[{\"key\":[]}],\"servers\":[{\"url\":\"/v1\"}],\"paths\":{"
    "\"/pets/{petId}\":{\"get\":{\"responses\":{\"200\":{}}},\"delete\":{\"responses\":{\"204\":{}}}},"
    "\"/pets\":{\"post\":{\"requestBody\":{\"content\":{\"application/json\":{\"schema\":{\"type\":\"object\","
    "\"properties\":{\"name\":{\"type\":\"string\"}}}}}},\"responses\":{\"201\":{}}}}}}";

/* Knows the pet that was made. */
static bool pets(struct test_conn *c, const char *method, const char *path)
{
	static const char pet[] = "{\"data\":{\"id\":\"a/7\"}}";
	CLEANUP_BUF struct buf body = {0};
	if (strcmp(path, "/spec.json") == 0 && has_document)
		return test_reply(c, "200 OK", "", document, strlen(document));
	if (strcmp(path, "/spec.json") == 0)
		return test_reply(c, "200 OK", "", "<html>", 6);
	if (strcmp(path, "/v1/pets") == 0 && strcmp(method, "POST") == 0)
		return test_read_body(c, &body) && test_reply(c, "201 Created", "", pet, strlen(pet));
	if (strcmp(path, "/v1/pets/a/7") == 0)
		return test_reply(c, strcmp(method, "GET") == 0 ? "200 OK" : "204 No Content", "", "", 0);
	return test_reply(c, "404 Not Found", "", "", 0);
}

static bool nothing(struct test_conn *c, const char *method, const char *path)
{
	return test_reply(c, "404 Not Found", "", "", 0);
}

/* text: as the option has it. want: the steps, "WHAT STATUS" and "!" if that is not as the document says; then the
 * error's message. */
static void spec_one(const char *text, bool expects, const char *want)
{
	struct probe_apispec spec = {0};
	struct probe_apispec_options o = {
	    .specs = &spec, .n_specs = 1, .reading = {.expects = expects}, .sending = {.timeout_ms = 60000}};
	struct exercise_log log = {0};
	struct exercise e;
	struct err err = {0};
	CLEANUP_BUF struct buf got = {0};
	assert_int_equal(probe_apispec_parse(text, &spec, &err), 0);
	test_server_start(&other, false, nothing);
	test_server_start(&server, false, pets);
	const struct oci_port ports[] = {{.number = other.port}, {.number = server.port}};
	const struct exercise_target t = {.host = "127.0.0.1", .ports = ports, .n_ports = 2, .host_mount_ns = -1};
	probe_apispec(&o, &e);
	int r = e.run(e.ctx, &t, &log, &err);
	test_server_stop(&server);
	test_server_stop(&other);
	for (size_t i = 0; i < log.count; i++) {
		const struct exercise_step *s = &log.steps[i];
		buf_printf(&got, "%s %s %d%s\n", s->port == server.port ? "2" : "1", s->what, s->status,
			   s->unexpected ? "!" : "");
	}
	for (size_t i = 0; i < log.notes.count; i++)
		buf_printf(&got, "note %s\n", log.notes.items[i].id);
	if (r < 0)
		buf_printf(&got, "%s: %s", err.id, err.msg);
	exercise_log_done(&log);
	free(spec.path);
	free(spec.base);
	assert_string_equal(got.data, want);
}

static void of_the_service(void **state)
{
	has_document = true;
	spec_one("/spec.json", true,
		 "1 GET /spec.json 404\n2 GET /spec.json 200\n2 POST /v1/pets 201\n2 GET /v1/pets/{petId} 200\n"
		 "2 DELETE /v1/pets/{petId} 204\nnote api-credentials-missing\n");
	spec_one("/spec.json:/v2/", true,
		 "1 GET /spec.json 404\n2 GET /spec.json 200\n2 POST /v2/pets 404!\n2 GET /v2/pets/{petId} 404!\n"
		 "2 DELETE /v2/pets/{petId} 404!\nnote api-credentials-missing\n");
	spec_one("/spec.json:/", false,
		 "1 GET /spec.json 404\n2 GET /spec.json 200\n2 POST /pets 404\n2 GET /pets/{petId} 404\n"
		 "2 DELETE /pets/{petId} 404\nnote api-credentials-missing\n");
}

static void missing(void **state)
{
	has_document = false;
	spec_one(
	    "/none.json", false,
	    "1 GET /none.json 404\n2 GET /none.json 404\napi-document-missing: the service has no API description at "
	    "/none.json: the answer has status 404");
	spec_one(
	    "/spec.json", false,
	    "1 GET /spec.json 404\n2 GET /spec.json 200\napi-document-missing: the service's API description is not "
	    "usable: /spec.json is not an API description: it is not an object");
}

static void forms(void **state)
{
	static const char *const rows[][3] = {
	    {"/a", "/a", NULL}, {"/a:/b", "/a", "/b"},  {"/a:/b/", "/a", "/b"},
	    {"/a:/", "/a", ""}, {"/a:b", "/a:b", NULL}, {"/a:/b:/c", "/a:/b", "/c"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct probe_apispec s = {0};
		assert_int_equal(probe_apispec_parse(rows[i][0], &s, NULL), 0);
		assert_string_equal(s.path, rows[i][1]);
		assert_int_equal(!s.base, !rows[i][2]);
		if (s.base)
			assert_string_equal(s.base, rows[i][2]);
		free(s.path);
		free(s.base);
	}
	struct probe_apispec s = {0};
	struct err err = {0};
	assert_int_equal(probe_apispec_parse("openapi.json", &s, &err), -ERR_INVAL);
	free(s.path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(of_the_service),
	    cmocka_unit_test(missing),
	    cmocka_unit_test(forms),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
