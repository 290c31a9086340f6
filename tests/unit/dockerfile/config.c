#include "unit.h"

#include "dockerfile/config.h"

/* members: of "config", as JSON. refused: joined with "|". */
static void one(const char *members, const char *want, const char *refused)
{
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config c = {0};
	CLEANUP_BUF struct buf json = {0}, out = {0}, said = {0};
	CLEANUP_STRLIST struct strlist l = {0};
	struct err e = {0};
	buf_printf(&json, "{\"rootfs\":{\"diff_ids\":[]},\"config\":{%s}}", members);
	if (oci_image_config_parse(json.data, json.len, &c, &e) < 0)
		fail_msg("%s", e.msg);
	buf_str(&out, "");
	buf_str(&said, "");
	dockerfile_config(&c, &out, &l);
	for (size_t i = 0; i < l.count; i++)
		buf_printf(&said, "%s%s", i ? "|" : "", l.items[i]);
	assert_string_equal(out.data, want);
	assert_string_equal(said.data, refused);
}

static void every_instruction(void **state)
{
	one("", "", "");
	one("\"Cmd\":[\"a b\",\"$x\"],\"Entrypoint\":[\"/e\"],\"User\":\"app:1000\",\"WorkingDir\":\"/a b$c\","
	    "\"Env\":[\"A=b c\",\"E=\"],\"ExposedPorts\":{\"80/tcp\":{},\"9/sctp\":{}},\"Volumes\":{\"/v\":{}},"
	    "\"Labels\":{\"a.b\":\"c\",\"#\":\"\\\\\"},\"StopSignal\":\"SIGRTMIN+3\",\"Shell\":[\"/bin/ash\",\"-c\"],"
	    "\"OnBuild\":[\"COPY . /app\"],\"Healthcheck\":{\"Test\":[\"CMD\",\"/x\",\"y\"]}",
	    "ENV A=\"b c\" \\\n    E=\"\"\nLABEL \"a.b\"=\"c\" \\\n    \"#\"=\"\\\\\"\nEXPOSE 80/tcp 9/sctp\nWORKDIR "
	    "/a b\\$c\n"
	    "VOLUME /v\nUSER app:1000\nSTOPSIGNAL SIGRTMIN+3\nSHELL [\"/bin/ash\", \"-c\"]\n"
	    "HEALTHCHECK CMD [\"/x\", \"y\"]\nONBUILD COPY . /app\nENTRYPOINT [\"/e\"]\nCMD [\"a b\", \"$x\"]\n",
	    "");
}

static void what_has_no_line(void **state)
{
	one("\"Env\":[\"A=b\\nRUN x\",\"NONE\",\"B C=d\",\"=x\"]", "", "ENV A=b\nRUN x|ENV NONE|ENV B C=d|ENV =x");
	one("\"Labels\":{\"a\":\"b\\nRUN x\"}", "", "LABEL a");
	one("\"Volumes\":{\"/a\\nb\":{},\"/c d\":{}}", "VOLUME [\"/c d\"]\n", "VOLUME /a\nb");
	one("\"User\":\"a\\nRUN x\",\"WorkingDir\":\"/x\\rb\"", "", "WORKDIR /x\rb|USER a\nRUN x");
	one("\"StopSignal\":\"9\\nRUN x\"", "", "STOPSIGNAL 9\nRUN x");
	one("\"OnBuild\":[\"RUN a\\nRUN b\",\"FROM x\",\"run x\",\"RUN cat <<E\",\"RUN x \\\\\",\"RUN ok\"]",
	    "ONBUILD RUN ok\n",
	    "ONBUILD RUN a\nRUN b|ONBUILD FROM x|ONBUILD run x|ONBUILD RUN cat <<E|ONBUILD RUN x \\");
	one("\"StopTimeout\":3,\"Memory\":0,\"Hostname\":\"x\"", "", "the member of the configuration StopTimeout");
}

static void health(void **state)
{
#define CHECK(test, more) "\"Healthcheck\":{\"Test\":[" test "]" more "}"
	one(CHECK("\"NONE\"", ""), "HEALTHCHECK NONE\n", "");
	one(CHECK("\"CMD-SHELL\",\"curl \\\"$X\\\" || exit 1\"",
		  ",\"Interval\":1500000000,\"Timeout\":3000000000,\"StartPeriod\":1,\"Retries\":2"),
	    "HEALTHCHECK --interval=1500000000ns --timeout=3s --retries=2 CMD curl \"$X\" || exit 1\n", "");
	/* what a builder would read as something else is said to the shell by name */
	one(CHECK("\"CMD-SHELL\",\"a\\nRUN b\"", ""), "HEALTHCHECK CMD [\"/bin/sh\", \"-c\", \"a\\nRUN b\"]\n", "");
	one(CHECK("\"CMD-SHELL\",\"[ -f /x ]\"", ""), "HEALTHCHECK CMD [\"/bin/sh\", \"-c\", \"[ -f /x ]\"]\n", "");
	one(CHECK("\"CMD-SHELL\",\"a \\\\\"", ""), "HEALTHCHECK CMD [\"/bin/sh\", \"-c\", \"a \\\\\"]\n", "");
	one(CHECK("\"CMD\",\"x\"", ",\"StartInterval\":1000000000"), "HEALTHCHECK CMD [\"x\"]\n",
	    "HEALTHCHECK --start-interval");
	one(CHECK("\"ODD\",\"x\"", ""), "", "HEALTHCHECK ODD");
	one(CHECK("\"CMD\"", ""), "", "HEALTHCHECK CMD");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_instruction),
	    cmocka_unit_test(what_has_no_line),
	    cmocka_unit_test(health),
	};
	return cmocka_run_group_tests_name("dockerfile/config", tests, NULL, NULL);
}
