#include "formats/cli_metadata.h"

#include <sys/mman.h>

#include "cli_maker.h"
#include "os/fd.h"
#include "unit.h"

static void on_assembly(void *ctx, const char *name)
{
	buf_printf(ctx, "a:%s ", name);
}

static void on_library(void *ctx, const char *name)
{
	buf_printf(ctx, "l:%s ", name);
}

static void on_type(void *ctx, const char *space, const char *name)
{
	buf_printf(ctx, "t:%s.%s ", space, name);
}

static void on_text(void *ctx, const char *text, size_t n)
{
	buf_printf(ctx, "s:%.*s ", (int)n, text);
}

static bool read_bytes(const char *data, size_t n, struct buf *out)
{
	const struct cli_metadata reader = {on_assembly, on_library, on_type, on_text, out};
	CLEANUP_FD int fd = memfd_create("assembly", MFD_CLOEXEC);
	assert_int_equal(fd_write_all(fd, data, n, NULL), 0);
	buf_str(out, "");
	return cli_metadata_read(fd, &reader);
}

static const struct cli_sample sample = {
    .assemblies = {"mscorlib", "System.Data"},
    .libraries = {"libc"},
    .types = {{"System", "Object"}, {"System.IO", "File"}},
    .texts = {"/bin/echo", "a text that is longer than sixty-three characters, so that its length takes two bytes",
	      "x"},
};

static void names(void **state)
{
	CLEANUP_BUF struct buf file = {0}, got = {0};
	cli_assembly(&file, &sample);
	assert_true(read_bytes(file.data, file.len, &got));
	assert_string_equal(
	    got.data, "a:mscorlib a:System.Data l:libc t:System.Object t:System.IO.File s:/bin/echo s:a text that "
		      "is longer than sixty-three characters, so that its length takes two bytes s:x ");
}

/* Whatever is cut off or changed: nothing is read that is not there. */
static void broken(void **state)
{
	CLEANUP_BUF struct buf file = {0};
	cli_assembly(&file, &sample);
	for (size_t n = 0; n < file.len; n += 7) {
		CLEANUP_BUF struct buf got = {0};
		assert_false(read_bytes(file.data, n, &got));
		assert_string_equal(got.data, "");
	}
	for (size_t i = 0; i < file.len; i++) {
		CLEANUP_BUF struct buf got = {0};
		char old = file.data[i];
		file.data[i] = (char)0xff;
		(void)read_bytes(file.data, file.len, &got);
		file.data[i] = old;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(names), cmocka_unit_test(broken)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
