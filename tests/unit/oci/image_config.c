#include "unit.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "oci/image_config.h"

#define D "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define ROOTFS "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}"

static void parse(const char *text, struct oci_image_config *c)
{
	struct err err = {0};
	if (oci_image_config_parse(text, strlen(text), c, &err) < 0)
		fail_msg("%s", err.msg);
}

static void list_is(const struct strlist *l, const char *joined)
{
	CLEANUP_BUF struct buf b = {0};
	for (size_t i = 0; i < l->count; i++)
		buf_printf(&b, "%s%s", i ? "|" : "", l->items[i]);
	assert_string_equal(b.data ? b.data : "", joined);
}

static void everything(void **state)
{
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config c = {0};
	parse("{\"architecture\":\"arm64\",\"os\":\"linux\",\"variant\":\"v8\",\"rootfs\":{\"type\":\"layers\",\"diff_"
	      "ids\":"
	      "[\"" D "\",\"" D "\"]},\"history\":[{},{}],\"config\":{\"User\":\"1:2\",\"WorkingDir\":\"/app\","
	      "\"StopSignal\":\"SIGQUIT\",\"Env\":[\"A=b\",\"C=d e\"],\"Entrypoint\":[\"/e\",\"x\"],\"Cmd\":[\"y\"],"
	      "\"Volumes\":{\"/z\":{},\"/a//b/./c/\":{}},\"Healthcheck\":{\"Test\":[\"CMD\",\"h\"],\"Interval\":1},"
	      "\"Shell\":[\"/bin/bash\",\"-c\"],\"ExposedPorts\":{\"443/tcp\":{},\"80\":{}}}}",
	      &c);
	assert_string_equal(c.platform.os, "linux");
	assert_string_equal(c.platform.arch, "arm64");
	assert_string_equal(c.platform.variant, "v8");
	assert_string_equal(c.user, "1:2");
	assert_string_equal(c.working_dir, "/app");
	assert_string_equal(c.stop_signal, "SIGQUIT");
	list_is(&c.env, "A=b|C=d e");
	list_is(&c.entrypoint, "/e|x");
	list_is(&c.cmd, "y");
	list_is(&c.volumes, "/a/b/c|/z");
	list_is(&c.healthcheck, "CMD|h");
	list_is(&c.shell, "/bin/bash|-c");
	assert_int_equal(c.n_ports, 2);
	assert_int_equal(c.ports[0].number, 80);
	assert_int_equal(c.n_layers, 2);
	assert_string_equal(c.diff_ids[1].text, D);
	assert_non_null(json_object_get(c.root, "history"));
}

static void empty_one(const char *text)
{
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config c = {0};
	parse(text, &c);
	assert_string_equal(c.platform.os, "");
	assert_string_equal(c.user, "");
	assert_string_equal(c.working_dir, "");
	assert_string_equal(c.stop_signal, "");
	assert_int_equal(c.env.count + c.entrypoint.count + c.cmd.count + c.volumes.count + c.healthcheck.count, 0);
	list_is(&c.shell, "/bin/sh|-c");
	assert_int_equal(c.n_ports, 0);
	assert_int_equal(c.n_layers, 0);
}

static void absent_and_null_are_the_same(void **state)
{
	empty_one("{" ROOTFS "}");
	empty_one("{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":null},\"config\":null,\"os\":null,\"history\":null}");
	empty_one("{" ROOTFS ",\"config\":{}}");
	empty_one("{" ROOTFS
		  ",\"config\":{\"User\":null,\"WorkingDir\":null,\"Env\":null,\"Entrypoint\":null,\"Cmd\":null,"
		  "\"Volumes\":null,\"ExposedPorts\":null,\"Healthcheck\":null,\"Shell\":null,\"StopSignal\":null}}");
	empty_one("{" ROOTFS ",\"config\":{\"Healthcheck\":{\"Test\":null},\"Shell\":[],\"Cmd\":[]}}");
}

static void a_command_may_be_one_string(void **state)
{
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config c = {0};
	parse("{" ROOTFS ",\"config\":{\"Entrypoint\":\"/e x\",\"Cmd\":\"c\"}}", &c);
	list_is(&c.entrypoint, "/e x");
	list_is(&c.cmd, "c");
}

