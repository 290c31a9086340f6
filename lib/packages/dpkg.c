/* dpkg's database: /var/lib/dpkg/status, a record per package, and info/NAME[:ARCH].list with its paths; or, in
 * distroless images, a record each in status.d/NAME beside status.d/NAME.md5sums.
 * Format: deb822(5), dpkg-query(1), deb-md5sums(5). */
#include <string.h>

#include "base/mem.h"
#include "packages/database.h"
#include "text/path.h"

#define DIRECTORY "/var/lib/dpkg"

/* The paths of a record are below; its fields are those of this stanza. */
struct stanza {
	const char *start, *end;
	struct packages_field name, version, architecture, status, essential, priority, section, source, pre_depends,
	    depends, recommends;
};

static void take(struct packages_field *f, const char *line, size_t n, const char *name)
{
	size_t len = strlen(name);
	if (n <= len || strncmp(line, name, len) != 0)
		return;
	line += len;
	n -= len;
	while (n && (*line == ' ' || *line == '\t'))
		line++, n--;
	*f = (struct packages_field){line, n};
}

static bool next_stanza(const char **rest, const char *end, struct stanza *s)
{
	const char *line;
	size_t n;
	*s = (struct stanza){0};
	while (packages_line(rest, end, &line, &n)) {
		if (!n && s->start)
			return true;
		if (!n)
			continue;
		if (!s->start)
			s->start = line;
		s->end = *rest;
		take(&s->name, line, n, "Package:");
		take(&s->version, line, n, "Version:");
		take(&s->architecture, line, n, "Architecture:");
		take(&s->status, line, n, "Status:");
		take(&s->essential, line, n, "Essential:");
		take(&s->priority, line, n, "Priority:");
		take(&s->section, line, n, "Section:");
		take(&s->source, line, n, "Source:");
		take(&s->pre_depends, line, n, "Pre-Depends:");
		take(&s->depends, line, n, "Depends:");
		take(&s->recommends, line, n, "Recommends:");
	}
	return s->start != NULL;
}

static bool is_installed(const struct stanza *s)
{
	static const char installed[] = "installed";
	size_t len = sizeof(installed) - 1;
	/* the third of its three words; status.d has none */
	return !s->status.n || (s->status.n > len && s->status.text[s->status.n - len - 1] == ' ' &&
				memcmp(s->status.text + s->status.n - len, installed, len) == 0);
}

/* Append the file of the package in info/: NAME.list, or NAME:ARCH.list where several architectures may be there. */
static uint32_t read_info(const struct image_index *x, const struct package *p, const char *suffix, struct buf *out)
{
	CLEANUP_BUF struct buf path = {0};
	for (int with_arch = 0; with_arch < 2; with_arch++) {
		path.len = 0;
		buf_printf(&path, DIRECTORY "/info/%s%s%s.%s", p->name, with_arch ? ":" : "",
			   with_arch ? p->architecture : "", suffix);
		if (image_index_text(x, path.data, PACKAGES_FILE_MAX, out))
			return image_index_resolve(x, path.data, true, NULL, NULL);
	}
	return IMAGE_NONE;
}

/* The path of a line of a list, or of md5sums ("HASH  usr/bin/x"), absolute. */
static const char *line_path(const char *line, size_t n, bool sums, struct buf *path)
{
	const char *space = sums ? memchr(line, ' ', n) : NULL;
	if (sums && !space)
		return NULL;
	const char *start = sums ? space + strspn(space, " ") : line;
	if (start >= line + n)
		return NULL;
	path->len = 0;
	if (*start != '/')
		buf_char(path, '/');
	buf_append(path, start, (size_t)(line + n - start));
	return path->data;
}

static void own_lines(struct packages *p, const struct image_index *x, uint32_t package, const struct buf *text,
		      bool sums)
{
	CLEANUP_BUF struct buf path = {0};
	const char *rest = text->data, *end = rest + text->len, *line;
	size_t n;
	while (text->len && packages_line(&rest, end, &line, &n))
		if (line_path(line, n, sums, &path))
			packages_own(p, x, package, path.data);
}

