#include "findings/watch.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "text/path.h"

void findings_watch_init(struct findings_watch *w, const struct findings_scanner *scanner, size_t n_layers)
{
	*w = (struct findings_watch){scanner, mem_calloc(n_layers, sizeof(*w->layers)), n_layers};
	inspect_texts_init(&w->texts, n_layers);
}

static bool wants(void *ctx, size_t layer, const struct inspect_entry *e)
{
	(void)ctx;
	(void)layer;
	return e->bytes > 0;
}

struct scanned {
	struct findings_watch_layer *layer;
	const char *path, *data;
	size_t first; /* the first of the layer's secrets that is in this file */
};

static void note(void *ctx, const struct findings_hit *hit)
{
	const struct scanned *s = ctx;
	struct findings_watch_layer *l = s->layer;
	for (size_t i = s->first; i < l->n_secrets; i++)
		if (l->secrets[i].rule == hit->rule) {
			l->secrets[i].count++;
			return;
		}
	if (l->n_secrets == FINDINGS_SECRETS_MAX)
		return;
	size_t line = 1;
	for (const char *p = s->data; (p = memchr(p, '\n', (size_t)(s->data + hit->begin - p))); p++)
		line++;
	l->secrets = mem_grow(l->secrets, l->n_secrets, &l->secrets_cap, sizeof(*l->secrets));
	l->secrets[l->n_secrets++] = (struct findings_secret){s->path, hit->rule, line, 1};
}

/* Programs, and files that are compressed as a whole: no text stands in them as it is. */
static bool is_opaque(const char *data, size_t n)
{
	static const char *const heads[] = {"\177ELF", "\x1f\x8b\b", "\x28\xb5\x2f\xfd", "\3757zXZ",
					    "PK\3\4",  "BZh",        "\x89PNG",          "\xff\xd8\xff",
					    "GIF8",    "wOF2",       "!<arch>\n"};
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		if (n >= strlen(heads[i]) && memcmp(data, heads[i], strlen(heads[i])) == 0)
			return true;
	return false;
}

static bool is_read(const char *path)
{
	static const char *const files[] = {"/etc/passwd", "/etc/os-release", "/usr/lib/os-release"};
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (strcmp(files[i], path) == 0)
			return true;
	return path_ends_with(path, "/package.json") && !strstr(path, "/node_modules/");
}

static void take(void *ctx, size_t layer, const struct inspect_entry *e, const char *data, size_t n)
{
	struct findings_watch *w = ctx;
	struct scanned s = {&w->layers[layer], e->path, data, w->layers[layer].n_secrets};
	if (n <= FINDINGS_TEXT_MAX && is_read(e->path))
		inspect_texts_add(&w->texts, layer, e->path, data, n);
	if (!is_opaque(data, n))
		findings_scan_file(w->scanner, e->path, data, n, note, &s);
}

static void part(void *ctx, size_t layer, const struct inspect_entry *e, uint64_t offset, const char *data, size_t n)
{
	struct findings_watch_layer *l = &((struct findings_watch *)ctx)->layers[layer];
	struct elf_sections_found found;
	elf_sections_part(&l->elf, offset, data, n);
	if (offset + n < e->bytes || !elf_sections_end(&l->elf, &found))
		return;
	l->programs = mem_grow(l->programs, l->n_programs, &l->programs_cap, sizeof(*l->programs));
	l->programs[l->n_programs++] = (struct findings_program){e->path, found};
}

struct inspect_watch findings_watch_of(struct findings_watch *w)
{
	return (struct inspect_watch){.max = FINDINGS_FILE_MAX, .wants = wants, .take = take, .part = part, .ctx = w};
}

void findings_watch_done(struct findings_watch *w)
{
	for (size_t i = 0; i < w->n_layers; i++) {
		free(w->layers[i].secrets);
		free(w->layers[i].programs);
		elf_sections_done(&w->layers[i].elf);
	}
	inspect_texts_done(&w->texts);
	free(w->layers);
	*w = (struct findings_watch){0};
}