/* keys: the members of ExposedPorts; want: "80/tcp 53/udp", NULL = refused. */
static void ports_one(const char *keys, const char *want)
{
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config c = {0};
	CLEANUP_FREE char *text = mem_printf("{" ROOTFS ",\"config\":{\"ExposedPorts\":{%s}}}", keys);
	struct err err = {0};
	int r = oci_image_config_parse(text, strlen(text), &c, &err);
	if (!want) {
		CLEANUP_FREE char *key = mem_strndup(keys + 1, strcspn(keys + 1, "\""));
		CLEANUP_FREE char *named = mem_printf("config: ExposedPorts: \"%s\" is not a port", key);
		assert_int_equal(r, -ERR_CORRUPT);
		assert_non_null(strstr(err.msg, named));
		return;
	}
	assert_int_equal(r, 0);
	CLEANUP_BUF struct buf b = {0};
	for (size_t i = 0; i < c.n_ports; i++)
		buf_printf(&b, "%s%u/%s", i ? " " : "", c.ports[i].number, c.ports[i].udp ? "udp" : "tcp");
	assert_string_equal(b.data ? b.data : "", want);
}

static void ports(void **state)
{
	ports_one("\"80\":{}", "80/tcp");
	ports_one("\"80/tcp\":null", "80/tcp");
	ports_one("\"53/udp\":{},\"53/TCP\":{}", "53/tcp 53/udp");
	ports_one("\"8000-8003/tcp\":{},\"8002\":{},\"65535\":{},\"1/udp\":{}",
		  "1/udp 8000/tcp 8001/tcp 8002/tcp 8003/tcp 65535/tcp");
	ports_one("\"80-80\":{}", "80/tcp");
	ports_one("\"9/sctp\":{},\"7-8/sctp\":{}", "");
	ports_one("\"\":{}", NULL);
	ports_one("\"0\":{}", NULL);
	ports_one("\"65536\":{}", NULL);
	ports_one("\"99999999999999999999\":{}", NULL);
	ports_one("\"-80\":{}", NULL);
	ports_one("\"80-\":{}", NULL);
	ports_one("\"80-79/tcp\":{}", NULL);
	ports_one("\"80-90-95/tcp\":{}", NULL);
	ports_one("\"/tcp\":{}", NULL);
	ports_one("\"80/\":{}", NULL);
	ports_one("\"80/tcp/udp\":{}", NULL);
	ports_one("\"80/icmp\":{}", NULL);
	ports_one("\" 80/tcp\":{}", NULL);
	ports_one("\"http/tcp\":{}", NULL);
}

static void many_port_ranges_are_one_set(void **state)
{
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config c = {0};
	parse("{" ROOTFS ",\"config\":{\"ExposedPorts\":{\"1-65535\":{},\"1-65534\":{},\"2-65535/udp\":{}}}}", &c);
	assert_int_equal(c.n_ports, 65535 + 65534);
	assert_int_equal(c.ports[c.n_ports - 1].number, 65535);
	assert_true(c.ports[c.n_ports - 1].udp);
}

static void volumes_one(const char *keys, const char *want)
{
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config c = {0};
	CLEANUP_FREE char *text = mem_printf("{" ROOTFS ",\"config\":{\"Volumes\":{%s}}}", keys);
	struct err err = {0};
	int r = oci_image_config_parse(text, strlen(text), &c, &err);
	if (want) {
		assert_int_equal(r, 0);
		list_is(&c.volumes, want);
		return;
	}
	CLEANUP_FREE char *key = mem_strndup(keys + 1, strcspn(keys + 1, "\""));
	CLEANUP_FREE char *named = mem_printf("config: Volumes: \"%s\" is not an absolute path without \"..\"", key);
	assert_int_equal(r, -ERR_CORRUPT);
	assert_string_equal(err.msg, named);
	assert_null(c.root);
}

static void volumes(void **state)
{
	volumes_one("\"/data\":{}", "/data");
	volumes_one("\"/data/\":{},\"//data\":{},\"/data/.\":{}", "/data");
	volumes_one("\"/b\":{},\"/a/b\":{},\"/a\":null,\"/a-b\":{}", "/a|/a-b|/a/b|/b");
	volumes_one("\"/\":{},\"/..a/b..\":{}", "/|/..a/b..");
	volumes_one("\"\":{}", NULL);
	volumes_one("\"data\":{}", NULL);
	volumes_one("\"./data\":{}", NULL);
	volumes_one("\"/..\":{}", NULL);
	volumes_one("\"/a/../../etc\":{}", NULL);
	volumes_one("\"C:\":{}", NULL);
}

static void refuse_one(const char *text, enum err_code code, const char *message)
{
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config c = {0};
	struct err err = {0};
	assert_int_equal(oci_image_config_parse(text, strlen(text), &c, &err), -(int)code);
	assert_int_equal(err.code, code);
	if (!strstr(err.msg, message))
		assert_string_equal(err.msg, message);
	assert_null(c.root);
}

