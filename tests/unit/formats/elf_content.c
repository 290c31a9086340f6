#include "unit.h"

#include <fcntl.h>
#include <sys/mman.h>

#include "formats/elf_content.h"
#include "formats/elf_maker.h"
#include "keep/loader/dlopen_names.h"
#include "os/fd.h"

static int file_of(const struct elf_spec *spec, size_t cut)
{
	CLEANUP_BUF struct buf b = {0};
	elf_make(spec, &b);
	int fd = memfd_create("elf", MFD_CLOEXEC);
	assert_int_equal(fd_write_all(fd, b.data, b.len - cut, NULL), 0);
	return fd;
}

struct seen {
	struct buf imports, bytes;
};

static void on_import(void *ctx, const char *name)
{
	buf_printf(&((struct seen *)ctx)->imports, "%s ", name);
}

static void on_bytes(void *ctx, const char *data, size_t n)
{
	buf_append(&((struct seen *)ctx)->bytes, data, n);
}

static void read_one(const struct elf_spec *spec, size_t cut, const char *imports, bool text)
{
	CLEANUP_FD int fd = file_of(spec, cut);
	struct seen s = {0};
	buf_str(&s.imports, "");
	buf_str(&s.bytes, "");
	elf_content_read(fd, &(struct elf_content){on_import, on_bytes, &s});
	assert_string_equal(s.imports.data, imports);
	assert_int_equal(memmem(s.bytes.data, s.bytes.len, "some text", 9) != NULL, text);
	buf_done(&s.imports);
	buf_done(&s.bytes);
}

static void content(void **state)
{
	for (uint8_t class = ELFCLASS32; class <= ELFCLASS64; class ++) {
		struct elf_spec spec = {
		    .class = class, .imports = {"open", "dlopen"}, .defines = "mine", .text = "some text"};
		read_one(&spec, 0, "open dlopen ", true);
		read_one(&spec, 5, "open dlopen ", false); /* the text is cut off */
		spec.imports[0] = NULL;
		read_one(&spec, 0, "", true);
	}
	CLEANUP_FD int fd = memfd_create("text", MFD_CLOEXEC);
	elf_content_read(fd, &(struct elf_content){on_import, on_bytes, NULL}); /* no ELF file */
}

static void a_real_program(void **state)
{
	CLEANUP_FD int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct seen s = {0};
	elf_content_read(fd, &(struct elf_content){on_import, NULL, &s});
	assert_non_null(strstr(s.imports.data, "memfd_create "));
	assert_null(strstr(s.imports.data, "elf_content_read"));
	buf_done(&s.imports);
}

static void names_one(const char *import, const char *text, const char *want)
{
	CLEANUP_FD int fd = file_of(&(struct elf_spec){.imports = {import}, .text = text}, 0);
	CLEANUP_STRSET struct strset set = {0};
	keep_dlopen_names(fd, &set);
	CLEANUP_BUF struct buf got = {0};
	buf_str(&got, "");
	for (size_t i = 0; i < set.count; i++)
		buf_printf(&got, "%s%s", i ? " " : "", strset_get(&set, i));
	assert_string_equal(got.data, want);
}

static void opened(void **state)
{
	names_one("dlopen", "%s: libfoo.so.1.2", "libfoo.so.1.2");
	names_one("dlmopen", "/usr/lib/x/p-1_2+3.so", "/usr/lib/x/p-1_2+3.so");
	names_one("dlsym", "libfoo.so", "");
	names_one("dlopen", "libfoo.so.%d", "libfoo.so."); /* any version */
	names_one("dlopen", "libfoo.so.1 is missing", "");
	names_one("dlopen", "the.sound", "");
	names_one("dlopen", ".so", "");
	names_one("dlopen", "liba.so:libb.so", "libb.so");
	names_one("dlopen", "libcups.so.2", "libcups.so.2");
	assert_true(keep_dlopen_is_optional("libcups.so.2")); /* done without */
	assert_false(keep_dlopen_is_optional("libfoo.so"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(content),
	    cmocka_unit_test(a_real_program),
	    cmocka_unit_test(opened),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
