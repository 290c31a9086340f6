/* formats/elf_object.h - reads what an ELF program or shared object asks the loader for: its interpreter, libraries and
 * search paths. It uses the program headers alone, as the kernel and ld.so do: stripped section headers do not matter.
 * Spec: gabi chapter 5 (program header, dynamic section). The file is hostile: what lies out of its
 * bounds, or above the caps of limits.h, is left out. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/strlist.h"

/* Class, byte order and machine, which must be equal for one object to load another. 0 = not an ELF object. */
typedef uint32_t elf_object_kind;
#define ELF_OBJECT_HEAD 20 /* bytes that tell it */
elf_object_kind elf_object_kind_of(const unsigned char *head, size_t n);
static inline uint16_t elf_object_machine(elf_object_kind kind)
{
	return (uint16_t)kind;
}
static inline uint8_t elf_object_class(elf_object_kind kind) /* ELFCLASS32, ELFCLASS64 */
{
	return (uint8_t)(kind >> 16);
}

struct elf_object {
	elf_object_kind kind;
	char *interp;          /* PT_INTERP; NULL = none */
	char *rpath, *runpath; /* colon-separated; NULL = none */
	char *soname;          /* DT_SONAME, of libraries; NULL = not given, as in programs and most plugins */
	struct strlist needed; /* DT_NEEDED, DT_AUXILIARY, DT_FILTER */
};

/* False for what is neither program nor shared object (core, relocatable, no ELF); out is then empty. */
bool elf_object_read(int fd, struct elf_object *out);
void elf_object_done(struct elf_object *e);
#define CLEANUP_ELF_OBJECT CLEANUP(elf_object_done)
