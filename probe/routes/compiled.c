#include "probe/routes/compiled.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"
#include "formats/elf_content.h"
#include "formats/jar.h"
#include "formats/java_class.h"

#define MAX_SEGMENT (32u << 20) /* of a program; an interpreter with a library in it has larger ones */
#define MEMBER 128              /* bytes that a member counts that is passed over */
#define MAX_CLASS (256u << 10)
#define MAX_MANIFEST (64u << 10)
#define MIN_PART 3 /* letters between two slashes: code is full of shorter ones */
#define MAX_PART 30

/* ---- programs ---- */

static bool is_part_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-';
}

/* Take "/items" of "/items/proc/", and of "/items0123": a text without a bound does not go on with a letter. */
static void take_part(struct routes_finds *f, const char *slash, const char *end, bool glued)
{
	const char *s = slash + 1;
	while (s < end && (glued ? islower((unsigned char)*s) || *s == '_' || *s == '-' : is_part_char(*s)))
		s++;
	if ((s == end || glued) && s - slash > MIN_PART && s - slash <= MAX_PART && islower((unsigned char)slash[1]))
		routes_found(f, ROUTES_COMPILED, slash, (size_t)(s - slash));
}

/* Texts that stand behind each other: "/items/proc//shell390625". The whole is one, too, if it ends with them. */
static void take_run(struct routes_finds *f, const char *run, const char *end)
{
	for (const char *s = run, *next; s < end; s = next) {
		next = memchr(s + 1, '/', (size_t)(end - s - 1));
		take_part(f, s, next ? next : end, !next);
		next = next ? next : end;
	}
	if (*end == '\0' && end - run > MIN_PART && memchr(run + 1, '/', (size_t)(end - run - 1)))
		routes_found(f, ROUTES_COMPILED, run, (size_t)(end - run));
}

void routes_bytes_read(struct routes_finds *f, const char *data, size_t n)
{
	const char *end = data + n;
	for (const char *s = data; s < end && (s = memchr(s, '/', (size_t)(end - s)));) {
		const char *run = s;
		while (s < end && (is_part_char(*s) || *s == '/' || *s == '.'))
			s++;
		if (s < end && !(run > data && (isalnum((unsigned char)run[-1]) || run[-1] == '_')))
			take_run(f, run, s);
	}
}

static void on_segment(void *ctx, const char *data, size_t n)
{
	if (n <= MAX_SEGMENT)
		routes_bytes_read(ctx, data, n);
}

void routes_program_read(struct routes_finds *f, int fd)
{
	const struct elf_content content = {.bytes = on_segment, .ctx = f};
	elf_content_read(fd, &content);
}

/* ---- Java ---- */

static void on_text(void *ctx, const char *text, size_t n)
{
	if (n && *text == '/')
		routes_found(ctx, ROUTES_QUOTED, text, n);
}

void routes_class_read(struct routes_finds *f, const char *class, size_t n)
{
	java_class_texts(class, n, on_text, f);
}

/* What the names of the application's classes begin with, by the manifest: "com/example/". */
static char *package_of(char *manifest)
{
	char *line = strstr(manifest, "Start-Class:");
	if (line)
		return mem_strdup("BOOT-INF/classes/");
	line = strstr(manifest, "Main-Class:");
	if (!line)
		return mem_strdup("");
	line += strlen("Main-Class:");
	line += strspn(line, " ");
	line[strcspn(line, "\r\n ")] = '\0';
	unsigned parts = 0;
	size_t n = 0;
	for (size_t i = 0; line[i] && parts < 2; i++) {
		if (line[i] != '.')
			continue;
		line[i] = '/';
		n = i + 1;
		parts++;
	}
	return mem_strndup(line, n);
}

static bool is_class(const char *name)
{
	size_t n = strlen(name);
	return n > 6 && strcmp(name + n - 6, ".class") == 0;
}

static bool is_of_application(const char *name, const char *package)
{
	return is_class(name) &&
	       (strncmp(name, package, strlen(package)) == 0 || strncmp(name, "WEB-INF/classes/", 16) == 0);
}

uint64_t routes_jar_read(struct routes_finds *f, int fd, uint64_t max)
{
	struct archive *jar = jar_open(fd);
	CLEANUP_BUF struct buf data = {0};
	CLEANUP_FREE char *package = mem_strdup("");
	const char *name;
	uint64_t bytes = 0;
	while (jar && bytes < max && (name = jar_next(jar))) {
		bytes += MEMBER;
		if (strcmp(name, "META-INF/MANIFEST.MF") == 0) { /* it stands first */
			jar_read(jar, MAX_MANIFEST, &data);
			free(package);
			package = package_of(data.data);
		} else if (is_of_application(name, package)) {
			jar_read(jar, MAX_CLASS, &data);
			routes_class_read(f, data.data, data.len);
			bytes += data.len;
		}
	}
	if (jar)
		archive_read_free(jar);
	return bytes;
}
