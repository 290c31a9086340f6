#include "unit.h"

#include "probe/plan.h"

/* The names of the exercises that an image with these members of its config gets, a blank between two. */
static void plan_one(const char *config_members, struct probe_plan *p, const char *want)
{
	CLEANUP_BUF struct buf text = {0}, got = {0};
	struct oci_image_config config = {0};
	const struct exercise *exercises;
	buf_printf(&text,
		   "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{%s},\"rootfs\":{\"type\":\"layers\","
		   "\"diff_ids\":[]}}",
		   config_members);
	assert_int_equal(oci_image_config_parse(text.data, text.len, &config, NULL), 0);
	size_t n = probe_plan_make(p, &config, &exercises);
	for (size_t i = 0; i < n; i++)
		buf_printf(&got, "%s%s", i ? " " : "", exercises[i].name);
	assert_string_equal(got.len ? got.data : "", want);
	probe_plan_done(p);
	oci_image_config_done(&config);
}

#define PORT "\"ExposedPorts\":{\"80/tcp\":{}}"
#define CHECK "\"Healthcheck\":{\"Test\":[\"CMD\",\"true\"]}"
#define NO_CHECK "\"Healthcheck\":{\"Test\":[\"NONE\"]}"

static void what_an_image_gets(void **state)
{
	char command[] = "true", *commands[] = {command, command};
	const struct strlist none = {0}, one = {.items = commands, .count = 1}, two = {.items = commands, .count = 2};
	const struct probe_http_options http = {0};
	struct probe_plan plain = {.http = &http, .execs = &none, .host_execs = &none};
	plan_one("", &plain, "");
	plan_one(PORT, &plain, "http");
	plan_one(PORT "," CHECK, &plain, "healthcheck http");
	plan_one(NO_CHECK, &plain, "");
	struct probe_plan ports = {.http = &http, .has_ports = true, .execs = &none, .host_execs = &none};
	plan_one("", &ports, "http");
	struct probe_plan off = {.execs = &none, .host_execs = &none, .has_ports = true};
	plan_one(PORT, &off, "");
	struct probe_script script = {0};
	const struct probe_script_options requests = {.script = &script};
	struct probe_plan scripted = {.http = &http, .script = &requests, .execs = &none, .host_execs = &none};
	plan_one("", &scripted, "");
	(void)probe_script_add(&script, "GET", "/");
	plan_one("", &scripted, "http");
	plan_one(PORT, &scripted, "http");
	probe_script_done(&script);
	struct probe_spec spec = {0};
	struct probe_plan specified = {.http = &http, .spec = &spec, .execs = &one, .host_execs = &none};
	plan_one(PORT, &specified, "http exec");
	probe_spec_add(&spec, "true");
	plan_one(PORT, &specified, "http exec exec");
	probe_spec_done(&spec);
	const struct probe_apispec_options apispec = {0};
	struct probe_plan described = {.http = &http, .apispec = &apispec, .execs = &one, .host_execs = &none};
	plan_one("", &described, "http exec");
	plan_one(PORT, &described, "http http exec");
	struct probe_plan commanded = {.http = &http, .execs = &two, .host_execs = &one};
	const struct probe_talk_options talks[] = {{.port = 1}, {.path = command}};
	const struct probe_client_options client = {0};
	struct probe_plan wired = {.http = &http,
				   .execs = &one,
				   .host_execs = &none,
				   .talks = talks,
				   .n_talks = 2,
				   .clients = &client,
				   .n_clients = 1};
	plan_one(PORT, &wired, "http tcp unix client exec");
	plan_one(CHECK, &commanded, "healthcheck http exec exec host-exec");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_an_image_gets),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
