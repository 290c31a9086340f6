#include "keep/loader/dlopen_names.h"

#include <string.h>

#include "base/limits.h"
#include "formats/elf_content.h"

/* Libraries that programs can do without: printing (Java's headless toolkit), the desktop's proxy settings (Java's
 * networking), policies (libselinux). The libraries that they need in turn are larger than the program that opens
 * them. */
static const char *const optional[] = {"libcups.so", "libgio-2.0.so", "libgconf-2.so", "libsepol.so"};

bool keep_dlopen_is_optional(const char *name)
{
	for (size_t i = 0; i < sizeof(optional) / sizeof(optional[0]); i++)
		if (strncmp(name, optional[i], strlen(optional[i])) == 0)
			return true;
	return false;
}

struct reader {
	struct strset *out;
	bool opens;
};

static void on_import(void *ctx, const char *name)
{
	struct reader *r = ctx;
	r->opens = r->opens || strcmp(name, "dlopen") == 0 || strcmp(name, "dlmopen") == 0;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_name(char c)
{
	return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c && strchr("/._+-", c));
}

/* The end of a version (".1.2") that begins at p. */
static const char *skip_version(const char *p, const char *end)
{
	while (end - p >= 2 && p[0] == '.' && is_digit(p[1]))
		for (p++; p < end && is_digit(*p); p++)
			;
	return p;
}

static void on_bytes(void *ctx, const char *data, size_t n)
{
	const struct reader *r = ctx;
	if (!r->opens)
		return;
	const char *end = data + n, *p = data, *dot;
	while ((dot = memmem(p, (size_t)(end - p), ".so", 3)) && r->out->count < LIMIT_ELF_NAMES) {
		const char *begin = dot, *stop = skip_version(dot + 3, end);
		while (begin > data && is_name(begin[-1]) && stop - begin < LIMIT_PATH)
			begin--;
		bool open = end - stop > 3 && memcmp(stop, ".%", 2) == 0 && strchr("ds", stop[2]) && !stop[3];
		if (open)
			(void)strset_add_len(r->out, begin, (size_t)(stop + 1 - begin), NULL);
		else if (begin < dot && stop < end && !*stop)
			(void)strset_add_len(r->out, begin, (size_t)(stop - begin), NULL);
		p = dot + 3;
	}
}

void keep_dlopen_names(int fd, struct strset *out)
{
	struct reader r = {.out = out};
	elf_content_read(fd, &(struct elf_content){on_import, on_bytes, &r});
}
