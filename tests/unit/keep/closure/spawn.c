#include <elf.h>

#include "keep/sources.h"

#define DATA 0x200 /* offsets in the file */
#define CODE 0x600
#define SIZE 0x800
#define BASE 0x400000 /* address of the file's start */

struct program {
	unsigned char bytes[SIZE];
	size_t data, code; /* used */
};

static void begin(struct program *p, uint16_t machine)
{
	*p = (struct program){.data = DATA, .code = CODE};
	Elf64_Ehdr e = {.e_type = ET_EXEC,
			.e_machine = machine,
			.e_version = 1,
			.e_phoff = sizeof(e),
			.e_ehsize = sizeof(e),
			.e_phentsize = sizeof(Elf64_Phdr),
			.e_phnum = 2};
	memcpy(e.e_ident, ELFMAG, SELFMAG);
	e.e_ident[EI_CLASS] = ELFCLASS64;
	e.e_ident[EI_DATA] = ELFDATA2LSB;
	e.e_ident[EI_VERSION] = 1;
	Elf64_Phdr h[2] = {
	    {.p_type = PT_LOAD, .p_flags = PF_R, .p_offset = DATA, .p_vaddr = BASE + DATA, .p_filesz = CODE - DATA},
	    {.p_type = PT_LOAD,
	     .p_flags = PF_R | PF_X,
	     .p_offset = CODE,
	     .p_vaddr = BASE + CODE,
	     .p_filesz = SIZE - CODE},
	};
	memcpy(p->bytes, &e, sizeof(e));
	memcpy(p->bytes + sizeof(e), h, sizeof(h));
}

/* Put text into the data with no NUL behind it; its offset. */
static size_t text(struct program *p, const char *s, size_t n)
{
	memcpy(p->bytes + p->data, s, n);
	p->data += n;
	return p->data - n;
}

/* lea off(%rip), %rax; mov $n, %ebx: as Go passes a string. */
static void take(struct program *p, size_t at, uint32_t n)
{
	unsigned char code[] = {0x48, 0x8d, 0x05, 0, 0, 0, 0, 0xbb, 0, 0, 0, 0};
	int32_t off = (int32_t)at - (int32_t)(p->code + 7);
	memcpy(code + 3, &off, 4);
	memcpy(code + 8, &n, 4);
	memcpy(p->bytes + p->code, code, sizeof(code));
	p->code += sizeof(code);
}

static void assert_commands(const struct program *p, const char *path, const char *want)
{
	static const struct source_file files[] = {
	    {"bin/sh!", NULL},       {"usr/bin/date!", NULL}, {"usr/bin/sort!", NULL}, {"usr/bin/id!", NULL},
	    {"usr/bin/find!", NULL}, {"usr/bin/make!", NULL}, {"usr/bin/tar!", NULL},  {"usr/bin/curl!", NULL},
	    {"usr/bin/gzip!", NULL}, {"usr/bin/tr!", NULL}};
	CLEANUP_FREE char *got =
	    kept_for_bytes(files, sizeof(files) / sizeof(files[0]), NULL, path, p->bytes, sizeof(p->bytes), 0755, true);
	assert_string_equal(got, want);
}

static void of_c(void **state)
{
	struct program p;
	begin(&p, EM_AARCH64);
	(void)text(&p, "\0execvp\0date\0make\0find the thing\0xsort\0sort -r | x\0id", 54);
	assert_commands(&p, "opt/app", "sh date sort");
	assert_commands(&p, "usr/bin/app", ""); /* a package says itself what it needs */
	assert_commands(&p, "opt/node", "");    /* its sources do */
	assert_commands(&p, "usr/local/lib/libx.so.1.0", "");
	begin(&p, EM_AARCH64);
	(void)text(&p, "\0read\0date\0", 11); /* starts nothing */
	assert_commands(&p, "opt/app", "");
}

static void of_go(void **state)
{
	struct program p;
	begin(&p, EM_X86_64);
	(void)text(&p, "os/exec.(*Cmd).Start", 20);
	size_t at = text(&p, "updatesortfindid", 16);
	take(&p, at + 2, 4);  /* date */
	take(&p, at + 6, 5);  /* sortf: no program */
	take(&p, at + 14, 2); /* id: too short to tell */
	assert_commands(&p, "opt/app", "sh date");
	take(&p, 1u << 30, 4); /* an address out of the file */
	assert_commands(&p, "opt/app", "sh date");
}

/* Rust's texts stand one behind the other; what is copied in pieces has its length nowhere near. */
static void of_rust(void **state)
{
	static const char data[] = "\0execvp\0/static/okcurl -sS --x; date -u x | tr a-z A-Z && gzip -9|sort\n"
				   "usage: find a | xfind; make; id.\1\2 | tar x";
	struct program p;
	begin(&p, EM_AARCH64);
	(void)text(&p, data, sizeof(data) - 1);
	assert_commands(&p, "opt/app", "sh curl date gzip sort tr");
	begin(&p, EM_X86_64);
	(void)text(&p, "os/exec.(*Cmd).Start", 20);
	size_t at = text(&p, "xtar czf - data | zcat", 22);
	take(&p, at + 1, 21);                          /* short, but with more behind it */
	assert_commands(&p, "opt/app", "sh gzip tar"); /* which tar starts */
}

/* As the X server starts xkbcomp. */
static void behind_a_directory(void **state)
{
	static const char data[] = "\0system\0\"%s%sgzip\" -w %d\0%s/sort\0%sdate\0%sid x";
	struct program p;
	begin(&p, EM_X86_64);
	(void)text(&p, data, sizeof(data));
	assert_commands(&p, "opt/app", "sh gzip sort");
	assert_commands(&p, "usr/bin/x-server", "sh gzip sort");
}

static void broken(void **state)
{
	struct program p, cut;
	begin(&p, EM_X86_64);
	take(&p, text(&p, "\0system\0date", 12) + 8, 4);
	for (size_t i = 0; i < 0xb0; i++) {
		cut = p;
		cut.bytes[i] = 0xff;
		CLEANUP_TEST_IMAGE struct test_image m;
		image_init(&m);
		image_bytes(&m, "app", cut.bytes, sizeof(cut.bytes), 0755);
		image_index(&m);
		CLEANUP_KEEP_SET struct keep_set k;
		keep_set_init(&k, m.index, NULL, KEEP_CLOSURE);
		keep_node(&k, image_node(&m, "/app"), KEEP_WHY(KEEP_TRACE, 0));
		assert_int_equal(keep_closures(&k, NULL), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(of_c), cmocka_unit_test(of_go), cmocka_unit_test(of_rust),
					   cmocka_unit_test(behind_a_directory), cmocka_unit_test(broken)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
