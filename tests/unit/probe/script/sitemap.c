#include "shown.h"

#include <fcntl.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "os/fd.h"
#include "probe/script/sitemap.h"

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define NS " xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\""

static void reads_bytes(const char *data, size_t n, int dir, const char *want, const char *note)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	CLEANUP_NOTES struct notes notes = {0};
	struct err e = {0};
	if (probe_sitemap_parse(data, n, "f", dir, &s, &notes, &e) < 0)
		fail_msg("%s", e.msg);
	assert_script(&s, want);
	assert_int_equal(notes.count, note ? 1 : 0);
	if (note)
		assert_string_equal(notes.items[0].text, note);
}

static void reads_one(const char *text, const char *want, const char *note)
{
	reads_bytes(text, strlen(text), -1, want, note);
}

static void refuses_bytes(const char *data, size_t n, int dir, const char *says)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	CLEANUP_NOTES struct notes notes = {0};
	struct err e = {0};
	if (probe_sitemap_parse(data, n, "f", dir, &s, &notes, &e) == 0)
		fail_msg("%.100s is taken", data);
	if (!strstr(e.msg, says))
		fail_msg("%.100s: \"%s\" does not say \"%s\"", data, e.msg, says);
}

static void refuses_one(const char *text, const char *says)
{
	refuses_bytes(text, strlen(text), -1, says);
}

static void sitemaps(void **state)
{
	reads_one(
	    HEAD "<urlset" NS " xmlns:image=\"http://www.google.com/schemas/sitemap-image/1.1\">\n"
		 "<url><loc>https://www.example.com/</loc><lastmod>2020-01-01</lastmod></url>\n"
		 "<url><loc> https://www.example.com/a?b=1&amp;c=2\n</loc>"
		 "<image:image><image:loc>https://www.example.com/i.png</image:loc></image:image></url>\n"
		 "<url><loc><![CDATA[https://www.example.com/d]]></loc></url>\n"
		 "<url><loc>https://www.example.com/</loc></url>\n"
		 "<url><loc>https://other.example/</loc></url></urlset>\n",
	    "GET /\n  host www.example.com\nGET /a?b=1&c=2\n  host www.example.com\nGET /d\n  host www.example.com\n",
	    "f: 1 of 5 URLs are not of www.example.com, and were left out");
	reads_one("<s:urlset xmlns:s=\"x\"><url><loc>http://localhost/a</loc></url></s:urlset>", "GET /a\n", NULL);
}

static void mistakes(void **state)
{
	refuses_one("", "f");
	refuses_one("<html><body/></html>", "f is not a sitemap: it begins with <html>");
	refuses_one("<urlset></urlset>", "f has no URL");
	refuses_one("<urlset>\n<url><loc>/a</loc></url></urlset>", "f, line 2: \"/a\": ");
	refuses_one("<urlset>\n\n<url><loc>http://a/</loc></urlset>", "f, line 3: Opening and ending tag mismatch");
	refuses_one("<urlset><url><loc/></url></urlset>", "f has no URL");
	refuses_one("<urlset><a><b><c><d><e><f><g><h><i><j><k><l><m><n><o><p><q/>", "more than 16 elements");
	refuses_one("\x1f\x8b\x08 damaged", "f is damaged gzip");
	/* No entity of a file is read. */
	refuses_one(
	    "<!DOCTYPE urlset [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><urlset><url><loc>&x;</loc></url></urlset>",
	    "f, line 1: \"\": ");
}

static void compressed(void **state)
{
	CLEANUP_BUF struct buf text = {0};
	buf_str(&text, "<urlset><url><loc>http://localhost/zip</loc></url><!--");
	for (int i = 0; i < 200000; i++)
		buf_str(&text, "padding ");
	buf_str(&text, "--></urlset>");
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(6);
	CLEANUP_FREE char *zip = mem_alloc(text.len + 64);
	size_t n = libdeflate_gzip_compress(c, text.data, text.len, zip, text.len + 64);
	reads_bytes(zip, n, -1, "GET /zip\n", NULL);
	CLEANUP_FREE char *bomb = mem_alloc(LIMIT_SITEMAP + 1), *small = mem_alloc(1u << 20);
	memset(bomb, ' ', LIMIT_SITEMAP + 1);
	n = libdeflate_gzip_compress(c, bomb, LIMIT_SITEMAP + 1, small, 1u << 20);
	libdeflate_free_compressor(c);
	refuses_bytes(small, n, -1, "larger than 67108864 bytes without gzip");
}

/* Parts that lie beside the index are read, others are requested. */
static void indexes(void **state)
{
	static const char index[] =
	    HEAD "<sitemapindex" NS "><sitemap><loc>https://a.example/maps/one.xml?x</loc></sitemap>"
		 "<sitemap><loc>https://a.example/two.xml</loc></sitemap></sitemapindex>",
			  one[] = "<urlset><url><loc>https://a.example/1</loc></url></urlset>",
			  nested[] = "<sitemapindex><sitemap><loc>http://a/b</loc></sitemap></sitemapindex>";
	char folder[] = "/tmp/slim-sitemap-XXXXXX";
	struct err e = {0};
	assert_non_null(mkdtemp(folder));
	CLEANUP_FD int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_FREE char *path = mem_printf("%s/sitemap.xml", folder);
	assert_int_equal(fd_write_file_atomic(dir, "one.xml", one, strlen(one), 0644, &e), 0);
	assert_int_equal(fd_write_file_atomic(dir, "sitemap.xml", index, strlen(index), 0644, &e), 0);
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	CLEANUP_NOTES struct notes notes = {0};
	assert_int_equal(probe_sitemap_read(path, &s, &notes, &e), 0);
	assert_script(&s, "GET /1\n  host a.example\nGET /two.xml\n  host a.example\n");
	assert_int_equal(notes.count, 1);
	assert_non_null(strstr(notes.items[0].text, "its part https://a.example/two.xml is not in its folder"));
	assert_int_equal(fd_write_file_atomic(dir, "two.xml", nested, strlen(nested), 0644, &e), 0);
	refuses_bytes(index, strlen(index), dir, "two.xml is a sitemap index inside another one");
	assert_int_equal(unlinkat(dir, "two.xml", 0), 0);
	assert_int_equal(symlinkat("/etc/passwd", dir, "two.xml"), 0);
	reads_bytes(
	    index, strlen(index), dir, "GET /1\n  host a.example\nGET /two.xml\n  host a.example\n",
	    "f: its part https://a.example/two.xml is not in its folder: slim requests the part and does not see its "
	    "URLs");
	fd_remove_tree(AT_FDCWD, folder, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(sitemaps), cmocka_unit_test(mistakes),
					   cmocka_unit_test(compressed), cmocka_unit_test(indexes)};
	return cmocka_run_group_tests_name("sitemap", tests, NULL, NULL);
}
