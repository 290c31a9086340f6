/* Compiled programs that start others: keeps the programs whose names their read-only data holds. C's strings end
 * with NUL. The strings of Go and Rust are packed together without a NUL. There a name counts if an instruction takes
 * its address (x86-64: lea off(%rip), reg) with its length as a constant close by. A wrong guess costs a small file;
 * the bytes that one program adds are capped.
 * Only for programs of the application's own: a distribution's packages depend on the programs that they call. */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "formats/elf_object.h"
#include "formats/text_search.h"
#include "keep/closure/closure.h"
#include "keep/source/place.h"
#include "keep/source/program_texts.h"

#define MAX_PROGRAM (96u << 20) /* bytes of one that is looked at */
#define MAX_OTHERS (4u << 20)   /* of one of the distribution */
#define MAX_TEXT 256            /* bytes of a command's text */
#define MAX_SEGMENTS 16
#define NEAR 24 /* bytes between an address and its length */

struct scan {
	const struct keep_programs *programs;
	struct keep_script_source s;
	struct strset found;
};

static bool applies(const struct keep_file *f)
{
	if (!elf_object_kind_of((const unsigned char *)f->head, f->n) || !(f->info->mode & 0111) ||
	    f->info->size > (keep_place_is_local(f) ? MAX_PROGRAM : MAX_OTHERS) ||
	    keep_programs_is_interpreter(f->info->name) || keep_file_ends(f, ".so") || strstr(f->info->name, ".so."))
		return false;
	return true;
}

/* Signs that a program can start others: it imports a function for it (between two NULs, as in a string table), or
 * has Go's os/exec linked in. */
static const char *const signs[] = {"posix_spawnp", "posix_spawn", "execvp",  "execve", "execv",
				    "execlp",       "execl",       "execvpe", "popen",  "system"};
static const char sign_of_go[] = "os/exec.(*Cmd).Start";

struct state {
	struct keep_programs *programs;
	struct strset signs;
	struct text_search *search;
};

static struct state *state_new(struct keep_set *k)
{
	struct state *s = mem_alloc(sizeof(*s));
	*s = (struct state){.programs = keep_programs_new(k)};
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		char name[16] = {0};
		memcpy(name + 1, signs[i], strlen(signs[i]));
		(void)strset_add_len(&s->signs, name, strlen(signs[i]) + 2, NULL);
	}
	(void)strset_add(&s->signs, sign_of_go);
	s->search = text_search_new(&s->signs);
	return s;
}

static void free_state(void *state)
{
	struct state *s = state;
	text_search_free(s->search);
	strset_done(&s->signs);
	keep_programs_free(s->programs);
	free(s);
}

static void on_sign(void *found, size_t id, size_t at)
{
	(void)id, (void)at;
	*(bool *)found = true;
}

static bool can_spawn(const struct state *s, const struct buf *text)
{
	bool found = false;
	text_search_run(s->search, text->data, text->len, on_sign, &found);
	return found;
}

static void string(struct scan *c, const char *s, size_t n)
{
	bool added;
	if (keep_programs_is_command(c->programs, s, n, true))
		(void)strset_add_len(&c->found, s, n, &added);
}

struct segment {
	uint64_t offset, address, size;
	bool executable;
};

static bool in(const struct buf *text, uint64_t offset, uint64_t n)
{
	return offset <= text->len && n <= text->len - offset;
}

/* The loaded segments of a 64-bit program; *names: where the names of its dynamic symbols are. */
static size_t segments(const struct buf *text, struct segment *out, size_t max, struct segment *names)
{
	Elf64_Ehdr e;
	size_t n = 0;
	uint64_t table = 0;
	*names = (struct segment){0};
	if (!in(text, 0, sizeof(e)))
		return 0;
	memcpy(&e, text->data, sizeof(e));
	if (e.e_ident[EI_CLASS] != ELFCLASS64 || e.e_ident[EI_DATA] != ELFDATA2LSB ||
	    e.e_phentsize != sizeof(Elf64_Phdr))
		return 0;
	for (size_t i = 0; i < e.e_phnum && n < max; i++) {
		Elf64_Phdr p;
		if (!in(text, e.e_phoff, (i + 1) * sizeof(p)))
			break;
		memcpy(&p, text->data + e.e_phoff + i * sizeof(p), sizeof(p));
		if (!in(text, p.p_offset, p.p_filesz))
			continue;
		if (p.p_type == PT_LOAD)
			out[n++] = (struct segment){p.p_offset, p.p_vaddr, p.p_filesz, p.p_flags & PF_X};
		for (uint64_t at = 0; p.p_type == PT_DYNAMIC && at + sizeof(Elf64_Dyn) <= p.p_filesz;
		     at += sizeof(Elf64_Dyn)) {
			Elf64_Dyn d;
			memcpy(&d, text->data + p.p_offset + at, sizeof(d));
			if (d.d_tag == DT_STRTAB)
				table = d.d_un.d_ptr;
			else if (d.d_tag == DT_STRSZ)
				names->size = d.d_un.d_val;
		}
	}
	for (size_t i = 0; i < n; i++)
		if (table >= out[i].address && table - out[i].address < out[i].size)
			names->offset = out[i].offset + (table - out[i].address);
	return n;
}

