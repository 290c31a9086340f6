/* apk's database: /lib/apk/db/installed, records of lines "K:value": P name, o name of its source, V version, A
 * architecture, D what it needs, F a directory, R a file in it, followed by lines about that file. Format: apk-tools 2,
 * src/database.c. */
#include <string.h>

#include "base/mem.h"
#include "packages/database.h"

#define DIRECTORY "/lib/apk/db"
#define INSTALLED DIRECTORY "/installed"

struct record {
	const char *start, *end; /* without the empty line behind it */
	struct packages_field name, version, architecture, source, depends;
};

static bool next_record(const char **rest, const char *end, struct record *r)
{
	const char *line;
	size_t n;
	*r = (struct record){0};
	while (packages_line(rest, end, &line, &n)) {
		if (!n && r->start)
			return true;
		if (!n)
			continue;
		if (!r->start)
			r->start = line;
		r->end = line + n;
		if (n < 2 || line[1] != ':')
			continue;
		struct packages_field value = {line + 2, n - 2};
		if (line[0] == 'P')
			r->name = value;
		else if (line[0] == 'V')
			r->version = value;
		else if (line[0] == 'A')
			r->architecture = value;
		else if (line[0] == 'o')
			r->source = value;
		else if (line[0] == 'D')
			r->depends = value;
	}
	return r->start != NULL;
}

/* Goes through the lines of a record; at each file path is that file's. */
struct files {
	const char *rest, *end, *line;
	size_t n;
	struct packages_field dir;
	struct buf path;
};

static bool next_line(struct files *f, bool *is_file, bool *is_dir)
{
	if (!packages_line(&f->rest, f->end, &f->line, &f->n))
		return false;
	bool known = f->n >= 2 && f->line[1] == ':';
	*is_dir = known && f->line[0] == 'F';
	*is_file = known && f->line[0] == 'R';
	if (*is_dir)
		f->dir = (struct packages_field){f->line + 2, f->n - 2};
	if (!*is_dir && !*is_file)
		return true;
	f->path.len = 0;
	buf_char(&f->path, '/');
	buf_append(&f->path, f->dir.n ? f->dir.text : "", f->dir.n);
	if (*is_file) {
		buf_char(&f->path, '/');
		buf_append(&f->path, f->line + 2, f->n - 2);
	}
	return true;
}

static int read_database(const struct image_index *x, struct packages *p, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	if (!image_index_text(x, INSTALLED, PACKAGES_FILE_MAX, &text) || !text.len)
		return 0;
	const char *rest = text.data, *end = rest + text.len;
	struct record r;
	while (next_record(&rest, end, &r)) {
		uint32_t package = packages_add(p, PACKAGES_APK, r.name, r.version, r.architecture);
		if (package != PACKAGES_NONE && r.depends.n)
			p->items[package].needs = mem_strndup(r.depends.text, r.depends.n);
		if (package != PACKAGES_NONE && r.source.n)
			p->items[package].source = mem_strndup(r.source.text, r.source.n);
		struct files f = {.rest = r.start, .end = r.end};
		bool is_file, is_dir;
		while (package != PACKAGES_NONE && next_line(&f, &is_file, &is_dir))
			if (is_file || is_dir)
				packages_own(p, x, package, f.path.data);
		buf_done(&f.path);
	}
	return 0;
}

/* The record without the files that are gone, and the lines about them. */
static void trim_record(const struct image_index *x, const struct record *r, const bool *kept, struct buf *out)
{
	struct files f = {.rest = r->start, .end = r->end};
	bool is_file, is_dir, gone = false;
	while (next_line(&f, &is_file, &is_dir)) {
		if (is_file || is_dir) {
			uint32_t node = image_index_resolve(x, f.path.data, false, NULL, NULL);
			gone = node == IMAGE_NONE || !kept[node];
		}
		if (gone)
			continue;
		buf_append(out, f.line, f.n);
		buf_char(out, '\n');
	}
	buf_char(out, '\n');
	buf_done(&f.path);
}

static int trim_database(const struct packages *p, const struct image_index *x, const bool *kept, const bool *remains,
			 struct packages_edits *out, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	if (!image_index_text(x, INSTALLED, PACKAGES_FILE_MAX, &text) || !text.len)
		return 0;
	uint32_t next = packages_first(p, PACKAGES_APK);
	struct buf *trimmed = packages_edit_add(out, image_index_resolve(x, INSTALLED, true, NULL, NULL));
	const char *rest = text.data, *end = rest + text.len;
	struct record r;
	while (next_record(&rest, end, &r))
		if (packages_is_name(r.name) && next < p->count && remains[next++])
			trim_record(x, &r, kept, trimmed);
	return 0;
}

const struct packages_database packages_database_apk = {DIRECTORY, read_database, trim_database};
