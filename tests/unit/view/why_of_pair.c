#include "unit.h"

#include "image.h"
#include "view/tree_of_pair.h"
#include "view/why_of_pair.h"

static void use(struct trace *t, const char *path, uint32_t kinds)
{
	trace_add(t, path, strlen(path), kinds, UINT32_MAX, TRACE_BY_PTRACE);
}

/* "PATH: REASON" of each node that has one. */
static char *show(const struct view_tree *t)
{
	struct buf b = {0};
	buf_str(&b, "");
	for (size_t i = 0; i < t->count; i++)
		if (t->nodes[i].why != VIEW_NONE)
			buf_printf(&b, "%s: %s\n", t->nodes[i].path, strset_get(&t->reasons, t->nodes[i].why));
	return buf_steal(&b);
}

struct pair {
	struct test_image original, slim;
	struct trace trace;
	struct evidence used;
	struct view_tree tree;
};

static void pair_init(struct pair *p)
{
	*p = (struct pair){0};
	image_init(&p->original);
	image_file(&p->original, "bin/tool", "12");
	image_file(&p->original, "etc/gone", "1");
	image_file(&p->original, "etc/idle", "1");
	image_file(&p->original, "etc/kept", "1");
	image_link(&p->original, "link", "bin/tool");
	image_index(&p->original);
	image_init(&p->slim);
	image_file(&p->slim, "bin/tool", "12");
	image_file(&p->slim, "etc/kept", "1");
	image_file(&p->slim, "new/more", "1");
	image_index(&p->slim);
	use(&p->trace, "/link", TRACE_EXEC | TRACE_FOLLOW);
	use(&p->trace, "/link", TRACE_READLINK | TRACE_NOFOLLOW);
	use(&p->trace, "/etc/gone", TRACE_OPEN | TRACE_FOLLOW);
	use(&p->trace, "/etc", TRACE_LIST);
	use(&p->trace, "/nowhere", TRACE_OPEN);
	assert_int_equal(evidence_init(&p->used, p->original.index, &p->trace, NULL), 0);
	view_tree_of_pair(p->original.index, p->slim.index, NULL, &p->tree);
}

static void pair_done(struct pair *p)
{
	view_tree_done(&p->tree);
	evidence_done(&p->used);
	trace_done(&p->trace);
	image_done(&p->slim);
	image_done(&p->original);
}

static void of_the_runs(void **state)
{
	struct pair p;
	pair_init(&p);
	view_why_of_pair(&p.tree, &p.used, NULL);
	CLEANUP_FREE char *found = show(&p.tree);
	assert_string_equal(found, "/bin/tool: a run of the original used it: exec, readlink\n"
				   "/etc: a run of the original used it: list\n"
				   "/etc/gone: a run of the original used it: open\n"
				   "/etc/idle: no run of the original used it\n"
				   "/etc/kept: no run of the original used it\n"
				   "/link: a run of the original used it: exec, readlink\n"
				   "/new: the original does not have it\n"
				   "/new/more: the original does not have it\n");
	pair_done(&p);
}

/* Reasons of paths that the slim image does not have count for nothing. */
static void of_the_build(void **state)
{
	static const char kept[] =
	    "{\"kept\": [{\"path\": \"/etc/kept\", \"reason\": \"library\", \"by\": \"/bin/tool\"},"
	    "{\"path\": \"/etc/gone\", \"reason\": \"config\"}, {\"path\": \"/bin\", \"reason\": \"parent\", "
	    "\"by\": \"/bin/tool\"}, {\"path\": \"/bin/tool\", \"reason\": \"used\"}]}";
	struct pair p;
	struct buf text = {0};
	CLEANUP_REPORT_WHY_LISTS struct report_why_lists built = REPORT_WHY_LISTS_NONE;
	pair_init(&p);
	buf_str(&text, kept);
	assert_int_equal(report_why_lists_parse(&text, "x", &built, NULL), 0);
	view_why_of_pair(&p.tree, NULL, &built);
	CLEANUP_FREE char *found = show(&p.tree);
	assert_string_equal(found, "/bin: the build kept it: the way to /bin/tool\n"
				   "/bin/tool: the build kept it: a run used it\n"
				   "/etc/kept: the build kept it: a library that /bin/tool needs\n"
				   "/new: the original does not have it\n"
				   "/new/more: the original does not have it\n");
	view_why_of_pair(&p.tree, &p.used, &built);
	const struct view_node *n = &p.tree.nodes[view_tree_find(&p.tree, "/etc/kept")];
	assert_string_equal(strset_get(&p.tree.reasons, n->why),
			    "no run of the original used it; the build kept it: a library that /bin/tool needs");
	pair_done(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(of_the_runs),
	    cmocka_unit_test(of_the_build),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
