#include "unit.h"

#include "cmd/init/service.h"

/* members: of the member config of an image configuration. */
static void looks_like_one(const char *members, const char *expected)
{
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config config = {0};
	CLEANUP_BUF struct buf text = {0}, shown = {0};
	struct init_service s;
	struct err err = {0};
	buf_printf(&text,
		   "{\"os\":\"linux\",\"architecture\":\"amd64\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]},"
		   "\"config\":{%s}}",
		   members);
	if (oci_image_config_parse(text.data, text.len, &config, &err) < 0)
		fail_msg("%s", err.msg);
	init_service_look(&config, &s);
	init_service_text(&s, &shown);
	assert_string_equal(shown.data, expected);
}

static void configurations_tell_the_kind(void **state)
{
	looks_like_one("", "a job");
	looks_like_one("\"Cmd\":[\"/bin/sh\"]", "a shell or interpreter");
	looks_like_one("\"Cmd\":[\"sh\",\"-c\",\"run\"]", "a job");
	looks_like_one("\"Cmd\":[\"/usr/sbin/nginx\",\"-g\",\"daemon off;\"]", "a web service");
	looks_like_one("\"ExposedPorts\":{\"80/tcp\":{},\"443/tcp\":{}}", "a web service on the ports 80/tcp, 443/tcp");
	looks_like_one("\"ExposedPorts\":{\"7/tcp\":{}}", "a service on port 7/tcp");
	looks_like_one("\"Cmd\":[\"php-fpm\"],\"ExposedPorts\":{\"9000/tcp\":{}}", "a service on port 9000/tcp");
	looks_like_one("\"ExposedPorts\":{\"80/udp\":{}}", "a service on port 80/udp");
	looks_like_one("\"ExposedPorts\":{\"6379/tcp\":{}}", "a service that speaks redis on port 6379/tcp");
	looks_like_one("\"ExposedPorts\":{\"80/tcp\":{},\"5432/tcp\":{}}",
		       "a web service and postgresql on the ports 80/tcp, 5432/tcp");
	looks_like_one("\"Entrypoint\":[\"docker-entrypoint.sh\"],\"Cmd\":[\"redis-server\"]",
		       "a service that speaks redis");
	looks_like_one("\"Entrypoint\":[\"/sbin/tini\",\"--\"],\"Cmd\":[\"memcached\"]",
		       "a service that speaks memcached");
	looks_like_one("\"ExposedPorts\":{\"7/tcp\":{}},\"Healthcheck\":{\"Test\":[\"CMD-SHELL\","
		       "\"curl -f http://localhost:7/ok\"]}",
		       "a web service on port 7/tcp, with a health check");
	looks_like_one("\"ExposedPorts\":{\"7/tcp\":{}},\"Healthcheck\":{\"Test\":[\"NONE\"]}",
		       "a service on port 7/tcp");
	looks_like_one("\"ExposedPorts\":{\"7001-7009/tcp\":{}}",
		       "a service on the ports 7001/tcp, 7002/tcp, 7003/tcp, 7004/tcp, 7005/tcp, 7006/tcp and 3 more");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(configurations_tell_the_kind),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
