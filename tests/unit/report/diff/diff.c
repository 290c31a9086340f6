#include "unit.h"

#include "report/diff/sample.h"

/* "-PATH A>B LAYER [PACKAGE]": - gone, + added, ~ changed with its aspects, ? unsure. */
static char *show(const struct report_diff *d)
{
	struct buf b = {0};
	buf_str(&b, "");
	for (size_t i = 0; i < d->n_paths; i++) {
		const struct report_diff_path *p = &d->paths[i];
		const char change = "-+~"[p->change];
		buf_printf(&b, "%c%s %u>%u %c%u", change, p->path, (unsigned)p->bytes[0], (unsigned)p->bytes[1],
			   'a' + p->image, p->layer + 1u);
		for (int k = 0; k < REPORT_DIFF_ASPECTS; k++)
			if (p->aspects >> k & 1)
				buf_printf(&b, " %s", report_diff_aspect_names[k]);
		buf_printf(&b, "%s%s%s\n", p->unsure ? " ?" : "", p->package ? " " : "", p->package ? p->package : "");
	}
	return buf_steal(&b);
}

static void check(const struct sample_image images[2], size_t shared, size_t unread, const char *expected)
{
	CLEANUP_SAMPLE struct sample s;
	sample_init(&s, images, shared, unread);
	CLEANUP_FREE char *shown = show(&s.diff);
	assert_string_equal(shown, expected);
}

static void paths(void **state)
{
	static const struct sample_image images[2] = {
	    {"a",
	     {"d usr 755 0:0 1\nd usr/lib 755 0:0 1\nd usr/lib/deep 755 0:0 1\nf usr/lib/deep/gone 644 0:0 1 12345\n"
	      "f same 644 0:0 1 x\nf content 644 0:0 1 ab\nf mode 755 0:0 1 x\nl link 777 0:0 1 a\nf kind 644 0:0 1 x\n"
	      "f owner 644 0:0 1 x\nc device 600 0:0 1 1:3\n"}},
	    {"b",
	     {"d usr 755 0:0 9\nd usr/lib 755 0:0 9\nf usr/lib/new 644 0:0 9 123\nf same 644 0:0 9 x\n",
	      "f content 644 0:0 1 ac\nf mode 644 0:0 1 x\nl link 644 0:0 1 b\nd kind 644 0:0 1\nf owner 644 0:7 1 x\n"
	      "c device 600 0:0 1 1:5\n"}},
	};
	check(images, 0, 0,
	      "~/content 2>2 b2 content\n"
	      "~/device 0>0 b2 content\n"
	      "~/kind 1>0 b2 kind\n"
	      "~/link 0>0 b2 content\n"
	      "~/mode 1>1 b2 mode\n"
	      "~/owner 1>1 b2 owner\n"
	      "-/usr/lib/deep 0>0 a1\n"
	      "-/usr/lib/deep/gone 5>0 a1\n"
	      "+/usr/lib/new 0>3 b1\n");
	CLEANUP_SAMPLE struct sample s;
	sample_init(&s, images, 0, 0);
	assert_int_equal(s.diff.total.files[REPORT_DIFF_GONE], 1);
	assert_int_equal(s.diff.total.bytes[REPORT_DIFF_ADDED], 3);
	assert_int_equal(s.diff.total.files[REPORT_DIFF_CHANGED], 6);
	assert_int_equal(s.diff.total.growth, 3 - 5 - 1);
	assert_int_equal(s.diff.images[0].bytes, 5 + 1 + 2 + 1 + 1 + 1);
	assert_int_equal(s.diff.images[0].files, 8);
	assert_string_equal(s.diff.directories.items[0].name, "/usr/lib");
	assert_string_equal(s.diff.layers.items[0].name, "RUN step-a1");
}

/* A difference is put down to the layer that made it, not to the shared one that it hides. */
static void layers(void **state)
{
	static const char base[] =
	    "f kept 644 0:0 1 1\nf removed 644 0:0 1 12\nf replaced 644 0:0 1 123\nd d 755 0:0 1\n"
	    "f d/x 644 0:0 1 1234\nf e 644 0:0 1 1\n";
	static const struct sample_image images[2] = {
	    {"a", {base, "f own 644 0:0 1 1\nf e 644 0:0 1 1234\n"}},
	    {"b", {base, "f .wh.removed 0 0:0 1\n", "f replaced 644 0:0 1 4321\nf .wh.d 0 0:0 1\n"}},
	};
	check(images, 1, 0,
	      "-/d 0>0 b3\n"
	      "-/d/x 4>0 b3\n"
	      "~/e 4>1 a2 content\n"
	      "-/own 1>0 a2\n"
	      "-/removed 2>0 b2\n"
	      "~/replaced 3>4 b3 content\n");
}

