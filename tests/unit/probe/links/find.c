#include "unit.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "probe/links/find.h"

/* The references joined with "|", the base in front as "base>". */
static char *found(const char *type, const char *data, size_t n)
{
	CLEANUP_PROBE_LINKS struct probe_links l = {0};
	struct buf b = {0};
	probe_links_find(type, data, n, &l);
	if (l.base)
		buf_printf(&b, "%s>", l.base);
	for (size_t i = 0; i < l.count; i++)
		buf_printf(&b, "%s%s%s%s", i ? "|" : "", l.items[i].kind == PROBE_LINK_POST ? "POST " : "",
			   l.items[i].ref, l.items[i].fields ? l.items[i].fields : "");
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
	     "/get|/g2|POST /post"},
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
	    {"a{b:image-set(\"a.png\" 1x, url(b.png) 2x, 'c.avif' type(\"image/avif\"))} d{e:url(f)}",
	     "a.png|b.png|c.avif|f"},
	    {"a{b:-webkit-image-set(\"a\" 1x}c{d:url(e)}", "a|e"},
	    {"@import url(\"a.css\") layer(x);@import\"b.css\"", "a.css|b.css"},
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

static void forms(void **state)
{
	static const struct {
		const char *html, *want;
	} cases[] = {
	    {"<form action=/s><input name=q></form>", "/s?q="},
	    {"<form action='/s?old=1#x'><input name=q value='a b&c=\xc3\xbc'></form>", "/s?q=a+b%26c%3D%C3%BC"},
	    {"<form><input name=q></form>", "?q="},
	    {"<form><input value=1><input name=a disabled><input name='' value=2></form>", ""},
	    {"<form action=s><input type=hidden name=t value=1><input type=number name=n value=5></form>", "s?t=1&n=5"},
	    {"<form action=s><input type=checkbox name=a><input type=checkbox name=b checked>"
	     "<input type=radio name=c value=1><input type=radio name=c value=2 checked></form>",
	     "s?b=on&c=2"},
	    {"<form action=s><select name=a><option value=1>one<option value=2 selected>two</select>"
	     "<select name=b><option>first </option><option>second</option></select>"
	     "<select name=c multiple><option>x<option selected>y<option selected value=z>Z</select>"
	     "<select name=d></select></form>",
	     "s?a=2&b=first+&c=y&c=z"},
	    {"<form action=s><textarea name=t>some text</textarea><textarea name=u></textarea></form>",
	     "s?t=some+text&u="},
	    {"<form action=s><input type=submit name=go value=1><input type=submit name=stop value=1>"
	     "<input type=reset name=r><input type=file name=f><input type=image name=i><button "
	     "name=b>x</button></form>",
	     "s?go=1"},
	    {"<form action=s><button name=go value=x>Go</button></form>", "s?go=x"},
	    {"<form action=/a><input name=x><form action=/b><input name=y>", "/a?x=|/b?y="},
	    {"<form action=/login method=POST><input name=user><input type=password name=password>"
	     "<input type=submit name=go></form>",
	     "POST /loginuser, password"},
	    {"<form method=post><textarea name=text></textarea><select name=kind></select></form>", "POST text, kind"},
	    {"<form method=dialog action=/no><input name=x></form>", ""},
	    {"<input name=x><select name=y><option>z</select>", ""},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CLEANUP_FREE char *got = found("text/html", cases[i].html, strlen(cases[i].html));
		if (strcmp(got, cases[i].want) != 0)
			print_error("%s\n", cases[i].html);
		assert_string_equal(got, cases[i].want);
	}
}

static void script_links(void **state)
{
	static const struct {
		const char *script, *want;
	} cases[] = {
	    {"", ""},
	    {"import './a.js'; import\"/b.js\"", "./a.js|/b.js"},
	    {"import x, {y as z} from './a.js'\nimport * as q from \"../b.js\"", "./a.js|../b.js"},
	    {"import{a}from'./a.js';export*from'./b.js';export{c}from'./c.js'", "./a.js|./b.js|./c.js"},
	    {"import React from 'react'; import 'https://cdn.example/x.js'", "https://cdn.example/x.js"},
	    {"const m = await import(/* webpackChunkName: 'm' */ './lazy.js')", "./lazy.js"},
	    {"import(`./t.js`); import(`./${name}.js`)", "./t.js"},
	    {"import data from './d.json' with {type: 'json'}", "./d.json"},
	    {"importScripts('a.js', \"lib/b.js\")", "a.js|lib/b.js"},
	    {"new Worker('/w.js'); navigator.serviceWorker.register('/sw.js', {scope: '/no'})", "/w.js|/sw.js"},
	    {"new URL('./img.png', import.meta.url)", "./img.png"},
	    {"fetch('/api/items').then(r => r.json()); axios.get('/api/users')", "/api/items|/api/users"},
	    {"fetch('/api/save', {method: 'POST'}); axios.post('/no'); get('no')", ""},
	    {"// import './no.js'\n/* import './no.js' */ import './yes.js'", "./yes.js"},
	    {"var s = \"import './no.js'\"; import './yes.js'", "./yes.js"},
	    {"var r = /import '.\\/[/'\"]/g; import './yes.js'", "./yes.js"},
	    {"a = b / c; import './yes.js'; d / 'x'", "./yes.js"},
	    {"`${`import './no.js'`} ${import('./yes.js')}`; import './too.js'", "./yes.js|./too.js"},
	    {"x.from('./no.js'); from = './no.js'", ""},
	    {"import './a\\x41.js'", ""},
	    {"import './open", ""},
	    {"import '", ""},
	    {"`${", ""},
	    {"/", ""},
	    {"/*", ""},
	    {"}}}}`", ""},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CLEANUP_FREE char *got = found("text/javascript", cases[i].script, strlen(cases[i].script));
		if (strcmp(got, cases[i].want) != 0)
			print_error("%s\n", cases[i].script);
		assert_string_equal(got, cases[i].want);
	}
}

