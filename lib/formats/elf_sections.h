/* formats/elf_sections.h - tells from the bytes of an ELF program or shared object, as they pass by once, how many of
 * them strip(1) would remove, and whether the program is static. Reads the headers alone; 32 and 64 bits,
 * little-endian. Spec: gabi chapters 4 (sections) and 5 (program headers). The file is hostile: what lies out of its
 * bounds or above the caps is left out. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* All zero before the first part; may be used for one file after the other. Not thread-safe. */
struct elf_sections {
	struct buf head, table; /* the first bytes; the section headers */
	uint64_t begin, end;    /* of the table in the file; 0 = not known */
	uint64_t size;          /* of the file so far */
	bool no;                /* it is not such a file */
};

struct elf_sections_found {
	uint64_t removable; /* bytes of symbols and debugging information that no program loads */
	bool program;       /* it is started, not loaded by another */
	bool is_static;     /* a program that no loader starts */
};

/* The n bytes at offset of a file; offset 0 begins a file. Holes may be left out. */
void elf_sections_part(struct elf_sections *s, uint64_t offset, const char *data, size_t n);
/* Behind the last part. False if it is not an ELF program or shared object, or if its headers are cut off. */
bool elf_sections_end(struct elf_sections *s, struct elf_sections_found *out);
void elf_sections_done(struct elf_sections *s);
