#include "unit.h"

#include <fcntl.h>
#include <sys/mman.h>

#include "base/limits.h"
#include "base/mem.h"
#include "formats/elf_maker.h"
#include "formats/elf_object.h"
#include "os/fd.h"

static bool read_bytes(const void *data, size_t n, struct elf_object *out)
{
	CLEANUP_FD int fd = memfd_create("elf", MFD_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, data, n, NULL), 0);
	return elf_object_read(fd, out);
}

static const struct elf_spec full = {
    .interp = "/lib64/ld.so", .rpath = "/r:$ORIGIN", .runpath = "/run", .needed = {"liba.so", "libb.so"}};

static void all_fields(void **state)
{
	struct elf_spec spec = full;
	for (uint8_t class = ELFCLASS32; class <= ELFCLASS64; class ++) {
		CLEANUP_BUF struct buf b = {0};
		CLEANUP_ELF_OBJECT struct elf_object e;
		spec.class = class;
		elf_make(&spec, &b);
		assert_true(read_bytes(b.data, b.len, &e));
		assert_string_equal(e.interp, "/lib64/ld.so");
		assert_string_equal(e.rpath, "/r:$ORIGIN");
		assert_string_equal(e.runpath, "/run");
		assert_int_equal(e.needed.count, 2);
		assert_string_equal(e.needed.items[0], "liba.so");
		assert_string_equal(e.needed.items[1], "libb.so");
		assert_int_equal(elf_object_class(e.kind), class);
		assert_int_equal(elf_object_machine(e.kind), EM_X86_64);
	}
}

static void a_real_program(void **state)
{
	CLEANUP_ELF_OBJECT struct elf_object e;
	CLEANUP_FD int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	assert_true(elf_object_read(fd, &e));
	assert_non_null(e.interp);
	bool libc = false;
	for (size_t i = 0; i < e.needed.count; i++)
		libc |= strncmp(e.needed.items[i], "libc.", 5) == 0;
	assert_true(libc);
}

static void not_objects(void **state)
{
	CLEANUP_ELF_OBJECT struct elf_object e;
	CLEANUP_BUF struct buf b = {0};
	assert_false(read_bytes("", 0, &e));
	assert_false(read_bytes("#!/bin/sh\n", 10, &e));
	assert_false(read_bytes("!<arch>\n", 8, &e));
	assert_false(read_bytes(ELFMAG, 4, &e));
	elf_make(&full, &b);
	Elf64_Ehdr *h = (void *)b.data;
	for (uint16_t type = 0; type < 6; type++) {
		h->e_type = type;
		bool ok = read_bytes(b.data, b.len, &e);
		assert_int_equal(ok, type == ET_EXEC || type == ET_DYN);
		elf_object_done(&e);
	}
	h->e_type = ET_DYN;
	h->e_ident[EI_CLASS] = 7;
	assert_false(read_bytes(b.data, b.len, &e));
}

/* Every truncation and every value of every header byte: nothing but the sanitizers looks at the result,
 * and that strings are whole. */
static void broken_files(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	elf_make(&full, &b);
	for (size_t n = 0; n < b.len; n++) {
		CLEANUP_ELF_OBJECT struct elf_object e;
		(void)read_bytes(b.data, n, &e);
		if (e.interp)
			assert_string_equal(e.interp, "/lib64/ld.so");
	}
	size_t headers = sizeof(Elf64_Ehdr) + 3 * sizeof(Elf64_Phdr) + 7 * sizeof(Elf64_Dyn);
	static const unsigned char values[] = {0, 1, 0x7f, 0x80, 0xff};
	for (size_t at = 0; at < headers; at++)
		for (size_t v = 0; v < sizeof(values); v++) {
			CLEANUP_ELF_OBJECT struct elf_object e;
			char old = b.data[at];
			b.data[at] = (char)values[v];
			(void)read_bytes(b.data, b.len, &e);
			b.data[at] = old;
		}
}

static Elf64_Phdr *segment(struct buf *b, size_t i)
{
	return (Elf64_Phdr *)(void *)(b->data + sizeof(Elf64_Ehdr)) + i;
}

static Elf64_Dyn *dynamic(struct buf *b, size_t i)
{
	return (Elf64_Dyn *)(void *)(b->data + segment(b, 1)->p_offset) + i;
}

static void hostile_offsets(void **state)
{
	static const uint64_t values[] = {UINT64_MAX, UINT64_MAX - 1, INT64_MAX, 1ull << 63, UINT32_MAX, 4096, 0};
	for (size_t v = 0; v < sizeof(values) / sizeof(values[0]); v++)
		for (size_t field = 0; field < 9; field++) {
			CLEANUP_BUF struct buf b = {0};
			CLEANUP_ELF_OBJECT struct elf_object e;
			elf_make(&full, &b);
			uint64_t *const fields[] = {
			    &segment(&b, 0)->p_offset, &segment(&b, 0)->p_vaddr,    &segment(&b, 0)->p_filesz,
			    &segment(&b, 1)->p_offset, &segment(&b, 1)->p_filesz,   &segment(&b, 2)->p_offset,
			    &segment(&b, 2)->p_filesz, &dynamic(&b, 0)->d_un.d_val, &dynamic(&b, 4)->d_un.d_val,
			};
			*fields[field] = values[v];
			assert_true(read_bytes(b.data, b.len, &e));
			for (size_t i = 0; i < e.needed.count; i++)
				assert_true(strlen(e.needed.items[i]) < b.len);
		}
}

static void strings_end_in_their_table(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	CLEANUP_ELF_OBJECT struct elf_object e;
	struct elf_spec spec = {.needed = {"liba.so", "libb.so"}};
	elf_make(&spec, &b);
	dynamic(&b, 3)->d_un.d_val = 12; /* DT_STRSZ: in the second name */
	assert_true(read_bytes(b.data, b.len, &e));
	assert_int_equal(e.needed.count, 1);
	assert_string_equal(e.needed.items[0], "liba.so");
}

static void caps(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	struct elf_spec spec = {.needed = {"liba.so"}};
	CLEANUP_ELF_OBJECT struct elf_object e;
	char *name = mem_alloc(LIMIT_ELF_STRING + 2);
	memset(name, 'x', LIMIT_ELF_STRING + 1);
	spec.needed[1] = name; /* too long: left out */
	spec.needed[2] = name + 1;
	elf_make(&spec, &b);
	assert_true(read_bytes(b.data, b.len, &e));
	assert_int_equal(e.needed.count, 2);
	assert_int_equal(strlen(e.needed.items[1]), LIMIT_ELF_STRING);
	free(name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_fields),
	    cmocka_unit_test(a_real_program),
	    cmocka_unit_test(not_objects),
	    cmocka_unit_test(broken_files),
	    cmocka_unit_test(hostile_offsets),
	    cmocka_unit_test(strings_end_in_their_table),
	    cmocka_unit_test(caps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