static void refuse(void **state)
{
	refuse_one("x", ERR_CORRUPT, "the image config is not valid JSON");
	refuse_one("{}", ERR_CORRUPT, "member \"rootfs\" is missing");
	refuse_one("{\"rootfs\":{\"diff_ids\":{}}}", ERR_CORRUPT, "rootfs: member \"diff_ids\" is not an array");
	refuse_one("{\"rootfs\":{\"diff_ids\":[\"" D "\",1]}}", ERR_CORRUPT, "rootfs: diff ID 2 is not a string");
	refuse_one("{\"rootfs\":{\"diff_ids\":[\"sha256:0\"]}}", ERR_CORRUPT, "diff ID 1: digest \"sha256:0\"");
	refuse_one("{\"rootfs\":{\"type\":\"vhd\"}}", ERR_UNSUPPORTED, "rootfs type \"vhd\"");
	refuse_one("{" ROOTFS ",\"history\":{}}", ERR_CORRUPT, "member \"history\" is not an array");
	refuse_one("{" ROOTFS ",\"history\":[{},1]}", ERR_CORRUPT, "history entry 2 is not an object");
	refuse_one("{" ROOTFS ",\"os\":1}", ERR_CORRUPT, "member \"os\" is not a string");
	refuse_one("{" ROOTFS ",\"architecture\":\"12345678901234567890123456789012\"}", ERR_LIMIT,
		   "member \"architecture\" is longer than 31 bytes");
	refuse_one("{" ROOTFS ",\"config\":[]}", ERR_CORRUPT, "member \"config\" is not an object");
	refuse_one("{" ROOTFS ",\"config\":{\"User\":0}}", ERR_CORRUPT, "config: member \"User\" is not a string");
	refuse_one("{" ROOTFS ",\"config\":{\"Env\":{}}}", ERR_CORRUPT, "config: member \"Env\" is not an array");
	refuse_one("{" ROOTFS ",\"config\":{\"Cmd\":[1]}}", ERR_CORRUPT,
		   "config: member \"Cmd\" is not an array of strings");
	refuse_one("{" ROOTFS ",\"config\":{\"Cmd\":[\"a\\u0000b\"]}}", ERR_CORRUPT, "not valid JSON");
	refuse_one("{" ROOTFS ",\"config\":{\"Healthcheck\":{\"Test\":\"x\"}}}", ERR_CORRUPT,
		   "config: Healthcheck: member \"Test\" is not an array");
	refuse_one("{" ROOTFS ",\"config\":{\"ExposedPorts\":[]}}", ERR_CORRUPT,
		   "member \"ExposedPorts\" is not an object");
	CLEANUP_FREE char *text = mem_printf("{" ROOTFS ",\"config\":{\"Volumes\":{\"/%0*d\":{}}}}", LIMIT_PATH, 0);
	refuse_one(text, ERR_LIMIT, "is longer than 4095 bytes");
}

static void caps(void **state)
{
	for (int extra = 0; extra < 2; extra++) {
		CLEANUP_BUF struct buf b = {0};
		CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config c = {0};
		struct err err = {0};
		buf_str(&b, "{\"rootfs\":{\"diff_ids\":[");
		for (int i = 0; i < LIMIT_LAYERS + extra; i++)
			buf_printf(&b, "%s\"" D "\"", i ? "," : "");
		buf_str(&b, "]}}");
		assert_int_equal(oci_image_config_parse(b.data, b.len, &c, &err), extra ? -ERR_LIMIT : 0);
		assert_string_equal(err.msg, extra ? "rootfs: has 513 layers, at most 512 are supported" : "");
	}
	CLEANUP_FREE char *big = mem_alloc(LIMIT_CONFIG + 1);
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config c = {0};
	assert_int_equal(oci_image_config_parse(big, LIMIT_CONFIG + 1, &c, NULL), -ERR_LIMIT);
}

static void steps(void **state)
{
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config c = {0};
	parse("{" ROOTFS ",\"history\":[{\"created_by\":\"RUN a\",\"empty_layer\":true},{},{\"created_by\":\"b\"}]}",
	      &c);
	assert_string_equal(oci_image_config_step(&c, 0), "RUN a");
	assert_string_equal(oci_image_config_step(&c, 1), "");
	assert_string_equal(oci_image_config_step(&c, 2), "b");
	assert_null(oci_image_config_step(&c, 3));
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config silent = {0};
	parse("{" ROOTFS "}", &silent);
	assert_null(oci_image_config_step(&silent, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(everything),
	    cmocka_unit_test(steps),
	    cmocka_unit_test(absent_and_null_are_the_same),
	    cmocka_unit_test(a_command_may_be_one_string),
	    cmocka_unit_test(ports),
	    cmocka_unit_test(many_port_ranges_are_one_set),
	    cmocka_unit_test(volumes),
	    cmocka_unit_test(refuse),
	    cmocka_unit_test(caps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