static void keep_lines(const struct image_index *x, const struct buf *text, bool sums, const bool *kept,
		       struct buf *out)
{
	CLEANUP_BUF struct buf path = {0};
	const char *rest = text->data, *end = rest + text->len, *line;
	size_t n;
	while (text->len && packages_line(&rest, end, &line, &n)) {
		if (!line_path(line, n, sums, &path))
			continue;
		uint32_t node = image_index_resolve(x, path.data, false, NULL, NULL);
		if (node != IMAGE_NONE && kept[node]) {
			buf_append(out, line, n);
			buf_char(out, '\n');
		}
	}
}

static bool is(const struct packages_field *f, const char *text)
{
	return f->n == strlen(text) && memcmp(f->text, text, f->n) == 0;
}

static char *copy(const struct packages_field *f)
{
	return f->n ? mem_strndup(f->text, f->n) : NULL;
}

static char *copy_needs(const struct stanza *s)
{
	if (!s->pre_depends.n || !s->depends.n)
		return copy(s->depends.n ? &s->depends : &s->pre_depends);
	struct buf both = {0};
	buf_append(&both, s->pre_depends.text, s->pre_depends.n);
	buf_str(&both, ", ");
	buf_append(&both, s->depends.text, s->depends.n);
	return buf_steal(&both);
}

static uint32_t add(struct packages *p, const struct stanza *s)
{
	if (!is_installed(s))
		return PACKAGES_NONE;
	uint32_t package = packages_add(p, PACKAGES_DPKG, s->name, s->version, s->architecture);
	if (package == PACKAGES_NONE)
		return package;
	struct package *made = &p->items[package];
	struct packages_field section = s->section;
	const char *slash = section.n ? memchr(section.text, '/', section.n) : NULL; /* "contrib/devel" */
	if (slash)
		section = (struct packages_field){slash + 1, (size_t)(section.text + section.n - slash - 1)};
	made->section = copy(&section);
	struct packages_field source = s->source;
	const char *version = source.n ? memchr(source.text, ' ', source.n) : NULL; /* "gcc-defaults (1.203)" */
	if (version)
		source.n = (size_t)(version - source.text);
	made->source = copy(&source);
	made->essential = is(&s->essential, "yes") || is(&s->priority, "required");
	made->requested = !made->essential && (is(&s->priority, "optional") || is(&s->priority, "extra"));
	made->needs = copy_needs(s);
	made->wants = copy(&s->recommends);
	return package;
}

/* ---- distroless: a file per package ---- */

/* Calls with each file of status.d that is not a list of sums, and with its list. */
static void each_single(const struct image_index *x,
			void (*one)(void *ctx, uint32_t node, const struct buf *text, uint32_t sums_node,
				    const struct buf *sums),
			void *ctx)
{
	uint32_t dir = image_index_resolve(x, DIRECTORY "/status.d", true, NULL, NULL);
	if (dir == IMAGE_NONE)
		return;
	const struct image_node *d = image_index_node(x, dir);
	for (uint32_t i = 0; i < d->n_children; i++) {
		const char *name = image_index_node(x, d->first_child + i)->name;
		CLEANUP_BUF struct buf path = {0}, text = {0}, sums = {0};
		buf_printf(&path, DIRECTORY "/status.d/%s", name);
		if (path_ends_with(name, ".md5sums") || !image_index_text(x, path.data, PACKAGES_FILE_MAX, &text))
			continue;
		buf_str(&path, ".md5sums");
		uint32_t sums_node = IMAGE_NONE;
		if (image_index_text(x, path.data, PACKAGES_FILE_MAX, &sums))
			sums_node = image_index_resolve(x, path.data, true, NULL, NULL);
		one(ctx, d->first_child + i, &text, sums_node, &sums);
	}
}

struct reading {
	const struct image_index *x;
	struct packages *p;
};

static void read_single(void *ctx, uint32_t node, const struct buf *text, uint32_t sums_node, const struct buf *sums)
{
	struct reading *r = ctx;
	const char *rest = text->data;
	struct stanza s;
	if (!text->len || !next_stanza(&rest, rest + text->len, &s))
		return;
	uint32_t package = add(r->p, &s);
	if (package != PACKAGES_NONE)
		own_lines(r->p, r->x, package, sums, true);
}