static void scripts_in_pages(void **state)
{
	static const char page[] =
	    "<script type=importmap>{\"imports\":{\"a\":\"/lib/a.js\",\"b/\":\"/lib/b/\"}}</script>"
	    "<script type=module>import './m.js'; if (a < b && c) import('./n.js')</script>"
	    "<script>fetch('/api')</script><script type=text/template><a href=no></script>"
	    "<script type='application/json'>{\"src\": \"/no\"}</script>"
	    "<link rel=modulepreload href=/pre.js><svg><use href='/icons.svg#x'></use></svg>";
	CLEANUP_FREE char *got = found("text/html", page, strlen(page));
	assert_string_equal(got, "/lib/a.js|./m.js|./n.js|/api|/pre.js|/icons.svg#x");
}

static void manifests(void **state)
{
	static const char manifest[] =
	    "{\"name\":\"x\",\"start_url\":\"/?app\",\"icons\":[{\"src\":\"i.png\",\"sizes\":\"1x1\"}],"
	    "\"shortcuts\":[{\"url\":\"/new\",\"icons\":[{\"src\":\"n.png\"}]}],\"serviceworker\":{\"src\":\"sw.js\"}}";
	CLEANUP_FREE char *got = found("application/manifest+json", manifest, strlen(manifest));
	assert_string_equal(got, "/?app|i.png|n.png|/new|sw.js");
	CLEANUP_FREE char *broken = found("application/manifest+json", manifest, 40);
	assert_string_equal(broken, "");
}

static void link_headers(void **state)
{
	static const struct {
		const char *value, *want;
	} cases[] = {
	    {"</a.css>; rel=preload; as=style, </b.js>;rel=\"modulepreload\"", "/a.css|/b.js"},
	    {"<https://api.example/x?page=2>; rel=\"next\", <x>; rel=\"last\"", "https://api.example/x?page=2|x"},
	    {"</a>; title=\"a, b; rel=preload\"; rel=other", ""},
	    {"</a>; title=\"<\"; rel=\"prev start\"", "/a"},
	    {"</a>; rel=preloaded, <>; rel=next", ""},
	    {"</a", ""},
	    {"</a>; rel=\"preload", "/a"},
	    {"<", ""},
	    {"", ""},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CLEANUP_PROBE_LINKS struct probe_links l = {0};
		CLEANUP_BUF struct buf b = {0};
		probe_links_find_header(cases[i].value, &l);
		for (size_t k = 0; k < l.count; k++)
			buf_printf(&b, "%s%s", k ? "|" : "", l.items[k].ref);
		assert_string_equal(b.data ? b.data : "", cases[i].want);
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
	    {"application/javascript", "import './x.js'", "./x.js"},
	    {"text/javascript; charset=utf-8", "import './x.js'", "./x.js"},
	    {"application/manifest+json", "{\"start_url\":\"/app\"}", "/app"},
	    {"application/json", "{\"href\":\"/no\",\"src\":\"/no\",\"imports\":[\"/no\"]}", ""},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CLEANUP_FREE char *got = found(cases[i].type, cases[i].data, strlen(cases[i].data));
		assert_string_equal(got, cases[i].want);
	}
	CLEANUP_FREE char *bytes = found("text/html", "<a href=x>\0\0<a href=y\0z><a href=\"\xff\xfe\">\xc3", 37);
	assert_non_null(strstr(bytes, "x"));
}

/* n times a, then m times b: what makes parsers slow or deep. */
static void hostile_one(const char *a, size_t n, const char *b, size_t m)
{
	CLEANUP_BUF struct buf page = {0};
	CLEANUP_PROBE_LINKS struct probe_links l = {0};
	for (size_t i = 0; i < n; i++)
		buf_str(&page, a);
	for (size_t i = 0; i < m; i++)
		buf_str(&page, b);
	probe_links_find("text/html", page.data, page.len, &l);
	assert_true(l.count <= LIMIT_LINKS);
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
	CLEANUP_PROBE_LINKS struct probe_links l = {0};
	probe_links_find("text/html", page.data, page.len, &l);
	assert_int_equal(l.count, 2);
	assert_int_equal(strlen(l.items[0].ref), LIMIT_LINK);
	assert_string_equal(l.items[1].ref, "short");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(html_links),
	    cmocka_unit_test(css_links),
	    cmocka_unit_test(forms),
	    cmocka_unit_test(script_links),
	    cmocka_unit_test(scripts_in_pages),
	    cmocka_unit_test(manifests),
	    cmocka_unit_test(link_headers),
	    cmocka_unit_test(types),
	    cmocka_unit_test(hostile_pages_end),
	    cmocka_unit_test(what_is_too_long_is_left_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
