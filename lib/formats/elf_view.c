#include "formats/elf_view.h"

#include "base/limits.h"

bool elf_view_segment(const struct elf_view *v, size_t i, uint32_t type, GElf_Phdr *out)
{
	return gelf_getphdr(v->elf, (int)i, out) && out->p_type == type && out->p_filesz && out->p_offset < v->size;
}

size_t elf_view_room(const struct elf_view *v, const GElf_Phdr *ph)
{
	uint64_t room = v->size - ph->p_offset;
	return ph->p_filesz < room ? ph->p_filesz : room;
}

bool elf_view_locate(const struct elf_view *v, uint64_t address, uint64_t size, uint64_t *begin, uint64_t *end)
{
	for (size_t i = 0; i < v->n_segments; i++) {
		GElf_Phdr ph;
		if (!elf_view_segment(v, i, PT_LOAD, &ph) || address < ph.p_vaddr ||
		    address - ph.p_vaddr >= ph.p_filesz)
			continue;
		uint64_t in = address - ph.p_vaddr, all = elf_view_room(v, &ph);
		if (in >= all)
			return false;
		*begin = ph.p_offset + in;
		*end = *begin + (size && size < all - in ? size : all - in);
		return true;
	}
	return false;
}

static void open_dynamic(struct elf_view *v, const GElf_Phdr *ph)
{
	size_t entry = gelf_fsize(v->elf, ELF_T_DYN, 1, EV_CURRENT), size = elf_view_room(v, ph);
	if (size > LIMIT_ELF_DYNAMIC)
		size = LIMIT_ELF_DYNAMIC;
	if (!entry || size < entry)
		return;
	v->n_dynamic = size / entry;
	v->dynamic = elf_getdata_rawchunk(v->elf, (int64_t)ph->p_offset, v->n_dynamic * entry, ELF_T_DYN);
}

bool elf_view_open(int fd, struct elf_view *out)
{
	*out = (struct elf_view){0};
	if (elf_version(EV_CURRENT) == EV_NONE || !(out->elf = elf_begin(fd, ELF_C_READ_MMAP, NULL)))
		return false;
	out->file = elf_rawfile(out->elf, &out->size);
	if (elf_kind(out->elf) != ELF_K_ELF || !out->file)
		return false;
	if (elf_getphdrnum(out->elf, &out->n_segments) < 0)
		out->n_segments = 0;
	if (out->n_segments > LIMIT_ELF_SEGMENTS)
		out->n_segments = LIMIT_ELF_SEGMENTS;
	GElf_Phdr ph;
	for (size_t i = 0; i < out->n_segments; i++)
		if (elf_view_segment(out, i, PT_DYNAMIC, &ph)) {
			open_dynamic(out, &ph);
			break;
		}
	return true;
}

void elf_view_done(struct elf_view *v)
{
	elf_end(v->elf);
	*v = (struct elf_view){0};
}

bool elf_view_entry(const struct elf_view *v, size_t i, GElf_Dyn *out)
{
	return v->dynamic && i < v->n_dynamic && gelf_getdyn(v->dynamic, (int)i, out) && out->d_tag != DT_NULL;
}

bool elf_view_tag(const struct elf_view *v, int64_t tag, uint64_t *value)
{
	bool found = false;
	GElf_Dyn dyn;
	for (size_t i = 0; elf_view_entry(v, i, &dyn); i++)
		if (dyn.d_tag == tag) {
			*value = dyn.d_un.d_val;
			found = true;
		}
	return found;
}

/* Without DT_STRSZ the segment's end bounds the strings. */
bool elf_view_strings(const struct elf_view *v, uint64_t *begin, uint64_t *end)
{
	uint64_t address, size = 0;
	(void)elf_view_tag(v, DT_STRSZ, &size);
	return elf_view_tag(v, DT_STRTAB, &address) && elf_view_locate(v, address, size, begin, end);
}
