#include "unit.h"

#include "view/page/whys.h"
#include "view/report_lists.h"

static const char *const kept[] = {
    "{\"path\": \"/bin/100%\", \"reason\": \"used\", \"as\": \"/sbin/a\", \"kinds\": [\"exec\"], \"program\": "
    "\"/bin/%b\", "
    "\"order\": 3, \"seen_in\": [1, 3], \"seen_of\": 3, \"size\": 1}",
    "{\"path\": \"/lib/b\", \"reason\": \"import\", \"by\": \"/bin/100%\", \"note\": \"import b\", \"size\": 1}",
    "{\"path\": \"/lib/c\", \"reason\": \"library\", \"by\": \"/gone\", \"size\": 1}",
    "{\"path\": \"/lib/d\", \"reason\": \"rule\", \"by\": \"/lib/b\", \"note\": \"siblings\", \"size\": 1}",
};
static const char *const dropped[] = {
    "{\"path\": \"/x\", \"size\": 5}",
    "{\"path\": \"/y\", \"size\": 5, \"excluded\": true, \"link\": \"/lib/b\"}",
    "{\"path\": \"/z\", \"size\": 5, \"named_by\": 2, \"named_in\": [{\"path\": \"/bin/100%\", \"how\": \"path\"}]}",
};

static const struct view_page_why *of(const struct view_page_whys *w, const struct view_tree *t, const char *path)
{
	const size_t at = view_tree_find(t, path);
	assert_int_not_equal(at, SIZE_MAX);
	return &w->items[at];
}

static void why_one(const struct view_page_whys *w, const struct view_tree *t, const char *path, const char *sentence,
		    const char *by, const char *note)
{
	const struct view_page_why *y = of(w, t, path);
	assert_string_equal(strset_get(&w->sentences, y->sentence), sentence);
	if (by)
		assert_string_equal(t->nodes[y->by].path, by);
	else
		assert_int_equal(y->by, VIEW_NONE);
	if (note)
		assert_string_equal(strset_get(&w->notes, y->note), note);
	else
		assert_int_equal(y->note, VIEW_NONE);
}

static void rare_one(const struct view_tree *t, const json_t *list, const char *path, const char *expected)
{
	CLEANUP_BUF struct buf b = {0};
	assert_int_equal(json_array_size(list), 2);
	assert_int_equal(json_integer_value(json_array_get(list, 0)), view_tree_find(t, path));
	json_write(json_array_get(list, 1), &b);
	assert_string_equal(b.data, expected);
}

static void of_a_report(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	CLEANUP_VIEW_TREE struct view_tree t = {0};
	CLEANUP_VIEW_PAGE_WHYS struct view_page_whys w = {0};
	json_auto_t *facts = NULL;
	report_lists_fill(&r.kept, kept, sizeof(kept) / sizeof(kept[0]));
	report_lists_fill(&r.dropped, dropped, sizeof(dropped) / sizeof(dropped[0]));
	assert_int_equal(view_tree_of_report(&r, &t, NULL), 0);
	assert_int_equal(view_page_whys_make(&r, &t, &w, &facts, NULL), 0);
	assert_string_equal(json_string_value(json_object_get(facts, "schema")), "slim.report/v1");
	assert_int_equal(w.count, t.count);
	why_one(&w, &t, "/bin/100%", "a run used it: exec; by /bin/%%b", NULL, NULL);
	why_one(&w, &t, "/lib/b", "%b imports or names it: %n", "/bin/100%", "import b");
	why_one(&w, &t, "/lib/c", "a library that %b needs", NULL, NULL);
	why_one(&w, &t, "/lib/d", "beside %b, which a run opened, with a name that ends alike", "/lib/b", "siblings");
	why_one(&w, &t, "/x", "no run used it, and nothing that is kept is known to need it", NULL, NULL);
	why_one(&w, &t, "/y", "the user excluded it", NULL, NULL);
	why_one(&w, &t, "/z", "no run used it", NULL, NULL);
	assert_int_equal(of(&w, &t, "/lib")->sentence, VIEW_NONE);
	assert_int_equal(of(&w, &t, "/bin/100%")->order, 3);
	assert_int_equal(of(&w, &t, "/lib/b")->order, 0);
	rare_one(&t, w.as, "/bin/100%", "\"/sbin/a\"");
	rare_one(&t, w.link, "/y", "\"/lib/b\"");
	rare_one(&t, w.seen, "/bin/100%", "[1,3]");
	rare_one(&t, w.named, "/z", "{\"count\":2,\"in\":[{\"how\":\"path\",\"path\":\"/bin/100%\"}]}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(of_a_report)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
