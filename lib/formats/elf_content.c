#include "formats/elf_content.h"

#include <string.h>

#include "base/limits.h"
#include "formats/elf_view.h"

/* The dynamic section does not give the number of symbols; the table ends no later than the next table begins. Bytes
 * behind its real end may be read as symbols, but they name nothing that matters. */
static uint64_t symbols_size(const struct elf_view *v, uint64_t address)
{
	static const int64_t tables[] = {DT_STRTAB, DT_HASH, DT_GNU_HASH, DT_VERSYM, DT_VERNEED,
					 DT_VERDEF, DT_RELA, DT_REL,      DT_JMPREL};
	uint64_t size = LIMIT_ELF_SYMBOLS, next;
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		if (elf_view_tag(v, tables[i], &next) && next > address && next - address < size)
			size = next - address;
	return size;
}

static void read_imports(const struct elf_view *v, const struct elf_content *c)
{
	uint64_t address, at, limit, begin, end;
	if (!elf_view_tag(v, DT_SYMTAB, &address) ||
	    !elf_view_locate(v, address, symbols_size(v, address), &at, &limit) || !elf_view_strings(v, &begin, &end))
		return;
	size_t entry = gelf_fsize(v->elf, ELF_T_SYM, 1, EV_CURRENT), n = entry ? (limit - at) / entry : 0;
	Elf_Data *data = n ? elf_getdata_rawchunk(v->elf, (int64_t)at, n * entry, ELF_T_SYM) : NULL;
	GElf_Sym symbol;
	for (size_t i = 1; data && i < n && gelf_getsym(data, (int)i, &symbol); i++) {
		if (symbol.st_shndx != SHN_UNDEF || !symbol.st_name || symbol.st_name >= end - begin)
			continue;
		const char *name = v->file + begin + symbol.st_name;
		if (memchr(name, '\0', end - begin - symbol.st_name))
			c->import(c->ctx, name);
	}
}

void elf_content_read(int fd, const struct elf_content *c)
{
	CLEANUP_ELF_VIEW struct elf_view v;
	if (!elf_view_open(fd, &v))
		return;
	if (c->import)
		read_imports(&v, c);
	GElf_Phdr ph;
	uint64_t left = LIMIT_ELF_BYTES;
	for (size_t i = 0; c->bytes && i < v.n_segments; i++) {
		if (!elf_view_segment(&v, i, PT_LOAD, &ph))
			continue;
		size_t n = elf_view_room(&v, &ph);
		n = n < left ? n : left; /* segments may overlap */
		c->bytes(c->ctx, v.file + ph.p_offset, n);
		left -= n;
	}
}
