#include "unit.h"

#include <fcntl.h>
#include <gelf.h>

#include "base/mem.h"
#include "formats/elf_sections.h"
#include "os/fd.h"

static void read_self(struct buf *out)
{
	CLEANUP_FD int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(fd_read_all(fd, 1u << 30, "self", out, NULL), 0);
}

/* The same sum, by libelf. */
static uint64_t expected(void)
{
	CLEANUP_FD int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	uint64_t sum = 0;
	elf_version(EV_CURRENT);
	Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
	assert_non_null(elf);
	for (Elf_Scn *s = NULL; (s = elf_nextscn(elf, s));) {
		GElf_Shdr h, strings;
		gelf_getshdr(s, &h);
		if ((h.sh_flags & SHF_ALLOC) || (h.sh_type != SHT_SYMTAB && h.sh_type != SHT_PROGBITS))
			continue;
		sum += h.sh_size;
		if (h.sh_type == SHT_SYMTAB) {
			gelf_getshdr(elf_getscn(elf, h.sh_link), &strings);
			sum += strings.sh_size;
		}
	}
	elf_end(elf);
	return sum;
}

static bool pass(struct elf_sections *s, const char *data, size_t n, size_t step, struct elf_sections_found *out)
{
	for (size_t at = 0; at < n; at += step)
		elf_sections_part(s, at, data + at, n - at < step ? n - at : step);
	return elf_sections_end(s, out);
}

static void sums_what_strip_removes(void **state)
{
	static const size_t steps[] = {1u << 30, 65536, 4096, 1000, 61, 7};
	CLEANUP_BUF struct buf self = {0};
	struct elf_sections s = {0};
	struct elf_sections_found found;
	read_self(&self);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		assert_true(pass(&s, self.data, self.len, steps[i], &found));
		assert_int_equal(found.removable, expected());
		assert_true(found.program && found.removable > 1000);
	}
	elf_sections_done(&s);
}

static void other_files_are_none(void **state)
{
	CLEANUP_BUF struct buf self = {0};
	struct elf_sections s = {0};
	struct elf_sections_found found;
	read_self(&self);
	assert_false(pass(&s, "#!/bin/sh\n", 10, 3, &found));
	assert_false(pass(&s, self.data, 30, 30, &found));
	assert_true(pass(&s, self.data, self.len - 100, 4096, &found)); /* a part of the table lacks */
	assert_int_equal(found.removable, 0);
	self.data[EI_DATA] = ELFDATA2MSB;
	assert_false(pass(&s, self.data, self.len, 4096, &found));
	elf_sections_done(&s);
}

/* A program header is all that tells. */
static void a_static_program_has_no_loader(void **state)
{
	struct {
		Elf64_Ehdr e;
		Elf64_Phdr p;
		Elf64_Shdr s;
	} file = {.e = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB},
			.e_type = ET_EXEC,
			.e_phoff = sizeof(Elf64_Ehdr),
			.e_phnum = 1,
			.e_shoff = sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr),
			.e_shnum = 1,
			.e_shentsize = sizeof(Elf64_Shdr)},
		  .p = {.p_type = PT_LOAD}};
	struct elf_sections s = {0};
	struct elf_sections_found found;
	assert_true(pass(&s, (const char *)&file, sizeof(file), 50, &found));
	assert_true(found.program && found.is_static);
	file.p.p_type = PT_INTERP;
	assert_true(pass(&s, (const char *)&file, sizeof(file), 50, &found));
	assert_true(found.program && !found.is_static);
	file.s.sh_type = SHT_PROGBITS;
	file.s.sh_size = UINT64_MAX; /* larger than the file */
	assert_true(pass(&s, (const char *)&file, sizeof(file), 50, &found));
	assert_int_equal(found.removable, 0);
	elf_sections_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sums_what_strip_removes),
	    cmocka_unit_test(other_files_are_none),
	    cmocka_unit_test(a_static_program_has_no_loader),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
