#include "unit.h"

#include "probe/plan.h"

/* The names of the exercises that an image with these members of its config gets, a blank between two; "?": only if it
 * listens. */
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
		buf_printf(&got, "%s%s%s", i ? " " : "", exercises[i].name, exercises[i].if_listens ? "?" : "");
	assert_string_equal(got.len ? got.data : "", want);
	probe_plan_done(p);
	p->n_exercises = 0;
	p->ready.healthcheck = NULL;
	oci_image_config_done(&config);
}

#define PORT "\"ExposedPorts\":{\"80/tcp\":{}}"
#define CHECK "\"Healthcheck\":{\"Test\":[\"CMD\",\"true\"]}"
#define NO_CHECK "\"Healthcheck\":{\"Test\":[\"NONE\"]}"

static const struct probe_http_options http = {0};

static void what_an_image_gets(void **state)
{
	struct probe_plan plain = {.http = &http};
	plan_one("", &plain, "http?");
	plan_one(PORT, &plain, "http");
	plan_one(PORT "," CHECK, &plain, "healthcheck http");
	plan_one(CHECK, &plain, "healthcheck");
	plan_one(NO_CHECK, &plain, "http?");
	struct strlist check = {0};
	struct probe_plan other = {.http = &http, .check = &check};
	plan_one(PORT "," CHECK, &other, "http");
	strlist_add(&check, "CMD");
	strlist_add(&check, "false");
	plan_one(NO_CHECK, &other, "healthcheck");
	plan_one(PORT, &other, "healthcheck http");
	strlist_done(&check);
	struct probe_plan ports = {.http = &http, .has_ports = true};
	plan_one("", &ports, "http");
	struct probe_plan off = {.has_ports = true};
	plan_one(PORT, &off, "");
	struct probe_script script = {0};
	const struct probe_script_options requests = {.script = &script};
	struct probe_plan scripted = {.http = &http, .script = &requests};
	plan_one("", &scripted, "http?");
	(void)probe_script_add(&script, "GET", "/");
	plan_one("", &scripted, "http");
	plan_one(PORT, &scripted, "http");
	probe_script_done(&script);
	const struct probe_driver exec = {.kind = EXERCISE_EXEC, .text = "true"};
	struct probe_spec spec = {0};
	struct probe_plan specified = {.http = &http, .spec = &spec, .drivers = &exec, .n_drivers = 1};
	plan_one(PORT, &specified, "http exec");
	probe_spec_add(&spec, "true");
	plan_one(PORT, &specified, "http exec exec");
	probe_spec_done(&spec);
	const struct probe_apispec_options apispec = {0};
	struct probe_plan described = {.http = &http, .apispec = &apispec, .drivers = &exec, .n_drivers = 1};
	plan_one("", &described, "http exec");
	plan_one(PORT, &described, "http http exec");
}

static void talks_and_clients(void **state)
{
	char path[] = "/socket";
	const struct probe_talk_options talks[] = {{.port = 1}, {.port = 2}, {.path = path}};
	const struct probe_client_options client = {.port = 3};
	const struct probe_driver drivers[] = {{.kind = EXERCISE_UNIX},
					       {.kind = EXERCISE_TCP, .nth = 1},
					       {.kind = EXERCISE_CLIENT},
					       {.kind = EXERCISE_HTTP},
					       {.kind = EXERCISE_TCP}};
	struct probe_plan p = {.http = &http,
			       .drivers = drivers,
			       .n_drivers = 5,
			       .talks = talks,
			       .n_talks = 3,
			       .clients = &client,
			       .n_clients = 1};
	plan_one(PORT, &p, "unix tcp client http tcp");
}

