/* tests/unit/formats/elf_maker.h - small ELF objects, byte by byte, so that tests know no compiler and can
 * break what they like. Layout: header, program headers (LOAD, DYNAMIC, INTERP), dynamic section, symbols,
 * strings, interpreter, text. */
#pragma once

#include <elf.h>

#include "base/buf.h"

#define MAKER_VADDR 0x400000u

struct elf_spec {
	uint8_t class;    /* 0 = ELFCLASS64 */
	uint16_t machine; /* 0 = EM_X86_64 */
	uint16_t type;    /* 0 = ET_DYN */
	const char *interp, *rpath, *runpath, *soname;
	const char *needed[8];
	const char *imports[8]; /* undefined dynamic symbols */
	const char *defines;    /* a defined one */
	const char *text;       /* some bytes of it, NUL-terminated */
};

struct maker {
	struct buf strings;
	Elf64_Dyn dyn[32];
	size_t n;
	Elf64_Sym symbols[10]; /* st_name and st_shndx */
	size_t n_symbols;
};

static inline void maker_tag(struct maker *m, Elf64_Sxword tag, uint64_t value)
{
	m->dyn[m->n].d_tag = tag;
	m->dyn[m->n++].d_un.d_val = value;
}

static inline void maker_string(struct maker *m, Elf64_Sxword tag, const char *s)
{
	if (!s)
		return;
	maker_tag(m, tag, m->strings.len);
	buf_append(&m->strings, s, strlen(s) + 1);
}

static inline void maker_symbol(struct maker *m, const char *name, uint16_t section)
{
	m->symbols[m->n_symbols].st_name = (uint32_t)m->strings.len;
	m->symbols[m->n_symbols++].st_shndx = section;
	buf_append(&m->strings, name, strlen(name) + 1);
}

#define MAKER_WRITE(N)                                                                                                 \
	static inline void maker_write##N(const struct elf_spec *spec, struct maker *m, const char *interp,            \
					  struct buf *out)                                                             \
	{                                                                                                              \
		size_t headers = sizeof(Elf##N##_Ehdr) + 3 * sizeof(Elf##N##_Phdr);                                    \
		size_t dyn = (m->n + 4) * sizeof(Elf##N##_Dyn), symbols = headers + dyn;                               \
		size_t strings = symbols + m->n_symbols * sizeof(Elf##N##_Sym);                                        \
		size_t interp_at = strings + m->strings.len, text = interp_at + (interp ? strlen(interp) + 1 : 0);     \
		size_t end = text + (spec->text ? strlen(spec->text) + 1 : 0);                                         \
		Elf##N##_Ehdr h = {.e_type = spec->type ? spec->type : ET_DYN,                                         \
				   .e_machine = spec->machine ? spec->machine : EM_X86_64,                             \
				   .e_version = EV_CURRENT,                                                            \
				   .e_phoff = sizeof(h),                                                               \
				   .e_ehsize = sizeof(h),                                                              \
				   .e_phentsize = sizeof(Elf##N##_Phdr),                                               \
				   .e_phnum = interp ? 3 : 2};                                                         \
		memcpy(h.e_ident, ELFMAG, SELFMAG);                                                                    \
		h.e_ident[EI_CLASS] = ELFCLASS##N;                                                                     \
		h.e_ident[EI_DATA] = ELFDATA2LSB;                                                                      \
		h.e_ident[EI_VERSION] = EV_CURRENT;                                                                    \
		Elf##N##_Phdr ph[3] = {0};                                                                             \
		ph[0].p_type = PT_LOAD;                                                                                \
		ph[0].p_vaddr = MAKER_VADDR;                                                                           \
		ph[0].p_filesz = ph[0].p_memsz = end;                                                                  \
		ph[1].p_type = PT_DYNAMIC;                                                                             \
		ph[1].p_offset = headers;                                                                              \
		ph[1].p_vaddr = MAKER_VADDR + headers;                                                                 \
		ph[1].p_filesz = dyn;                                                                                  \
		ph[2].p_type = PT_INTERP;                                                                              \
		ph[2].p_offset = interp_at;                                                                            \
		ph[2].p_filesz = text - interp_at;                                                                     \
		buf_append(out, &h, sizeof(h));                                                                        \
		buf_append(out, ph, sizeof(ph));                                                                       \
		maker_tag(m, DT_STRTAB, MAKER_VADDR + strings);                                                        \
		maker_tag(m, DT_STRSZ, m->strings.len);                                                                \
		maker_tag(m, DT_SYMTAB, MAKER_VADDR + symbols);                                                        \
		maker_tag(m, DT_NULL, 0);                                                                              \
		for (size_t i = 0; i < m->n; i++) {                                                                    \
			Elf##N##_Dyn d = {.d_tag = (Elf##N##_Sword)m->dyn[i].d_tag};                                   \
			d.d_un.d_val = (__typeof__(d.d_un.d_val))m->dyn[i].d_un.d_val;                                 \
			buf_append(out, &d, sizeof(d));                                                                \
		}                                                                                                      \
		for (size_t i = 0; i < m->n_symbols; i++) {                                                            \
			Elf##N##_Sym symbol = {.st_name = m->symbols[i].st_name, .st_shndx = m->symbols[i].st_shndx};  \
			buf_append(out, &symbol, sizeof(symbol));                                                      \
		}                                                                                                      \
		buf_append(out, m->strings.data, m->strings.len);                                                      \
		if (interp)                                                                                            \
			buf_append(out, interp, strlen(interp) + 1);                                                   \
		if (spec->text)                                                                                        \
			buf_append(out, spec->text, strlen(spec->text) + 1);                                           \
	}
MAKER_WRITE(32)
MAKER_WRITE(64)

static inline void elf_make(const struct elf_spec *spec, struct buf *out)
{
	struct maker m = {0};
	buf_char(&m.strings, '\0');
	for (size_t i = 0; i < 8 && spec->needed[i]; i++)
		maker_string(&m, DT_NEEDED, spec->needed[i]);
	maker_string(&m, DT_RPATH, spec->rpath);
	maker_string(&m, DT_RUNPATH, spec->runpath);
	maker_string(&m, DT_SONAME, spec->soname);
	m.n_symbols = 1;
	for (size_t i = 0; i < 8 && spec->imports[i]; i++)
		maker_symbol(&m, spec->imports[i], SHN_UNDEF);
	if (spec->defines)
		maker_symbol(&m, spec->defines, 1);
	(spec->class == ELFCLASS32 ? maker_write32 : maker_write64)(spec, &m, spec->interp, out);
	buf_done(&m.strings);
}
