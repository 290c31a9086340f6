#include "unit.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cmd/options/docker_run/mounts.h"

typedef int parse_function(const char *text, struct runtime_bundle_mount *out, struct err *err);

/* "SOURCE DESTINATION OPTIONS", or the error. */
static void mount_one(parse_function *parse, const char *text, const char *want)
{
	struct runtime_bundle_mount *m = mem_calloc(1, sizeof(*m));
	struct err err = {0};
	CLEANUP_BUF struct buf got = {0};
	if (parse(text, m, &err) < 0) {
		if (!strstr(err.msg, want))
			fail_msg("%s: %s", text, err.msg);
	} else {
		buf_printf(&got, "%s %s %s", m->source ? m->source : "-", m->destination,
			   m->tmpfs       ? m->tmpfs
			   : m->device    ? m->device
			   : m->read_only ? "ro"
					  : "rw");
		assert_string_equal(got.data, want);
	}
	mounts_done(m, 1);
}

static void binds(void **state)
{
	mount_one(mounts_parse_bind, "/:/host", "/ /host rw");
	mount_one(mounts_parse_bind, "/:/host:ro", "/ /host ro");
	mount_one(mounts_parse_bind, "/:/host:rx", "--mount takes");
	mount_one(mounts_parse_bind, "/:host", "not an absolute path");
	mount_one(mounts_parse_bind, "data:/data", "the name of a volume");
	mount_one(mounts_parse_bind, "/nonexistent:/x", "No such file");
}

static void directories_in_memory(void **state)
{
	mount_one(mounts_parse_tmpfs, "/run", "- /run ");
	mount_one(mounts_parse_tmpfs, "/run:size=64m,mode=1777,exec", "- /run size=64m,mode=1777,exec");
	mount_one(mounts_parse_tmpfs, "run", "not an absolute path");
	mount_one(mounts_parse_tmpfs, "/", "not an absolute path");
	mount_one(mounts_parse_tmpfs, "/a/../b", "not an absolute path");
	mount_one(mounts_parse_tmpfs, "/run:dev", "the option \"dev\"");
	mount_one(mounts_parse_tmpfs, "/run:size=", "the option \"size=\"");
	mount_one(mounts_parse_tmpfs, "/run:bind", "the option \"bind\"");
}

static void devices(void **state)
{
	mount_one(mounts_parse_device, "/dev/null", "/dev/null /dev/null rwm");
	mount_one(mounts_parse_device, "/dev/null:r", "/dev/null /dev/null r");
	mount_one(mounts_parse_device, "/dev/null:/dev/x", "/dev/null /dev/x rwm");
	mount_one(mounts_parse_device, "/dev/null:/dev/x:rw", "/dev/null /dev/x rw");
	mount_one(mounts_parse_device, "/dev/null:x", "not an absolute path");
	mount_one(mounts_parse_device, "/tmp", "/tmp is not a device");
	mount_one(mounts_parse_device, "/nonexistent", "No such file");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(binds),
	    cmocka_unit_test(directories_in_memory),
	    cmocka_unit_test(devices),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
