#include "unit.h"

#include <stdio.h>

#include "probe/routes/text.h"

static void expect(const char *text, const char *path)
{
	CLEANUP_BUF struct buf out = {0};
	bool is_path = routes_clean(text, strlen(text), &out);
	assert_int_equal(is_path, path != NULL);
	if (path)
		assert_string_equal(out.data, path);
}

static void what_varies(void **state)
{
	expect("/items", "/items");
	expect("/items/<int:id>", "/items/\1");
	expect("/items/:id/edit", "/items/\1/edit");
	expect("/items/:id(\\d+)?", "/items/\1");
	expect("/items/{id}/{part}", "/items/\1/\1");
	expect("/items/${id}", "/items/\1");
	expect("/items/%s", "/items/\1");
	expect("/items/(?P<id>[0-9]+)/", "/items/\1/");
	expect("/files/*", "/files/");
	expect("/files/*path", "/files/\1");
	expect("GET /items", "/items");
	expect("/posts(.:format)", "/posts");
	expect("/items$", "/items");
	expect("/items?page=2&all=1", "/items?page=2&all=1");
	expect("/items?q=${q}", "/items");
	expect("/a%20b", "/a%20b");
}

static void no_paths(void **state)
{
	static const char *const texts[] = {
	    "",          "/",         "items",       "//host/x",   "/a//b",      "/a/../b", "/1/2",  "/a b",
	    "/%m/%d",    "POST /x",   "/etc/passwd", "/usr/bin/x", "/proc/self", "/a/[b]",  "/a\\d", "/\1a",
	    "/shutdown", "/api/quit", "/x/delete/1", "/Logout",    "/a/{b",      "/a/<b",   "/a:b",  "/a/(b",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		expect(texts[i], NULL);
	expect("/tmp", "/tmp"); /* a service may have it */
	expect("/lib/", "/lib/");
}

/* The routes that the text names, separated by blanks. */
static void reads(const char *name, const char *text, const char *routes)
{
	CLEANUP_ROUTES_FINDS struct routes_finds f = {0};
	CLEANUP_STRLIST struct strlist found = {0};
	CLEANUP_STRSET struct strset asked = {0};
	CLEANUP_BUF struct buf all = {0};
	routes_text_read(&f, name, text, strlen(text));
	routes_finds_list(&f, &asked, &found);
	for (size_t i = 0; i < found.count; i++)
		buf_printf(&all, "%s%s", i ? " " : "", found.items[i]);
	assert_string_equal(all.data ? all.data : "", routes);
}

static void sources(void **state)
{
	reads("app.py", "@app.route('/items/<id>')\ndef x(): return '/other' # '/comment'\n", "/items/1 /other");
	reads("app.js", "app.get(\"/a\", x); // '/comment'\napp.get(`/b/${c}`)", "/a /b/1");
	reads("main.go", "mux.HandleFunc(\"GET /a/{id}\", h) // \"/comment\"\n", "/a/1");
	reads("web.php", "Route::get('posts/{post}', 'Posts'); # '/comment'\n", "/posts/1");
	reads("urls.py", "path('items/', x), name('other/')\n", "/items/");
	reads("a.rb", "get 'items'\nget '/b'\n", "/b /items");
}

static void prefixes(void **state)
{
	reads("app.js", "app.use('/api', r); r.get('/items')", "/api /items /api/items");
	reads("app.py", "Blueprint('x', url_prefix='/api')\n@x.route('/items')", "/api /items /api/items");
	reads("urls.py", "path('api/', include('x.urls')), path('items/', y)", "/items/ /api/items/");
	reads("Items.ts", "@Controller('items') class I { @Get(':id') one() {} }", "/1 /items/1");
}

static void other_texts(void **state)
{
	reads("site.conf", "location /a/ {\n\troot /var/www/x;\n}\nlocation = /b {", "/a/ /b");
	reads("index.html", "<p>and/or <a href=/c?d=1>c</a></p>", "/c");
	reads("api.yaml", "paths:\n  /items/{id}:\n    get: {}\n", "/items/1");
	reads("web.xml", "<url-pattern>/d/*</url-pattern>", "/d/");
}

static void what_was_asked_is_known(void **state)
{
	CLEANUP_ROUTES_FINDS struct routes_finds f = {0};
	CLEANUP_STRLIST struct strlist found = {0};
	CLEANUP_STRSET struct strset asked = {0};
	static const char text[] = "'/items/:id' '/items/:id/edit' '/users/:id'";
	strset_add(&asked, "/items/ash?x=1");
	routes_text_read(&f, "a.js", text, strlen(text));
	routes_finds_list(&f, &asked, &found);
	assert_int_equal(found.count, 2);
	assert_string_equal(found.items[0], "/items/1/edit");
	assert_string_equal(found.items[1], "/users/1");
}

static void no_more_than_the_limit(void **state)
{
	CLEANUP_ROUTES_FINDS struct routes_finds f = {0};
	CLEANUP_STRLIST struct strlist found = {0};
	CLEANUP_STRSET struct strset asked = {0};
	for (unsigned i = 0; i < 2 * ROUTES_MAX; i++) {
		char path[32];
		int n = snprintf(path, sizeof(path), "/path%u", i);
		routes_found(&f, i % ROUTES_RANKS, path, (size_t)n);
	}
	routes_finds_list(&f, &asked, &found);
	assert_int_equal(found.count, ROUTES_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_varies),
	    cmocka_unit_test(no_paths),
	    cmocka_unit_test(sources),
	    cmocka_unit_test(prefixes),
	    cmocka_unit_test(other_texts),
	    cmocka_unit_test(what_was_asked_is_known),
	    cmocka_unit_test(no_more_than_the_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
