#include "unit.h"

#include <stdlib.h>

#include "base/mem.h"
#include "cmd/docker_slim/host_config.h"

static const struct docker_slim_row row = {.name = "it"};

static char *options(const struct docker_slim_state *s)
{
	struct buf b = {0};
	buf_str(&b, "");
	for (int i = 0; i < s->argc; i++)
		buf_printf(&b, "%s%s", i ? " " : "", s->argv[i]);
	return buf_steal(&b);
}

typedef int translate(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
		      struct err *err);

/* want: the options, or with a leading ! the message's id. */
static void value_one(translate *to, const char *value, const char *want)
{
	CLEANUP_DOCKER_SLIM struct docker_slim_state s = {0};
	struct err err = {0};
	if (to(&s, &row, value, &err) < 0) {
		if (*want != '!')
			fail_msg("%s: %s", value, err.msg);
		assert_string_equal(err.id, want + 1);
		return;
	}
	CLEANUP_FREE char *got = options(&s);
	assert_string_equal(got, want);
}

static void config_one(const char *json, const char *want)
{
	char path[] = "/tmp/slim-test-XXXXXX";
	int fd = mkstemp(path);
	assert_int_equal(write(fd, json, strlen(json)), strlen(json));
	close(fd);
	value_one(docker_slim_host_config, path, want);
	unlink(path);
}

static void members_with_an_option(void **state)
{
	config_one("{}", "");
	config_one("{\"Memory\": 0, \"Binds\": null, \"NetworkMode\": \"\", \"Privileged\": false, \"Links\": []}", "");
	config_one("{\"CapAdd\": [\"NET_ADMIN\"], \"CapDrop\": [\"ALL\"]}", "--cap-add=NET_ADMIN --cap-drop=ALL");
	config_one("{\"Binds\": [\"/a:/b:ro\"]}", "--mount=/a:/b:ro");
	config_one("{\"ShmSize\": 67108864, \"Memory\": 1000, \"NanoCpus\": 1500000000, \"PidsLimit\": 10}",
		   "--shm-size=67108864 --memory=1000 --cpus=1.500 --pids-limit=10");
	config_one("{\"Sysctls\": {\"net.core.somaxconn\": \"1024\"}}", "--sysctl=net.core.somaxconn=1024");
	config_one("{\"Tmpfs\": {\"/run\": \"size=1m\", \"/tmp\": \"\"}}", "--tmpfs=/run:size=1m --tmpfs=/tmp");
	config_one(
	    "{\"PortBindings\": {\"80/tcp\": [{\"HostIp\": \"127.0.0.1\", \"HostPort\": \"8080\"}, {\"HostPort\": "
	    "\"\"}]}, \"PublishAllPorts\": true}",
	    "--publish=127.0.0.1:8080:80/tcp --publish=80/tcp --publish-all");
	config_one("{\"Devices\": [{\"PathOnHost\": \"/dev/fuse\", \"PathInContainer\": \"/dev/f\", "
		   "\"CgroupPermissions\": \"r\"}, {\"PathOnHost\": \"/dev/kvm\"}]}",
		   "--device=/dev/fuse:/dev/f:r --device=/dev/kvm:/dev/kvm:rwm");
	config_one("{\"NetworkMode\": \"host\", \"Dns\": [\"10.0.0.1\"], \"ExtraHosts\": [\"a:10.0.0.2\"]}",
		   "--network=host --dns=10.0.0.1 --add-host=a:10.0.0.2");
	config_one("{\"DeviceRequests\": [{\"Count\": -1, \"Capabilities\": [[\"gpu\"]]}]}",
		   "--gpus=all,\"capabilities=gpu\"");
	config_one("{\"RestartPolicy\": {\"Name\": \"always\"}, \"AutoRemove\": true}", "");
}

static void others_are_refused(void **state)
{
	config_one("{\"Privileged\": true}", "!option-unsupported");
	config_one("{\"PidMode\": \"host\"}", "!option-unsupported");
	config_one("{\"CapAdd\": \"NET_ADMIN\"}", "!option-unsupported");
	config_one("{\"CapAdd\": [1]}", "!option-unsupported");
	config_one("{\"Sysctls\": {\"a\": 1}}", "!option-unsupported");
	config_one("{\"Devices\": [{}]}", "!option-unsupported");
	config_one("{\"PortBindings\": {\"80/tcp\": [{\"HostPort\": 8080}]}}", "!option-unsupported");
	config_one("[]", "!option-value-invalid");
	config_one("{", "!option-value-invalid");
	value_one(docker_slim_host_config, "/nonexistent", "!file-open");
}

static void requests_for_devices(void **state)
{
	value_one(docker_slim_device_request, "{\"Count\": 2, \"Capabilities\": [[\"gpu\", \"compute\"]]}",
		  "--gpus=count=2,\"capabilities=gpu,compute\"");
	value_one(docker_slim_device_request, "{\"DeviceIDs\": [\"0\", \"1\"]}", "--gpus=\"device=0,1\"");
	value_one(docker_slim_device_request, "{\"Driver\": \"amd\"}", "!option-unsupported");
	value_one(docker_slim_device_request, "all", "!option-value-invalid");
}

static void ports(void **state)
{
	value_one(docker_slim_publish, "8080", "--publish=8080:8080");
	value_one(docker_slim_publish, "53/udp", "--publish=53:53/udp");
	value_one(docker_slim_publish, "80:8080", "--publish=80:8080");
	value_one(docker_slim_publish, "127.0.0.1:80:8080", "--publish=127.0.0.1:80:8080");
	value_one(docker_slim_publish, "127.0.0.1::8080/tcp", "--publish=127.0.0.1:8080:8080/tcp");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(members_with_an_option),
	    cmocka_unit_test(others_are_refused),
	    cmocka_unit_test(requests_for_devices),
	    cmocka_unit_test(ports),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