/* drivers: letters: exec, host-exec (o), http (p), signal here (s), @start (t), @after-probe (a). */
static void order_one(const char *members, const char *letters, const char *want)
{
	struct probe_driver drivers[8] = {0};
	size_t n = 0;
	for (; *letters; letters++, n++) {
		struct probe_driver *d = &drivers[n];
		d->text = "true";
		d->kind = *letters == 'e'   ? EXERCISE_EXEC
			  : *letters == 'o' ? EXERCISE_HOST_EXEC
			  : *letters == 'p' ? EXERCISE_HTTP
					    : EXERCISE_SIGNAL;
		d->signal.when = *letters == 't'   ? PROBE_SIGNAL_AT_START
				 : *letters == 'a' ? PROBE_SIGNAL_AFTER_PROBE
						   : PROBE_SIGNAL_HERE;
	}
	struct probe_plan p = {.http = &http, .drivers = drivers, .n_drivers = n};
	plan_one(members, &p, want);
}

/* What is known to speak something else is not asked for a page. */
static void the_usual_probe_leaves_them_out(void **state)
{
	char path[] = "/socket";
	const struct probe_talk_options talks[] = {{.port = 7}, {.path = path}};
	const struct probe_client_options clients[] = {{.port = 9}, {.port = 8, .socket = path}};
	const struct probe_driver drivers[] = {{.kind = EXERCISE_CLIENT}, {.kind = EXERCISE_TCP}};
	struct probe_plan p = {.http = &http,
			       .drivers = drivers,
			       .n_drivers = 2,
			       .talks = talks,
			       .n_talks = 2,
			       .clients = clients,
			       .n_clients = 2};
	struct oci_port ports[] = {{.number = 80}};
	const struct oci_image_config config = {.ports = ports, .n_ports = 1};
	const struct exercise *exercises;
	assert_int_equal(probe_plan_make(&p, &config, &exercises), 3);
	const struct probe_http_options *o = exercises[0].ctx;
	assert_int_equal(o->n_others, 2);
	assert_int_equal(o->others[0], 7);
	assert_int_equal(o->others[1], 9);
	probe_plan_done(&p);
}

static void another_image_begins_anew(void **state)
{
	static const char service[] = "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{" PORT "," CHECK
				      "},\"rootfs\":{\"type\":\"layers\","
				      "\"diff_ids\":[]}}";
	struct oci_image_config first = {0};
	const struct oci_image_config second = {0};
	struct probe_plan p = {.http = &http};
	const struct exercise *exercises;
	assert_int_equal(oci_image_config_parse(service, strlen(service), &first, NULL), 0);
	assert_int_equal(probe_plan_make(&p, &first, &exercises), 2);
	oci_image_config_done(&first);
	assert_int_equal(probe_plan_make(&p, &second, &exercises), 1);
	assert_string_equal(exercises[0].name, "http");
	assert_true(exercises[0].if_listens);
	probe_plan_done(&p);
}

static void the_order_is_the_users(void **state)
{
	order_one(CHECK, "eeo", "healthcheck http exec exec host-exec");
	order_one(PORT, "oe", "http host-exec exec");
	order_one(PORT, "epo", "exec http host-exec");
	order_one("", "ep", "exec");
	order_one(PORT, "ese", "http exec signal exec");
	order_one(PORT, "et", "signal http exec");
	order_one(PORT, "ea", "http exec signal");
	order_one(PORT, "aepo", "exec http signal host-exec");
	order_one(PORT, "pae", "http signal exec");
	order_one("", "ae", "signal exec");
}

static void readiness_is_the_first(void **state)
{
	struct probe_ready_check checks[2] = {{.kind = PROBE_READY_LOG}, {.kind = PROBE_READY_TCP}};
	struct probe_plan p = {.http = &http, .ready = {.checks = checks, .n = 2}};
	plan_one("", &p, "http");
	checks[0].kind = PROBE_READY_HTTP;
	plan_one(CHECK, &p, "ready healthcheck http");
	checks[1].kind = PROBE_READY_HEALTH;
	plan_one(PORT "," CHECK, &p, "ready http");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_an_image_gets),
	    cmocka_unit_test(talks_and_clients),
	    cmocka_unit_test(the_usual_probe_leaves_them_out),
	    cmocka_unit_test(another_image_begins_anew),
	    cmocka_unit_test(the_order_is_the_users),
	    cmocka_unit_test(readiness_is_the_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
