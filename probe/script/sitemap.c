#include "probe/script/sitemap.h"

#include <fcntl.h>
#include <libdeflate.h>
#include <libxml/xmlreader.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "os/fd.h"
#include "probe/script/origin.h"
#include "probe/script/seen.h"

#define BLANKS " \t\r\n"
#define DEPTH_MAX 16 /* elements in each other; a sitemap has 3, an extension some more */

/* State that the sitemaps of one option share. */
struct reader {
	int dir;
	struct probe_script *out;
	struct notes *notes;
	struct probe_origin origin;
	struct probe_seen seen;
	size_t first, parts;
};

/* ---- gzip ---- */

static bool is_gzip(const char *data, size_t n)
{
	return n > 2 && memcmp(data, "\x1f\x8b", 2) == 0;
}

/* The first member of a gzip file, at most LIMIT_SITEMAP bytes. */
static int decompress(const char *data, size_t n, const char *what, struct buf *out, struct err *err)
{
	enum libdeflate_result r = LIBDEFLATE_INSUFFICIENT_SPACE;
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	if (!d)
		abort(); /* out of memory */
	for (size_t size = 1u << 20; r == LIBDEFLATE_INSUFFICIENT_SPACE && size <= LIMIT_SITEMAP; size *= 4) {
		buf_done(out);
		buf_reserve(out, size);
		r = libdeflate_gzip_decompress(d, data, n, out->data, size, &out->len);
	}
	libdeflate_free_decompressor(d);
	if (r == LIBDEFLATE_INSUFFICIENT_SPACE)
		return err_set(err, ERR_LIMIT, "input-too-large", "%.300s is larger than %u bytes without gzip", what,
			       LIMIT_SITEMAP);
	return r == LIBDEFLATE_SUCCESS
		   ? 0
		   : err_set(err, ERR_INVAL, "probe-file-malformed", "%.300s is damaged gzip", what);
}

/* ---- XML ---- */

/* The parser's first complaint. */
struct complaint {
	int line;
	char text[200];
};

static void complain(void *ctx, xmlErrorPtr e)
{
	struct complaint *c = ctx;
	if (c->line || e->level < XML_ERR_ERROR)
		return;
	c->line = e->line > 0 ? e->line : 1;
	snprintf(c->text, sizeof(c->text), "%.*s", (int)strcspn(e->message ? e->message : "", "\n"),
		 e->message ? e->message : "");
}

static void reader_freep(xmlTextReaderPtr *x)
{
	xmlFreeTextReader(*x);
}

static int read_one(struct reader *s, const char *data, size_t n, const char *what, bool may_be_index, struct err *err);

