#include "formats/elf_object.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "formats/elf_view.h"

elf_object_kind elf_object_kind_of(const unsigned char *head, size_t n)
{
	if (n < ELF_OBJECT_HEAD || memcmp(head, ELFMAG, SELFMAG) != 0)
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

/* Returns a copy of the string at offset; NULL if it does not end before limit. */
static char *copy_string(const char *file, uint64_t offset, uint64_t limit)
{
	if (offset >= limit)
		return NULL;
	uint64_t room = limit - offset > LIMIT_ELF_STRING + 1 ? LIMIT_ELF_STRING + 1 : limit - offset;
	const char *s = file + offset;
	return *s && memchr(s, '\0', room) ? mem_strdup(s) : NULL;
}

static void add_needed(struct elf_object *out, char *name)
{
	if (name && out->needed.count < LIMIT_ELF_NEEDED)
		strlist_take(&out->needed, name);
	else
		free(name);
}

static void set(char **field, char *value)
{
	free(*field);
	*field = value;
}

static void read_names(const struct elf_view *v, uint64_t begin, uint64_t end, struct elf_object *out)
{
	GElf_Dyn dyn;
	for (size_t i = 0; elf_view_entry(v, i, &dyn); i++) {
		if (dyn.d_un.d_val >= end - begin)
			continue;
		uint64_t at = begin + dyn.d_un.d_val;
		switch (dyn.d_tag) {
		case DT_NEEDED:
		case DT_AUXILIARY:
		case DT_FILTER:
			add_needed(out, copy_string(v->file, at, end));
			break;
		case DT_RPATH:
			set(&out->rpath, copy_string(v->file, at, end));
			break;
		case DT_RUNPATH:
			set(&out->runpath, copy_string(v->file, at, end));
			break;
		case DT_SONAME:
			set(&out->soname, copy_string(v->file, at, end));
			break;
		default:
			break;
		}
	}
}

static void read_object(const struct elf_view *v, struct elf_object *out)
{
	GElf_Phdr ph;
	for (size_t i = 0; !out->interp && i < v->n_segments; i++)
		if (elf_view_segment(v, i, PT_INTERP, &ph))
			out->interp = copy_string(v->file, ph.p_offset, ph.p_offset + elf_view_room(v, &ph));
	uint64_t begin, end;
	if (elf_view_strings(v, &begin, &end))
		read_names(v, begin, end, out);
}

bool elf_object_read(int fd, struct elf_object *out)
{
	*out = (struct elf_object){0};
	CLEANUP_ELF_VIEW struct elf_view v;
	if (!elf_view_open(fd, &v))
		return false;
	out->kind = elf_object_kind_of((const unsigned char *)v.file, v.size);
	if (out->kind)
		read_object(&v, out);
	return out->kind;
}

void elf_object_done(struct elf_object *e)
{
	free(e->interp);
	free(e->rpath);
	free(e->runpath);
	free(e->soname);
	strlist_done(&e->needed);
	*e = (struct elf_object){0};
}
