/* formats/elf_content.h - reads an ELF program or shared object beyond what elf_object.h reads: the functions that it
 * imports, and its bytes. Spec and stance as in elf_object.h. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Callbacks may be NULL. Strings are valid during the call only. */
struct elf_content {
	void (*import)(void *ctx, const char *name);          /* an undefined dynamic symbol, without its version */
	void (*bytes)(void *ctx, const char *data, size_t n); /* of one loaded segment, in order */
	void *ctx;
};
void elf_content_read(int fd, const struct elf_content *c);