/* A part of an index: the file of its name, or a request for it. */
static int read_part(struct reader *s, const char *url, const char *what, struct err *err)
{
	const char *slash = strrchr(url, '/');
	const char *name = slash ? slash + 1 : url;
	size_t len = strcspn(name, "?#");
	CLEANUP_FREE char *file = mem_strndup(name, len);
	CLEANUP_BUF struct buf data = {0};
	if (++s->parts > LIMIT_SITEMAP_PARTS)
		return err_set(err, ERR_LIMIT, "input-too-large", "%.300s has more than %d parts", what,
			       LIMIT_SITEMAP_PARTS);
	if (s->dir >= 0 && *file && strcmp(file, "..") != 0 && strcmp(file, ".") != 0) {
		CLEANUP_FD int fd = openat(s->dir, file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
		if (fd >= 0) {
			int e = fd_read_all(fd, LIMIT_SITEMAP, file, &data, err);
			return e < 0 ? e : read_one(s, data.data, data.len, file, false, err);
		}
	}
	notes_add(s->notes, "sitemap-part-not-read",
		  "%s: its part %.200s is not in its folder: slim requests the part and does not see its URLs", what,
		  url);
	return probe_origin_add(&s->origin, "GET", url, s->out, err);
}

/* Take one <loc>. A malformed one is an error, since nobody would notice that it is left out. */
static int take(struct reader *s, char *loc, const char *what, bool of_part, int line, struct err *err)
{
	struct err cause = {0};
	char *url = loc + strspn(loc, BLANKS);
	size_t len = strlen(url);
	while (len && strchr(BLANKS, url[len - 1]))
		url[--len] = '\0';
	if (s->out->count - s->first >= LIMIT_PROBE_REQUESTS)
		return err_set(err, ERR_LIMIT, "input-too-large", "%.300s has more than %d URLs", what,
			       LIMIT_PROBE_REQUESTS);
	if (of_part)
		return read_part(s, url, what, err);
	int r = probe_origin_add(&s->origin, "GET", url, s->out, &cause);
	if (r > 0 && !probe_seen_is_new(&s->seen, s->out))
		probe_script_drop(s->out);
	if (r < 0)
		return err_set(err, ERR_INVAL, "probe-file-malformed", "%.300s, line %d: \"%.200s\": %.200s", what,
			       line, url, cause.msg);
	return r;
}

/* What the reader stands at: the text of a <loc> of <url> or <sitemap>, not of an extension (image:loc). */
struct place {
	bool index;      /* of a <sitemapindex> */
	bool in_loc;     /* below <loc> */
	struct buf text; /* of it */
};

static bool is_loc(xmlTextReaderPtr x)
{
	const xmlChar *prefix = xmlTextReaderConstPrefix(x);
	return !prefix && xmlTextReaderDepth(x) == 2 && xmlStrEqual(xmlTextReaderConstLocalName(x), BAD_CAST "loc");
}

/* The root says what the file is. */
static int take_root(struct place *at, xmlTextReaderPtr x, const char *what, bool may_be_index, struct err *err)
{
	const char *name = (const char *)xmlTextReaderConstLocalName(x);
	at->index = strcmp(name, "sitemapindex") == 0;
	if (at->index && !may_be_index)
		return err_set(err, ERR_INVAL, "probe-file-malformed", "%.300s is a sitemap index inside another one",
			       what);
	if (!at->index && strcmp(name, "urlset") != 0)
		return err_set(err, ERR_INVAL, "probe-file-malformed",
			       "%.300s is not a sitemap: it begins with <%.60s>, not <urlset> or <sitemapindex>", what,
			       name);
	return 0;
}

static int take_node(struct reader *s, struct place *at, xmlTextReaderPtr x, const char *what, bool may_be_index,
		     struct err *err)
{
	const int type = xmlTextReaderNodeType(x);
	if (xmlTextReaderDepth(x) > DEPTH_MAX)
		return err_set(err, ERR_LIMIT, "input-too-large", "%.300s nests more than %d elements", what,
			       DEPTH_MAX);
	if (type == XML_READER_TYPE_ELEMENT && xmlTextReaderDepth(x) == 0)
		return take_root(at, x, what, may_be_index, err);
	if (type == XML_READER_TYPE_ELEMENT && is_loc(x)) {
		at->in_loc = !xmlTextReaderIsEmptyElement(x);
		at->text.len = 0;
		buf_append(&at->text, "", 0);
	} else if (at->in_loc && (type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_CDATA)) {
		buf_str(&at->text, (const char *)xmlTextReaderConstValue(x));
	} else if (type == XML_READER_TYPE_END_ELEMENT && at->in_loc && is_loc(x)) {
		at->in_loc = false;
		int r = take(s, at->text.data, what, at->index, xmlTextReaderGetParserLineNumber(x), err);
		return r < 0 ? r : 0;
	}
	return 0;
}

static int read_xml(struct reader *s, const char *data, size_t n, const char *what, bool may_be_index, struct err *err)
{
	struct complaint complaint = {0};
	struct place at = {0};
	__attribute__((cleanup(reader_freep))) xmlTextReaderPtr x =
	    xmlReaderForMemory(data, (int)n, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	if (!x)
		return err_set(err, ERR_INVAL, "probe-file-malformed", "%.300s is not XML", what);
	xmlTextReaderSetStructuredErrorHandler(x, complain, &complaint);
	int more, e = 0;
	while (e == 0 && (more = xmlTextReaderRead(x)) == 1)
		e = take_node(s, &at, x, what, may_be_index, err);
	buf_done(&at.text);
	if (e == 0 && more < 0)
		e = err_set(err, ERR_INVAL, "probe-file-malformed", "%.300s, line %d: %s", what, complaint.line,
			    complaint.text[0] ? complaint.text : "it is not XML");
	return e;
}

static int read_one(struct reader *s, const char *data, size_t n, const char *what, bool may_be_index, struct err *err)
{
	CLEANUP_BUF struct buf plain = {0};
	int e = is_gzip(data, n) ? decompress(data, n, what, &plain, err) : 0;
	if (e < 0)
		return e;
	if (is_gzip(data, n))
		return read_xml(s, plain.data, plain.len, what, may_be_index, err);
	if (n > LIMIT_SITEMAP)
		return err_set(err, ERR_LIMIT, "input-too-large", "%.300s is larger than %u bytes", what,
			       LIMIT_SITEMAP);
	return read_xml(s, n ? data : "", n, what, may_be_index, err);
}

int probe_sitemap_parse(const char *data, size_t n, const char *what, int dir, struct probe_script *out,
			struct notes *notes, struct err *err)
{
	struct reader s = {.dir = dir, .out = out, .notes = notes, .first = out->count};
	int e = read_one(&s, data, n, what, true, err);
	if (e == 0)
		probe_origin_tell(&s.origin, what, notes);
	probe_origin_done(&s.origin);
	probe_seen_done(&s.seen);
	if (e == 0 && out->count == s.first)
		e = err_set(err, ERR_INVAL, "probe-file-malformed", "%.300s has no URL", what);
	return e < 0 ? e : probe_script_check(out, s.first, what, err);
}

int probe_sitemap_read(const char *path, struct probe_script *out, struct notes *notes, struct err *err)
{
	CLEANUP_BUF struct buf data = {0};
	const char *slash = strrchr(path, '/');
	CLEANUP_FREE char *folder = slash ? mem_strndup(path, (size_t)(slash - path) + 1) : mem_strdup(".");
	int e = fd_read_file(AT_FDCWD, path, LIMIT_SITEMAP, &data, err);
	if (e < 0)
		return e;
	CLEANUP_FD int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return probe_sitemap_parse(data.data, data.len, path, dir, out, notes, err);
}
