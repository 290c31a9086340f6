#include "keep/elf_object.h"

#include <gelf.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

keep_elf_kind keep_elf_kind_of(const unsigned char *head, size_t n)
{
	if (n < KEEP_ELF_HEAD || memcmp(head, ELFMAG, SELFMAG) != 0)
		return 0;
	uint8_t class = head[EI_CLASS], data = head[EI_DATA];
	if ((class != ELFCLASS32 && class != ELFCLASS64) || (data != ELFDATA2LSB && data != ELFDATA2MSB))
		return 0;
	bool big = data == ELFDATA2MSB;
	unsigned type = big ? head[16] << 8 | head[17] : head[17] << 8 | head[16];
	unsigned machine = big ? head[18] << 8 | head[19] : head[19] << 8 | head[18];
	if (type != ET_EXEC && type != ET_DYN)
		return 0;
	return (uint32_t)data << 24 | (uint32_t) class << 16 | machine;
}

/* A copy of the string at offset, which ends at most at limit; NULL if it does not. */
static char *copy_string(const char *file, uint64_t offset, uint64_t limit)
{
	if (offset >= limit)
		return NULL;
	uint64_t room = limit - offset > LIMIT_ELF_STRING + 1 ? LIMIT_ELF_STRING + 1 : limit - offset;
	const char *s = file + offset;
	return *s && memchr(s, '\0', room) ? mem_strdup(s) : NULL;
}

static bool segment_is(Elf *elf, size_t i, int type, uint64_t file_size, GElf_Phdr *out)
{
	return gelf_getphdr(elf, (int)i, out) && (int)out->p_type == type && out->p_filesz && out->p_offset < file_size;
}

static bool first_segment(Elf *elf, size_t n, int type, uint64_t file_size, GElf_Phdr *out)
{
	for (size_t i = 0; i < n; i++)
		if (segment_is(elf, i, type, file_size, out))
			return true;
	return false;
}

/* Where the string table at a virtual address lies in the file: its first byte and the byte behind it. */
static bool locate_strings(Elf *elf, size_t n, uint64_t file_size, uint64_t address, uint64_t size, uint64_t *begin,
			   uint64_t *end)
{
	for (size_t i = 0; i < n; i++) {
		GElf_Phdr ph;
		if (!segment_is(elf, i, PT_LOAD, file_size, &ph) || address < ph.p_vaddr ||
		    address - ph.p_vaddr >= ph.p_filesz)
			continue;
		uint64_t in = address - ph.p_vaddr, room = ph.p_filesz - in;
		if (in >= file_size - ph.p_offset)
			return false;
		*begin = ph.p_offset + in;
		if (room > file_size - *begin)
			room = file_size - *begin;
		*end = *begin + (size && size < room ? size : room);
		return true;
	}
	return false;
}

struct dynamic {
	Elf_Data *data;
	size_t n;
};

static bool read_dynamic(Elf *elf, const GElf_Phdr *ph, uint64_t file_size, struct dynamic *out)
{
	uint64_t entry = gelf_fsize(elf, ELF_T_DYN, 1, EV_CURRENT), size = file_size - ph->p_offset;
	if (size > ph->p_filesz)
		size = ph->p_filesz;
	if (size > LIMIT_ELF_DYNAMIC)
		size = LIMIT_ELF_DYNAMIC;
	if (!entry || size < entry)
		return false;
	out->n = size / entry;
	out->data = elf_getdata_rawchunk(elf, (int64_t)ph->p_offset, out->n * entry, ELF_T_DYN);
	return out->data;
}

/* The entry of a tag, the last one as in ld.so. */
static bool find_tag(const struct dynamic *d, int64_t tag, uint64_t *value)
{
	bool found = false;
	GElf_Dyn dyn;
	for (size_t i = 0; i < d->n && gelf_getdyn(d->data, (int)i, &dyn) && dyn.d_tag != DT_NULL; i++)
		if (dyn.d_tag == tag) {
			*value = dyn.d_un.d_val;
			found = true;
		}
	return found;
}

static void add_needed(struct keep_elf *out, char *name)
{
	if (name && out->needed.count < LIMIT_ELF_NEEDED)
		strlist_take(&out->needed, name);
	else
		free(name);
}

static void read_names(const struct dynamic *d, const char *file, uint64_t begin, uint64_t end, struct keep_elf *out)
{
	GElf_Dyn dyn;
	for (size_t i = 0; i < d->n && gelf_getdyn(d->data, (int)i, &dyn) && dyn.d_tag != DT_NULL; i++) {
		if (dyn.d_un.d_val >= end - begin)
			continue;
		uint64_t at = begin + dyn.d_un.d_val;
		switch (dyn.d_tag) {
		case DT_NEEDED:
		case DT_AUXILIARY:
		case DT_FILTER:
			add_needed(out, copy_string(file, at, end));
			break;
		case DT_RPATH:
			free(out->rpath);
			out->rpath = copy_string(file, at, end);
			break;
		case DT_RUNPATH:
			free(out->runpath);
			out->runpath = copy_string(file, at, end);
			break;
		default:
			break;
		}
	}
}

static void read_object(Elf *elf, struct keep_elf *out)
{
	size_t file_size, n;
	const char *file = elf_rawfile(elf, &file_size);
	if (!file || elf_getphdrnum(elf, &n) < 0)
		return;
	if (n > LIMIT_ELF_SEGMENTS)
		n = LIMIT_ELF_SEGMENTS;
	GElf_Phdr ph;
	if (first_segment(elf, n, PT_INTERP, file_size, &ph)) {
		uint64_t room = file_size - ph.p_offset;
		out->interp = copy_string(file, ph.p_offset, ph.p_offset + (ph.p_filesz < room ? ph.p_filesz : room));
	}
	struct dynamic dynamic;
	uint64_t address = 0, size = 0, begin = 0, end = 0;
	if (!first_segment(elf, n, PT_DYNAMIC, file_size, &ph) || !read_dynamic(elf, &ph, file_size, &dynamic) ||
	    !find_tag(&dynamic, DT_STRTAB, &address))
		return;
	(void)find_tag(&dynamic, DT_STRSZ, &size); /* without it the segment's end bounds the strings */
	if (locate_strings(elf, n, file_size, address, size, &begin, &end))
		read_names(&dynamic, file, begin, end, out);
}

bool keep_elf_read(int fd, struct keep_elf *out)
{
	*out = (struct keep_elf){0};
	if (elf_version(EV_CURRENT) == EV_NONE)
		return false;
	Elf *elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	if (!elf)
		return false;
	size_t n;
	const char *file = elf_rawfile(elf, &n);
	if (elf_kind(elf) == ELF_K_ELF && file)
		out->kind = keep_elf_kind_of((const unsigned char *)file, n);
	if (out->kind)
		read_object(elf, out);
	elf_end(elf);
	return out->kind;
}

void keep_elf_done(struct keep_elf *e)
{
	free(e->interp);
	free(e->rpath);
	free(e->runpath);
	strlist_done(&e->needed);
	*e = (struct keep_elf){0};
}
