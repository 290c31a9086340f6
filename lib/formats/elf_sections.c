#include "formats/elf_sections.h"

#include <elf.h>
#include <string.h>

#define HEAD 4096              /* bytes: the header, and the program headers behind it */
#define TABLE_MAX (256u << 10) /* bytes of section headers */

/* An unsigned number of n bytes at an offset of b; 0 if it lies outside. */
static uint64_t number(const struct buf *b, uint64_t at, size_t n)
{
	uint64_t v = 0;
	if (at > b->len || n > b->len - at)
		return 0;
	for (size_t i = n; i-- > 0;)
		v = v << 8 | (unsigned char)b->data[at + i];
	return v;
}

static bool is_64(const struct elf_sections *s)
{
	return s->head.data[EI_CLASS] == ELFCLASS64;
}

/* A member of a structure that has the same name in both classes. */
#define MEMBER(s, b, at, type, name)                                                                                   \
	(is_64(s) ? number(b, (at) + offsetof(Elf64_##type, name), sizeof(((Elf64_##type *)0)->name))                  \
		  : number(b, (at) + offsetof(Elf32_##type, name), sizeof(((Elf32_##type *)0)->name)))
#define SIZE(s, type) (is_64(s) ? sizeof(Elf64_##type) : sizeof(Elf32_##type))

static bool is_object(const struct buf *head)
{
	const uint64_t type = number(head, offsetof(Elf64_Ehdr, e_type), 2);
	return head->len >= sizeof(Elf64_Ehdr) && memcmp(head->data, ELFMAG, SELFMAG) == 0 &&
	       (head->data[EI_CLASS] == ELFCLASS64 || head->data[EI_CLASS] == ELFCLASS32) &&
	       head->data[EI_DATA] == ELFDATA2LSB && (type == ET_EXEC || type == ET_DYN);
}

static void find_table(struct elf_sections *s)
{
	const uint64_t size = MEMBER(s, &s->head, 0, Ehdr, e_shnum) * SIZE(s, Shdr);
	s->begin = MEMBER(s, &s->head, 0, Ehdr, e_shoff);
	s->end = s->begin + size;
	s->no = !s->begin || !size || size > TABLE_MAX || s->begin > INT64_MAX ||
		MEMBER(s, &s->head, 0, Ehdr, e_shentsize) != SIZE(s, Shdr);
}

static void take_head(struct elf_sections *s, const char *data, size_t n)
{
	const size_t room = HEAD - s->head.len;
	buf_append(&s->head, data, n < room ? n : room);
	if (s->head.len >= sizeof(Elf64_Ehdr) && !s->end) {
		s->no = !is_object(&s->head);
		if (!s->no)
			find_table(s);
	}
}

void elf_sections_part(struct elf_sections *s, uint64_t offset, const char *data, size_t n)
{
	if (offset == 0) {
		s->head.len = s->table.len = 0;
		s->begin = s->end = s->size = 0;
		s->no = n >= SELFMAG && memcmp(data, ELFMAG, SELFMAG) != 0;
	}
	s->size = offset + n;
	if (s->no)
		return;
	if (offset == s->head.len && s->head.len < HEAD)
		take_head(s, data, n);
	if (s->no || !s->end || s->begin + s->table.len >= s->end)
		return;
	const uint64_t want = s->begin + s->table.len;
	if (want < offset || want >= offset + n)
		return;
	const uint64_t have = offset + n - want, left = s->end - want;
	buf_append(&s->table, data + (want - offset), (size_t)(have < left ? have : left));
}

static bool has_segment(const struct elf_sections *s, uint64_t type)
{
	const uint64_t at = MEMBER(s, &s->head, 0, Ehdr, e_phoff), n = MEMBER(s, &s->head, 0, Ehdr, e_phnum);
	for (uint64_t i = 0; i < n && at < HEAD; i++)
		if (MEMBER(s, &s->head, at + i * SIZE(s, Phdr), Phdr, p_type) == type)
			return true;
	return false;
}

static uint64_t removable(const struct elf_sections *s)
{
	const size_t size = SIZE(s, Shdr), n = s->table.len / size;
	uint64_t sum = 0;
	for (size_t i = 0; i < n; i++) {
		const uint64_t type = MEMBER(s, &s->table, i * size, Shdr, sh_type);
		const uint64_t link = MEMBER(s, &s->table, i * size, Shdr, sh_link);
		const bool loaded = MEMBER(s, &s->table, i * size, Shdr, sh_flags) & SHF_ALLOC;
		const uint64_t bytes = MEMBER(s, &s->table, i * size, Shdr, sh_size);
		if (loaded || bytes > s->size || (type != SHT_SYMTAB && type != SHT_PROGBITS))
			continue;
		sum += bytes;
		if (type == SHT_SYMTAB && link < n)
			sum += MEMBER(s, &s->table, link * size, Shdr, sh_size);
	}
	return sum < s->size ? sum : 0;
}

bool elf_sections_end(struct elf_sections *s, struct elf_sections_found *out)
{
	if (s->no || s->head.len < sizeof(Elf64_Ehdr))
		return false;
	const bool executable = number(&s->head, offsetof(Elf64_Ehdr, e_type), 2) == ET_EXEC;
	const bool loader = has_segment(s, PT_INTERP);
	*out = (struct elf_sections_found){
	    .removable = s->begin + s->table.len == s->end ? removable(s) : 0,
	    .program = executable || loader || MEMBER(s, &s->head, 0, Ehdr, e_entry),
	    .is_static = !loader,
	};
	return true;
}

void elf_sections_done(struct elf_sections *s)
{
	buf_done(&s->head);
	buf_done(&s->table);
}