/* All between two NULs in what is loaded and not run. */
static void strings_of_c(struct scan *c, const struct buf *text)
{
	struct segment seg[MAX_SEGMENTS], names;
	size_t n = segments(text, seg, MAX_SEGMENTS, &names);
	for (size_t i = 0; i < n; i++) {
		uint64_t at = seg[i].offset, end = at + seg[i].size;
		while (!seg[i].executable && at < end) {
			size_t len = strnlen(text->data + at, end - at);
			if (at < names.offset || at - names.offset >= names.size)
				string(c, text->data + at, len);
			at += len + 1;
		}
	}
}

static uint32_t number(const char *p)
{
	uint32_t v;
	memcpy(&v, p, sizeof(v));
	return le32toh(v);
}

/* Whether the four bytes are what a mov puts into a register or a place in memory (C7 with its operand). */
static bool is_moved(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;
	return (u[-1] & 0xf8) == 0xb8 || u[-2] == 0xc7 || u[-3] == 0xc7 || u[-4] == 0xc7 || u[-7] == 0xc7;
}

/* The string at an address that an instruction took: its length is moved close by. */
static void taken(struct scan *c, const char *s, size_t max, const char *near, const char *end)
{
	for (const char *p = near + 1; p + 4 <= end && p < near + NEAR; p++) {
		uint32_t n = number(p);
		if (n >= 2 && n <= MAX_TEXT && n <= max && is_moved(p))
			string(c, s, n);
	}
}

static void strings_by_length(struct scan *c, const struct buf *text)
{
	struct segment seg[MAX_SEGMENTS], names;
	size_t n = segments(text, seg, MAX_SEGMENTS, &names);
	for (size_t i = 0; i < n; i++) {
		if (!seg[i].executable)
			continue;
		const char *start = text->data + seg[i].offset, *end = start + seg[i].size;
		for (const char *p = start; end - p > 7 && (p = memchr(p, 0x8d, (size_t)(end - p) - 6)); p++) {
			if (p == start || (p[-1] & 0xfb) != 0x48 || (p[1] & 0xc7) != 0x05)
				continue;
			uint64_t to =
			    seg[i].address + (uint64_t)(p + 6 - start) + (uint64_t)(int64_t)(int32_t)number(p + 2);
			for (size_t j = 0; j < n; j++)
				if (to >= seg[j].address && to - seg[j].address < seg[j].size)
					taken(c, text->data + seg[j].offset + (to - seg[j].address),
					      seg[j].size - (to - seg[j].address), p + 6, end);
		}
	}
}

/* Texts that are copied in pieces, or joined at run time, are in the data, but no instruction says how long. */
static void texts(struct scan *c, const struct buf *text,
		  void (*find)(const struct keep_programs *p, const char *data, size_t n, struct strset *found))
{
	struct segment seg[MAX_SEGMENTS], names;
	size_t n = segments(text, seg, MAX_SEGMENTS, &names);
	for (size_t i = 0; i < n; i++)
		if (!seg[i].executable)
			find(c->programs, text->data + seg[i].offset, seg[i].size, &c->found);
}

static int run(const struct keep_file *f, void **state, struct err *err)
{
	(void)err;
	if (!*state)
		*state = state_new(f->k);
	const struct state *st = *state;
	struct scan c = {.programs = st->programs};
	CLEANUP_BUF struct buf text = {0};
	keep_file_bytes(f, MAX_PROGRAM, &text);
	if (!can_spawn(st, &text))
		return 0;
	keep_script_source_config(&c.s, f->k);
	c.s.node = f->node;
	if (!keep_place_is_local(f)) { /* too many others by chance */
		texts(&c, &text, keep_programs_behind_directories);
	} else {
		strings_of_c(&c, &text);
		texts(&c, &text, keep_programs_in);
		if (elf_object_machine(elf_object_kind_of((const unsigned char *)f->head, f->n)) == EM_X86_64)
			strings_by_length(&c, &text);
	}
	keep_programs_keep(&c.s, &c.found);
	strset_done(&c.found);
	return 0;
}

const struct keep_closure keep_closure_spawn = {.name = "spawn",
						.level = KEEP_CLOSURE,
						.by_content = true,
						.applies = applies,
						.run = run,
						.free_state = free_state};
