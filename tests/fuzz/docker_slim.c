/* The first line names one of docker-slim's options; the rest is its value, or the file that the value names. */
#include "fuzz.h"

#include "cmd/docker_slim/host_config.h"
#include "cmd/docker_slim/values.h"

static const struct {
	const char *name;
	int (*translate)(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			 struct err *err);
	bool file;
} options[] = {
    {"cro-host-config-file", docker_slim_host_config, true},
    {"cro-device-request", docker_slim_device_request, false},
    {"publish-port", docker_slim_publish, false},
    {"include-path", docker_slim_include_path, false},
    {"include-path-file", docker_slim_each_line, true},
    {"exec-file", docker_slim_whole_file, true},
    {"continue-after", docker_slim_continue_after, false},
    {"registry-account", docker_slim_credentials, false},
    {"http-probe-cmd", docker_slim_http_request, false},
    {"report", docker_slim_report, false},
    {"log-level", docker_slim_log_level, false},
    {"output-format", docker_slim_output_format, false},
};

/* Checks that every argument is an option, and that the error for a value names the option. */
static void translate_one(size_t option, const char *value)
{
	CLEANUP_DOCKER_SLIM struct docker_slim_state s = {.layer = true, .secret = mem_strdup("secret")};
	const struct docker_slim_row row = {.name = options[option].name, .to = "--include=%s"};
	struct err err = {0};
	if (options[option].translate(&s, &row, value, &err) < 0)
		assert(err.code && strncmp(err.msg, "--", 2) == 0);
	for (int i = 0; i < s.argc; i++)
		assert(strncmp(s.argv[i], "--", 2) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fuzz_input in = {data, n};
	CLEANUP_FREE char *name = fuzz_cut(&in, "\n"), *value = mem_strndup((const char *)in.data, in.n);
	const int dir = fuzz_directory();
	CLEANUP_FREE char *path = mem_printf("%s/value", fuzz_path);
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (strcmp(options[i].name, name) != 0)
			continue;
		if (options[i].file)
			fuzz_write(dir, "value", in.data, in.n, 0600);
		translate_one(i, options[i].file ? path : value);
	}
	return 0;
}