/* The same without the shared layer. */
static void unread_layers(void **state)
{
	static const struct sample_image images[2] = {
	    {"a",
	     {"",
	      "f own 644 0:0 1 1\nf both 644 0:0 1 1234\nd dir 755 0:0 1\nf dir/x 644 0:0 1 1\nf .wh.same 0 0:0 1\n"}},
	    {"b",
	     {"", "f .wh.removed 0 0:0 1\nf both 644 0:0 1 12\n",
	      "f new 644 0:0 1 4321\nf .wh.dir 0 0:0 1\nf .wh.same 0 0:0 1\n"
	      "d o 755 0:0 1\nf o/.wh..wh..opq 0 0:0 1\nf o/n 644 0:0 1 1\n"}},
	};
	check(images, 1, 1,
	      "~/both 4>2 b2 content\n"
	      "-/dir 0>0 a2\n"
	      "-/dir/x 1>0 a2\n"
	      "+/new 0>4 b3 ?\n"
	      "+/o/n 0>1 b3 ?\n"
	      "-/own 1>0 a2 ?\n"
	      "-/removed 0>0 b2 ?\n");
	CLEANUP_SAMPLE struct sample s;
	sample_init(&s, images, 1, 1);
	assert_int_equal(s.diff.unsure, 4);
	assert_int_equal(s.diff.shared_blobs, 2000000);
}

static void directories_that_only_one_image_lists(void **state)
{
	static const struct sample_image images[2] = {
	    {"a", {"d . 755 0:0 1\nd usr 755 0:0 1\nf usr/x 644 0:0 1 1\n"}},
	    {"b", {"f usr/x 644 0:0 1 1\n"}},
	};
	check(images, 0, 0, "");
	static const struct sample_image unread[2] = {{"a", {"", "d usr 755 0:0 1\n"}},
						      {"b", {"", "d var 755 0:0 1\n"}}};
	check(unread, 1, 1, "");
}

/* Also if the first name goes later: a link is a file of its own. */
static void hard_links(void **state)
{
	static const struct sample_image images[2] = {
	    {"a", {"f one 644 0:0 1 12345\nh two 644 0:0 1 one\n"}},
	    {"b", {"f one 644 0:0 1 12345\nh two 644 0:0 1 one\n", "f .wh.one 0 0:0 1\n"}},
	};
	check(images, 1, 0, "-/one 5>0 b2\n");
	CLEANUP_SAMPLE struct sample s;
	sample_init(&s, images, 0, 0);
	assert_int_equal(s.diff.images[0].bytes, 5);
	assert_int_equal(s.diff.images[0].files, 2);
	static const struct sample_image whole[2] = {{"a", {"f one 644 0:0 1 1\nh two 644 0:0 1 one\n"}},
						     {"b", {"f one 644 0:0 1 1\nf two 644 0:0 1 2\n"}}};
	check(whole, 0, 0, "~/two 1>1 b1 content\n");
}

static void equal_images(void **state)
{
	static const struct sample_image images[2] = {{"a", {"f x 644 0:0 1 1\n", ""}},
						      {"b", {"f x 644 0:0 1 1\n", ""}}};
	check(images, 2, 0, "");
	check(images, 2, 2, "");
}

static void packages(void **state)
{
	static const struct sample_image images[2] = {
	    {"a", {"", "f lib/apk/db/installed 644 0:0 1 P:old\nf bin/old 755 0:0 1 123\n"}},
	    {"b", {"", "f bin/new 755 0:0 1 12345\nf bin/free 755 0:0 1 1\n"}},
	};
	CLEANUP_SAMPLE struct sample s;
	sample_init(&s, images, 0, 0);
	/* A database in one line is not possible in these texts: give the packages by hand. */
	struct packages *p = &s.images[1].packages;
	packages_done(p);
	p->n_nodes = image_index_count(s.images[1].index);
	p->owner = mem_calloc(p->n_nodes, sizeof(*p->owner));
	for (size_t i = 0; i < p->n_nodes; i++)
		p->owner[i] = PACKAGES_NONE;
	const uint32_t new = packages_add(p, PACKAGES_APK, (struct packages_field){"new", 3},
					  (struct packages_field){"1", 1}, (struct packages_field){"", 0});
	packages_own(p, s.images[1].index, new, "/bin/new");
	report_diff_done(&s.diff);
	assert_int_equal(report_diff_make(s.sides, 0, 0, &s.diff, NULL), 0);
	assert_int_equal(s.diff.packages.count, 1);
	assert_string_equal(s.diff.packages.items[0].name, "new");
	assert_int_equal(s.diff.packages.items[0].growth, 5);
	size_t in_layer = 0;
	for (size_t i = 0; i < s.diff.parts.count; i++)
		if (s.diff.parts.items[i].image == 1) {
			assert_int_equal(s.diff.parts.items[i].layer, 1);
			assert_string_equal(s.diff.parts.items[i].name, in_layer++ ? "" : "new");
		}
	assert_int_equal(in_layer, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(paths),         cmocka_unit_test(layers),
	    cmocka_unit_test(unread_layers), cmocka_unit_test(directories_that_only_one_image_lists),
	    cmocka_unit_test(hard_links),    cmocka_unit_test(equal_images),
	    cmocka_unit_test(packages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
