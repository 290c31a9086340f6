#include "unit.h"

#include "inspect/final.h"
#include "inspect/sample.h"
#include "packages/packages.h"

static bool wants(void *ctx, size_t place, const struct inspect_entry *e)
{
	return packages_may_read(e->path);
}

static void take(void *ctx, size_t place, const struct inspect_entry *e, const char *data, size_t n)
{
	inspect_texts_add(ctx, place, e->path, data, n);
}

struct fixture {
	struct inspect_texts texts;
	struct inspect_lists lists;
	struct inspect_history history;
	struct inspect_final final;
	struct image_index *index;
};

static void fixture_init(struct fixture *f, const char *const *layers)
{
	struct err err = {0};
	*f = (struct fixture){0};
	inspect_texts_init(&f->texts, 4);
	const struct inspect_watch watch = {.max = 1 << 20, .wants = wants, .take = take, .ctx = &f->texts};
	sample_lists(layers, &watch, &f->lists);
	sample_history(&f->lists, &f->history);
	if (inspect_final_index(&f->history, &f->lists, &f->texts, &f->final, &f->index, &err) < 0)
		fail_msg("%s", err.msg);
}

static void fixture_done(struct fixture *f)
{
	image_index_free(f->index);
	inspect_history_done(&f->history);
	inspect_lists_done(&f->lists);
	inspect_texts_done(&f->texts);
}

/* "PATH MODE BYTES LAYER", in the order of the ids. */
static char *show(const struct image_index *x)
{
	struct buf b = {0};
	for (uint32_t id = 0; id < image_index_count(x); id++) {
		const struct image_node *n = image_index_node(x, id);
		image_index_path(x, id, &b);
		buf_printf(&b, " %o %llu %u%s%s\n", n->mode, (unsigned long long)n->size, n->layer + 1,
			   n->target ? " " : "", n->target ? n->target : "");
	}
	return buf_steal(&b);
}

static void the_final_file_system(void **state)
{
	static const char *const layers[] = {
	    "d . 750 0:0 1\nd d 755 0:0 1\nf d/a 644 0:0 1 12\nf d/b 644 0:0 1 123\nf only/implied/x 600 0:0 1 1\n"
	    "f file 644 0:0 1 1\nf gone 644 0:0 1 1\nl l 777 0:0 1 d/a\n",
	    "f .wh.gone 0 0:0 1\nf d/b 644 0:0 1 1234\nh d/h 644 0:0 1 d/b\nf file/below 644 0:0 1 x\n",
	    NULL,
	};
	struct fixture f;
	fixture_init(&f, layers);
	CLEANUP_FREE char *text = show(f.index);
	assert_string_equal(text, "/ 40750 0 1\n"
				  "/d 40755 0 1\n"
				  "/file 100644 1 1\n"
				  "/l 120777 0 1 d/a\n"
				  "/only 40755 0 1\n"
				  "/d/a 100644 2 1\n"
				  "/d/b 100644 4 2\n"
				  "/d/h 100644 4 2\n"
				  "/only/implied 40755 0 1\n"
				  "/only/implied/x 100600 1 1\n");
	const struct image_node *b = image_index_node(f.index, 6), *h = image_index_node(f.index, 7);
	assert_true(b->ino == h->ino && b->ino != image_index_node(f.index, 5)->ino);
	assert_int_equal(image_index_resolve(f.index, "/l", true, NULL, NULL), 5);
	fixture_done(&f);
}

static void packages_are_read_from_kept_texts(void **state)
{
	static const char *const layers[] = {
	    "f usr/bin/tool 755 0:0 1 12345\nf usr/bin/other 755 0:0 1 1\n"
	    "f var/lib/dpkg/info/tool.list 644 0:0 1 /usr/bin/tool\n"
	    "f var/lib/dpkg/status 644 0:0 1 nothing\n",
	    "f var/lib/dpkg/status.d/tool 644 0:0 1 Package:tool\n",
	    NULL,
	};
	struct fixture f;
	struct err err = {0};
	CLEANUP_BUF struct buf text = {0};
	fixture_init(&f, layers);
	assert_true(image_index_text(f.index, "/var/lib/dpkg/info/tool.list", 1024, &text));
	assert_string_equal(text.data, "/usr/bin/tool");
	uint32_t id = image_index_resolve(f.index, "/usr/bin/tool", true, NULL, NULL);
	assert_int_equal(image_index_open(f.index, id, &err), -ERR_NOTFOUND); /* it was not kept */
	CLEANUP_PACKAGES struct packages p = {0};
	if (packages_read(f.index, &p, &err) < 0)
		fail_msg("%s", err.msg);
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_final_file_system),
	    cmocka_unit_test(packages_are_read_from_kept_texts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
