#include "unit.h"

#include <strings.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "probe/http/crawl.h"

/* The references joined with "|", the base in front as "base>". */
static char *found(const char *type, const char *data, size_t n)
{
	CLEANUP_CRAWL_LINKS struct probe_crawl_links l = {0};
	struct buf b = {0};
	probe_crawl_links_find(type, data, n, &l);
	if (l.base)
		buf_printf(&b, "%s>", l.base);
	for (size_t i = 0; i < l.refs.count; i++)
		buf_printf(&b, "%s%s", i ? "|" : "", l.refs.items[i]);
	return buf_steal(&b);
}

static void html_links(void **state)
{
	static const struct {
		const char *html, *want;
	} cases[] = {
	    {"", ""},
	    {"<a href=x>", "x"},
	    {"<A HREF='x y'>", "x y"},
	    {"<a href=\" \n/a\tb\r\n \">", "/ab"},
	    {"<a href=a?x=1&amp;y=2&z=3>", "a?x=1&y=2&z=3"},
	    {"<a href>no value</a><a href=''>", ""},
	    {"<a href='#here'>", ""},
	    {"<a href=x#here>", "x#here"},
	    {"<a href='mailto:a@b'>", "mailto:a@b"},
	    {"<a name=x ping=/p>", ""},
	    {"<link rel=stylesheet href=s.css><link rel=icon href=i.ico>", "s.css|i.ico"},
	    {"<script src=a.js></script><script>var x = '<a href=no>'</script>", "a.js"},
	    {"<noscript><img src=n.png></noscript>", "n.png"},
	    {"<template><img src=t.png></template>", "t.png"},
	    {"<img src=a.png srcset='b.png 1x, c.png 2x,d.png'>", "a.png|b.png|c.png|d.png"},
	    {"<img srcset='a.png, b.png 100w,,c,d.png 2x'>", "a.png|b.png|c,d.png"},
	    {"<img srcset=' , '><img srcset=''>", ""},
	    {"<link rel=preload as=image imagesrcset='a 1x, b 2x'>", "a|b"},
	    {"<form action=/get></form><form action=/g2 method=GET></form><form action=/post method=Post></form>",
	     "/get|/g2"},
	    {"<form method=dialog action=/d></form><form></form>", ""},
	    {"<iframe src=f></iframe><frame src=g>", "f|g"},
	    {"<video src=v poster=p><source src=s><track src=t></video><audio src=a></audio>", "v|p|s|t|a"},
	    {"<map><area href=x></map><embed src=e><object data=o></object><div data=no>", "x|e|o"},
	    {"<svg><use href='u.svg#a'/><use xlink:href='v.svg#b'/><image href=i.png /></svg>",
	     "u.svg#a|v.svg#b|i.png"},
	    {"<body background=bg.png><input type=image src=in.png>", "bg.png|in.png"},
	    {"<meta http-equiv=Refresh content='5; URL=next'>", "next"},
	    {"<meta http-equiv=refresh content=\"0;url='next page'\">", "next page"},
	    {"<meta http-equiv=refresh content='3'><meta name=refresh content='3;url=no'>", ""},
	    {"<meta http-equiv=refresh content='3; next'>", "next"},
	    {"<meta http-equiv=refresh><meta http-equiv=refresh content>", ""},
	    {"<style>a{background:url(b.png)}</style><p>url(no.png)</p>", "b.png"},
	    {"<style>@import 'x.css'; a{b:url('c d.png')}", "x.css|c d.png"},
	    {"<p style=\"background: url('i.png')\">", "i.png"},
	    {"<base href=/b/><a href=x><base href=/c/>", "/b/>x"},
	    {"<!-- <a href=no> --><a href=yes>", "yes"},
	    {"<a href=\"unclosed", "unclosed"},
	    {"<a href=x href=y>", "x"},
	    {"<!DOCTYPE html><html><head><title>t</title></head><body><a href=yes>", "yes"},
	    {"<title><a href=x></title>", "x"}, /* the parser knows no RCDATA: one request too many */
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CLEANUP_FREE char *got = found("text/html; charset=latin1", cases[i].html, strlen(cases[i].html));
		if (strcmp(got, cases[i].want) != 0)
			print_error("%s\n", cases[i].html);
		assert_string_equal(got, cases[i].want);
	}
}

