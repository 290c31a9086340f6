#include "unit.h"

#include "base/buf.h"
#include "view/report_lists.h"
#include "view/tree_of_report.h"

static const char *const kept[] = {
    "{\"path\": \"/\", \"reason\": \"parent\", \"by\": \"/bin/a\"}",
    "{\"path\": \"/bin\", \"reason\": \"parent\", \"by\": \"/bin/a\"}",
    "{\"path\": \"/bin/a\", \"reason\": \"used\", \"as\": \"/bin/a\", \"kinds\": [\"exec\"], \"step\": 2, \"size\": "
    "30, "
    "\"package\": \"tools\"}",
    "{\"path\": \"/bin/l\", \"reason\": \"symlink\", \"by\": \"/bin/a\", \"target\": \"a\"}",
    "{\"path\": \"/dev/x\", \"reason\": \"engine\", \"package\": \"tools\"}",
    "{\"path\": \"/run\", \"reason\": \"skeleton\", \"note\": \"run\"}",
    "{\"path\": \"relative\", \"reason\": \"engine\"}",
    "[]",
};
static const char *const dropped[] = {
    "{\"path\": \"/bin/b\", \"size\": 5}",
    "{\"path\": \"/bin/c\", \"size\": 1, \"excluded\": true}",
    "{\"path\": \"/bin/twin\", \"size\": 30, \"link\": \"/bin/a\"}",
    "{\"path\": \"/usr/d\", \"size\": 2, \"named_by\": 1, \"named_in\": []}",
    "{\"path\": \"/usr/e\", \"size\": -3, \"excluded\": true, \"named_by\": 2, \"named_in\": []}",
    "{\"path\": \"/var/empty\"}",
};

static const char *text_of(const struct strset *set, uint32_t id)
{
	return id == VIEW_NONE ? "-" : strset_get(set, id);
}

static char *show(const struct view_tree *t)
{
	struct buf b = {0};
	for (size_t i = 0; i < t->count; i++) {
		const struct view_node *n = &t->nodes[i];
		buf_printf(&b, "%s %d %d %llu:%llu %u %s | %s\n", n->path, n->kind, n->state,
			   (unsigned long long)n->bytes_before, (unsigned long long)n->bytes_after, n->step,
			   text_of(&t->packages, n->package), text_of(&t->reasons, n->why));
	}
	return buf_steal(&b);
}

static const char *const expected =
    "/ 1 0 38:30 0 - | the way to /bin/a\n"
    "/bin 1 0 36:30 0 - | the way to /bin/a\n"
    "/bin/a 0 0 30:30 2 tools | a run used it: exec\n"
    "/bin/b 0 1 5:0 0 - | no run used it, and nothing that is kept is known to need it\n"
    "/bin/c 0 1 1:0 0 - | the user excluded it\n"
    "/bin/l 2 0 0:0 0 - | a link on the way to /bin/a\n"
    "/bin/twin 0 1 0:0 0 - | no run used it, and nothing that is kept is known to need it; another name of /bin/a\n"
    "/dev 1 0 0:0 0 - | -\n"
    "/dev/x 3 0 0:0 0 tools | engines need it to start a container\n"
    "/run 1 0 0:0 0 - | a directory for programs to fill, kept without what is in it: run\n"
    "/usr 1 1 2:0 0 - | -\n"
    "/usr/d 0 1 2:0 0 - | no run used it, but 1 kept file names it\n"
    "/usr/e 0 1 0:0 0 - | the user excluded it, but 2 kept files name it\n"
    "/var 1 0 0:0 0 - | -\n"
    "/var/empty 1 1 0:0 0 - | no run used it, and nothing that is kept is known to need it\n";

static void fill_report(struct report *r)
{
	report_lists_fill(&r->kept, kept, sizeof(kept) / sizeof(kept[0]));
	report_lists_fill(&r->dropped, dropped, sizeof(dropped) / sizeof(dropped[0]));
}

static void of_a_report(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	CLEANUP_VIEW_TREE struct view_tree t = {0};
	fill_report(&r);
	assert_int_equal(view_tree_of_report(&r, &t, NULL), 0);
	CLEANUP_FREE char *found = show(&t);
	assert_string_equal(found, expected);
}

static void of_a_file(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	CLEANUP_VIEW_TREE struct view_tree t = {0};
	CLEANUP_REPORT_WHY_LISTS struct report_why_lists w = REPORT_WHY_LISTS_NONE;
	CLEANUP_BUF struct buf text = {0};
	fill_report(&r);
	report_json(&r, true, &text);
	assert_int_equal(report_why_lists_parse(&text, "x", &w, NULL), 0);
	assert_int_equal(view_tree_of_lists(&w, &t, NULL), 0);
	CLEANUP_FREE char *found = show(&t);
	assert_string_equal(found, expected);
}

static void without_lists(void **state)
{
	struct err err = {0};
	CLEANUP_REPORT struct report r = {0};
	CLEANUP_VIEW_TREE struct view_tree t = {0};
	CLEANUP_REPORT_WHY_LISTS struct report_why_lists w = REPORT_WHY_LISTS_NONE;
	CLEANUP_BUF struct buf text = {0};
	assert_int_equal(view_tree_of_report(&r, &t, NULL), 0);
	assert_int_equal(t.count, 1);
	report_json(&r, false, &text);
	assert_int_equal(report_why_lists_parse(&text, "x", &w, NULL), 0);
	assert_int_equal(view_tree_of_lists(&w, &t, &err), -ERR_CORRUPT);
	assert_string_equal(err.id, "report-without-reasons");
}

static int stop(void *ctx, const struct json_split_element *e, struct err *err)
{
	return err_set(err, ERR_LIMIT, "input-too-large", "stop at %zu", e->i);
}

static int count(void *ctx, const struct json_split_element *e, struct err *err)
{
	((size_t *)ctx)[e->list]++;
	return 0;
}

static void gives_each_element(void **state)
{
	size_t counts[REPORT_WHY_LISTS] = {0};
	CLEANUP_REPORT struct report r = {0};
	json_auto_t *rest = NULL;
	fill_report(&r);
	assert_int_equal(view_report_each(&r, count, counts, &rest, NULL), 0);
	assert_int_equal(counts[REPORT_WHY_KEPT], sizeof(kept) / sizeof(kept[0]));
	assert_int_equal(counts[REPORT_WHY_DROPPED], sizeof(dropped) / sizeof(dropped[0]));
	assert_string_equal(json_string_value(json_object_get(rest, "schema")), "slim.report/v1");
	assert_int_equal(json_array_size(json_object_get(rest, "kept")), 0);
	json_t *none = NULL;
	assert_int_equal(view_report_each(&r, stop, NULL, &none, NULL), -ERR_LIMIT);
	assert_null(none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(of_a_report),
	    cmocka_unit_test(of_a_file),
	    cmocka_unit_test(without_lists),
	    cmocka_unit_test(gives_each_element),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