static int read_database(const struct image_index *x, struct packages *p, struct err *err)
{
	CLEANUP_BUF struct buf status = {0};
	if (image_index_text(x, DIRECTORY "/status", PACKAGES_FILE_MAX, &status) && status.len) {
		const char *rest = status.data, *end = rest + status.len;
		struct stanza s;
		while (next_stanza(&rest, end, &s)) {
			uint32_t package = add(p, &s);
			CLEANUP_BUF struct buf list = {0};
			if (package != PACKAGES_NONE && read_info(x, &p->items[package], "list", &list) != IMAGE_NONE)
				own_lines(p, x, package, &list, false);
		}
	}
	struct reading r = {x, p};
	each_single(x, read_single, &r);
	return 0;
}

/* ---- trimming ---- */

struct trimming {
	const struct packages *p;
	const struct image_index *x;
	const bool *kept, *remains;
	struct packages_edits *out;
	uint32_t next; /* number of the next package: records come in the order in which they were read */
};

/* Whether the record's package remains; *package: its number. */
static bool stays(struct trimming *t, const struct stanza *s, uint32_t *package)
{
	if (!is_installed(s) || !packages_is_name(s->name) || t->next >= t->p->count)
		return false;
	*package = t->next++;
	return t->remains[*package];
}

static void trim_single(void *ctx, uint32_t node, const struct buf *text, uint32_t sums_node, const struct buf *sums)
{
	struct trimming *t = ctx;
	const char *rest = text->data;
	struct stanza s;
	uint32_t package;
	if (!text->len || !next_stanza(&rest, rest + text->len, &s) || !stays(t, &s, &package))
		return;
	buf_append(packages_edit_add(t->out, node), text->data, text->len);
	if (sums_node != IMAGE_NONE)
		keep_lines(t->x, sums, true, t->kept, packages_edit_add(t->out, sums_node));
}

static void trim_info(struct trimming *t, uint32_t package)
{
	static const char *const suffixes[] = {"list", "md5sums"};
	for (int sums = 0; sums < 2; sums++) {
		CLEANUP_BUF struct buf text = {0};
		uint32_t node = read_info(t->x, &t->p->items[package], suffixes[sums], &text);
		if (node != IMAGE_NONE)
			keep_lines(t->x, &text, sums, t->kept, packages_edit_add(t->out, node));
	}
}

/* Small files that say how to read the others. */
static void keep_whole(struct trimming *t)
{
	static const char *const names[] = {DIRECTORY "/arch", DIRECTORY "/info/format", DIRECTORY "/diversions",
					    DIRECTORY "/statoverride"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		CLEANUP_BUF struct buf text = {0};
		if (image_index_text(t->x, names[i], PACKAGES_FILE_MAX, &text)) {
			uint32_t node = image_index_resolve(t->x, names[i], true, NULL, NULL);
			buf_append(packages_edit_add(t->out, node), text.data ? text.data : "", text.len);
		}
	}
}

static int trim_database(const struct packages *p, const struct image_index *x, const bool *kept, const bool *remains,
			 struct packages_edits *out, struct err *err)
{
	struct trimming t = {p, x, kept, remains, out, 0};
	CLEANUP_BUF struct buf status = {0};
	if (image_index_text(x, DIRECTORY "/status", PACKAGES_FILE_MAX, &status) && status.len) {
		CLEANUP_BUF struct buf trimmed = {0};
		const char *rest = status.data, *end = rest + status.len;
		struct stanza s;
		uint32_t package;
		while (next_stanza(&rest, end, &s))
			if (stays(&t, &s, &package)) {
				buf_append(&trimmed, s.start, (size_t)(s.end - s.start));
				if (trimmed.data[trimmed.len - 1] != '\n')
					buf_char(&trimmed, '\n');
				if (trimmed.len < 2 || trimmed.data[trimmed.len - 2] != '\n')
					buf_char(&trimmed, '\n'); /* between records */
				trim_info(&t, package);
			}
		uint32_t node = image_index_resolve(x, DIRECTORY "/status", true, NULL, NULL);
		*packages_edit_add(out, node) = trimmed;
		trimmed = (struct buf){0};
		keep_whole(&t);
	}
	each_single(x, trim_single, &t);
	return 0;
}

const struct packages_database packages_database_dpkg = {DIRECTORY, read_database, trim_database};