static void css_links(void **state)
{
	static const struct {
		const char *css, *want;
	} cases[] = {
	    {"", ""},
	    {"a{b:url(c)}", "c"},
	    {"a{b:URL( \"c)d\" )}", "c)d"},
	    {"a{b:url( c )}", "c"},
	    {"@import 'a.css';@import url(b.css) print;", "a.css|b.css"},
	    {"/* url(no) */ a{b:url(yes)}", "yes"},
	    {"/* never closed url(no)", ""},
	    {"a{content:\"url(no)\\\" url(no)\"; b:url(yes)}", "yes"},
	    {"a{b:url(", ""},
	    {"a{b:url(\"c", "c"},
	    {"a{b:url()}a{b:url('')}", ""},
	    {"a{b:url(#id)} c{d:url(x.svg#id)}", "x.svg#id"},
	    {"@import", ""},
	    {"'", ""},
	    {"'\\", ""},
	    {"\"a\nurl(b)", "b"},
	    {"/*", ""},
	    {"/", ""},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CLEANUP_FREE char *got = found("Text/CSS", cases[i].css, strlen(cases[i].css));
		if (strcmp(got, cases[i].want) != 0)
			print_error("%s\n", cases[i].css);
		assert_string_equal(got, cases[i].want);
	}
}

static void types(void **state)
{
	static const struct {
		const char *type, *data, *want;
	} cases[] = {
	    {"text/html", "<a href=x>", "x"},
	    {"TEXT/HTML;charset=x", "<a href=x>", "x"},
	    {"application/xhtml+xml", "<?xml version='1.0'?><html><a href='x'/></html>", "x"},
	    {"image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg'><image href='x'/></svg>", "x"},
	    {"text/css", "a{b:url(x)}", "x"},
	    {"", "\n <a href=x>", "x"},
	    {"", "a{b:url(x)}", ""},
	    {"text/plain", "<a href=x>", ""},
	    {"text/htmlx", "<a href=x>", ""},
	    {"text/ht", "<a href=x>", ""},
	    {"application/json", "{}", ""},
	    {"application/javascript", "import './x.js'", ""},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CLEANUP_FREE char *got = found(cases[i].type, cases[i].data, strlen(cases[i].data));
		assert_string_equal(got, cases[i].want);
	}
	CLEANUP_FREE char *bytes = found("text/html", "<a href=x>\0\0<a href=y\0z><a href=\"\xff\xfe\">\xc3", 37);
	assert_non_null(strstr(bytes, "x"));
}

static const struct {
	const char *base, *ref, *want; /* on http://127.0.0.1:8080/dir/page?q=1 */
} resolved[] = {
    {NULL, "x", "/dir/x"},
    {NULL, "/x", "/x"},
    {NULL, "./x", "/dir/x"},
    {NULL, "../x", "/x"},
    {NULL, "../../../x", "/x"},
    {NULL, "/a/./b/../c", "/a/c"},
    {NULL, "?a=b", "/dir/page?a=b"},
    {NULL, "x?a=b&c=d#e", "/dir/x?a=b&c=d"},
    {NULL, "x?", "/dir/x"},
    {NULL, "x#", "/dir/x"},
    {NULL, "a b", "/dir/a%20b"},
    {NULL, "/\xc3\xbc", "/%c3%bc"},
    {NULL, "/%2e%2e/x", "/%2e%2e/x"},
    {NULL, "http://127.0.0.1:8080", "/"},
    {NULL, "HTTP://127.0.0.1:8080/x", "/x"},
    {NULL, "http://127.0.0.1:8080/a b", "/a%20b"},
    {NULL, "//127.0.0.1:8080/x", "/x"},
    {NULL, "http://user:secret@127.0.0.1:8080/x", "/x"},
    {NULL, "http://127.0.0.1/x", NULL},
    {NULL, "http://127.0.0.1:8081/x", NULL},
    {NULL, "https://127.0.0.1:8080/x", NULL},
    {NULL, "//other.example/x", NULL},
    {NULL, "http://127.0.0.1.example:8080/x", NULL},
    {NULL, "mailto:a@b", NULL},
    {NULL, "javascript:void(0)", NULL},
    {NULL, "data:text/plain,hello", NULL},
    {NULL, "tel:1", NULL},
    {NULL, "ftp://127.0.0.1:8080/", NULL},
    {NULL, "http://", NULL},
    {NULL, "http://127.0.0.1:8080:1/", NULL},
    {NULL, "/x\x01y", NULL},
    {"/b/", "x", "/b/x"},
    {"/b/", "?q", "/b/?q"},
    {"b/c", "x", "/dir/b/x"},
    {"http://127.0.0.1:8080/b/", "x", "/b/x"},
    {"http://other.example/", "x", NULL},
    {"http://other.example/", "http://127.0.0.1:8080/x", "/x"},
    {"mailto:a", "x", NULL},
};

