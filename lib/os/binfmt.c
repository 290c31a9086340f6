#include "os/binfmt.h"

#include <dirent.h>
#include <elf.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "os/fd.h"

#define ENTRY_BYTES 4096 /* of the file of an entry; the kernel writes less */
#define HEADER 64        /* bytes of a program that are compared; what an entry asks for beyond them is 0 */

static const struct architecture {
	const char *arch;
	uint8_t class, data;
	uint16_t machine;
} architectures[] = {
    {"386", ELFCLASS32, ELFDATA2LSB, EM_386},       {"amd64", ELFCLASS64, ELFDATA2LSB, EM_X86_64},
    {"arm", ELFCLASS32, ELFDATA2LSB, EM_ARM},       {"arm64", ELFCLASS64, ELFDATA2LSB, EM_AARCH64},
    {"loong64", ELFCLASS64, ELFDATA2LSB, 258},      {"mips", ELFCLASS32, ELFDATA2MSB, EM_MIPS},
    {"mipsle", ELFCLASS32, ELFDATA2LSB, EM_MIPS},   {"mips64", ELFCLASS64, ELFDATA2MSB, EM_MIPS},
    {"mips64le", ELFCLASS64, ELFDATA2LSB, EM_MIPS}, {"ppc64", ELFCLASS64, ELFDATA2MSB, EM_PPC64},
    {"ppc64le", ELFCLASS64, ELFDATA2LSB, EM_PPC64}, {"riscv64", ELFCLASS64, ELFDATA2LSB, EM_RISCV},
    {"s390x", ELFCLASS64, ELFDATA2MSB, EM_S390},
};

/* The first bytes of a program of the architecture. */
static bool make_header(const char *arch, uint8_t out[HEADER])
{
	for (size_t i = 0; i < sizeof(architectures) / sizeof(architectures[0]); i++) {
		const struct architecture *a = &architectures[i];
		const bool little = a->data == ELFDATA2LSB;
		if (strcmp(arch, a->arch) != 0)
			continue;
		memset(out, 0, HEADER);
		memcpy(out, ELFMAG, SELFMAG);
		out[EI_CLASS] = a->class;
		out[EI_DATA] = a->data;
		out[EI_VERSION] = EV_CURRENT;
		out[little ? 16 : 17] = ET_EXEC;
		out[little ? 18 : 19] = (uint8_t)a->machine;
		out[little ? 19 : 18] = (uint8_t)(a->machine >> 8);
		out[little ? 20 : 23] = EV_CURRENT;
		return true;
	}
	return false;
}

/* The value of a line "name value" or "name: value"; NULL = there is none. free(). */
static char *find_value(const char *text, const char *name)
{
	const size_t n = strlen(name);
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (strncmp(line, name, n) == 0 && line[n] == ' ')
			return mem_strndup(line + n + 1, strcspn(line + n + 1, "\n"));
	return NULL;
}

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Byte i of a text in hexadecimal; -1 = it is shorter, or no such text. */
static int hex_byte(const char *text, size_t i)
{
	if (strlen(text) < 2 * i + 2)
		return -1;
	const int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* Whether the kernel would give a program with this header to the entry. */
static bool matches(const char *entry, const uint8_t header[HEADER])
{
	CLEANUP_FREE char *magic = find_value(entry, "magic"), *mask = find_value(entry, "mask");
	CLEANUP_FREE char *offset = find_value(entry, "offset");
	const size_t at = offset ? strtoul(offset, NULL, 10) : 0;
	int wanted;
	if (!magic || !*magic || at >= HEADER)
		return false;
	for (size_t i = 0; (wanted = hex_byte(magic, i)) >= 0; i++) {
		const int part = mask ? hex_byte(mask, i) : 0xff;
		const int have = at + i < HEADER ? header[at + i] : 0;
		if (part < 0 || ((have ^ wanted) & part))
			return false;
	}
	return true;
}

static bool is_enabled(const char *entry)
{
	return strncmp(entry, "enabled\n", strlen("enabled\n")) == 0;
}

static bool has_flag(const char *entry, char flag)
{
	CLEANUP_FREE char *flags = find_value(entry, "flags:");
	return flags && strchr(flags, flag);
}

static bool read_entry(const char *dir, const char *name, struct buf *out)
{
	CLEANUP_FREE char *path = mem_printf("%s/%s", dir, name);
	out->len = 0;
	return strcmp(name, "register") != 0 && strcmp(name, "status") != 0 && name[0] != '.' &&
	       fd_read_file(AT_FDCWD, path, ENTRY_BYTES, out, NULL) == 0 && out->len;
}

/* With binfmt_misc turned off as a whole, no entry counts. */
static bool is_on(const char *dir)
{
	CLEANUP_FREE char *path = mem_printf("%s/status", dir);
	CLEANUP_BUF struct buf status = {0};
	return fd_read_file(AT_FDCWD, path, ENTRY_BYTES, &status, NULL) == 0 && status.len && is_enabled(status.data);
}

bool binfmt_find_emulator(const char *arch, const char *dir, char **emulator, const char **why)
{
	CLEANUP_BUF struct buf entry = {0};
	uint8_t header[HEADER];
	bool found = false;
	*why = "no emulator for it is registered with binfmt_misc";
	DIR *d = make_header(arch, header) && is_on(dir) ? opendir(dir) : NULL;
	for (const struct dirent *e; d && !found && (e = readdir(d));) {
		if (!read_entry(dir, e->d_name, &entry) || !is_enabled(entry.data) || !matches(entry.data, header))
			continue;
		if (!has_flag(entry.data, 'F')) {
			*why = "its emulator is registered with binfmt_misc without the flag F, so that containers "
			       "lack it";
			continue;
		}
		*emulator = find_value(entry.data, "interpreter");
		found = *emulator != NULL;
	}
	if (d)
		closedir(d);
	return found;
}
