/* formats/elf_view.h - a mapped ELF object, read through its program headers alone, as the kernel and ld.so do.
 * Anything outside of the file's bounds counts as absent. For elf_object.c and elf_content.c only. */
#pragma once

#include <gelf.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

struct elf_view {
	Elf *elf;
	const char *file;
	size_t size;
	size_t n_segments;
	Elf_Data *dynamic; /* NULL = none */
	size_t n_dynamic;
};

/* False if it is not an ELF file. Borrows fd. */
bool elf_view_open(int fd, struct elf_view *out);
void elf_view_done(struct elf_view *v);
#define CLEANUP_ELF_VIEW CLEANUP(elf_view_done)

/* Whether segment i is of the type and has content in the file. */
bool elf_view_segment(const struct elf_view *v, size_t i, uint32_t type, GElf_Phdr *out);
/* The bytes of a segment that the file holds. */
size_t elf_view_room(const struct elf_view *v, const GElf_Phdr *ph);
/* The i-th entry of the dynamic section; false behind the last one. */
bool elf_view_entry(const struct elf_view *v, size_t i, GElf_Dyn *out);
/* The value of a tag, of the last one as in ld.so. */
bool elf_view_tag(const struct elf_view *v, int64_t tag, uint64_t *value);
/* Gives the place in the file of the bytes at an address: the first, and the one behind the last of at most size (0 =
 * as many as the segment has). */
bool elf_view_locate(const struct elf_view *v, uint64_t address, uint64_t size, uint64_t *begin, uint64_t *end);
/* The dynamic string table. */
bool elf_view_strings(const struct elf_view *v, uint64_t *begin, uint64_t *end);