static void resolve(void **state)
{
	for (size_t i = 0; i < sizeof(resolved) / sizeof(*resolved); i++) {
		CLEANUP_FREE char *got =
		    probe_crawl_resolve("http://127.0.0.1:8080/dir/page?q=1", resolved[i].base, resolved[i].ref);
		if (!got != !resolved[i].want || (got && strcasecmp(got, resolved[i].want) != 0))
			print_error("%s: %s\n", resolved[i].ref, got);
		assert_int_equal(!got, !resolved[i].want);
		if (got)
			assert_int_equal(strcasecmp(got, resolved[i].want), 0);
	}
	CLEANUP_FREE char *port = probe_crawl_resolve("http://127.0.0.1:80/", NULL, "http://127.0.0.1/x");
	assert_string_equal(port, "/x");
	CLEANUP_FREE char *v6 = probe_crawl_resolve("https://[::1]:443/", NULL, "https://[::1]/x");
	assert_string_equal(v6, "/x");
}

/* n times a, then m times b: what makes parsers slow or deep. */
static void hostile_one(const char *a, size_t n, const char *b, size_t m)
{
	CLEANUP_BUF struct buf page = {0};
	CLEANUP_CRAWL_LINKS struct probe_crawl_links l = {0};
	for (size_t i = 0; i < n; i++)
		buf_str(&page, a);
	for (size_t i = 0; i < m; i++)
		buf_str(&page, b);
	probe_crawl_links_find("text/html", page.data, page.len, &l);
	assert_true(l.refs.count <= LIMIT_LINKS);
}

static void hostile_pages_end(void **state)
{
	hostile_one("<div>", 200000, "</p>", 100000);
	hostile_one("<a href=x><b>", 70000, "</i>", 100000);
	hostile_one("<a href=x>", 100000, "", 0);
	hostile_one("<!--", 200000, "", 0);
	hostile_one("<!", 300000, "", 0);
	hostile_one("<", 900000, ">", 100);
	hostile_one("<table><tr><td>", 60000, "</table>", 1000);
	hostile_one("<p><ul><li><font>", 60000, "", 0);
	hostile_one("&#x41;", 150000, "", 0);
	hostile_one("<style>", 100000, "url(x)", 10000);
	hostile_one("<script>", 100000, "</scrip", 10000);
	hostile_one("<a href='", 1, "x", 2000000);
	hostile_one("<img srcset='", 1, "a ", 400000);
	hostile_one("<style>", 1, "/*", 400000);
	hostile_one("<style>", 1, "url(", 200000);
	CLEANUP_BUF struct buf attributes = {0};
	for (size_t i = 0; i < 100000; i++)
		buf_printf(&attributes, " a%zx", i);
	hostile_one("<a", 1, attributes.data, 1);
}

static void what_is_too_long_is_left_out(void **state)
{
	CLEANUP_BUF struct buf page = {0};
	buf_printf(&page, "<a href=/%0*d><a href=/%0*d><a href=short>", LIMIT_LINK - 1, 1, LIMIT_LINK, 1);
	CLEANUP_CRAWL_LINKS struct probe_crawl_links l = {0};
	probe_crawl_links_find("text/html", page.data, page.len, &l);
	assert_int_equal(l.refs.count, 2);
	assert_int_equal(strlen(l.refs.items[0]), LIMIT_LINK);
	assert_string_equal(l.refs.items[1], "short");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(html_links),
	    cmocka_unit_test(css_links),
	    cmocka_unit_test(types),
	    cmocka_unit_test(resolve),
	    cmocka_unit_test(hostile_pages_end),
	    cmocka_unit_test(what_is_too_long_is_left_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
