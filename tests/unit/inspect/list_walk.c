#include "unit.h"

#include "inspect/sample.h"

/* A list without what a directory on disk does not have: the order of a tar and the place. */
static char *show(const struct inspect_list *l)
{
	struct buf b = {0};
	for (size_t i = 0; i < l->count; i++) {
		const struct inspect_entry *e = &l->items[i];
		buf_printf(&b, "%u %s %o %u:%u %lld %llu %llx %s\n", e->kind, e->path, e->mode, e->uid, e->gid,
			   (long long)e->mtime, (unsigned long long)e->bytes, (unsigned long long)e->crc,
			   e->target ? e->target : "-");
	}
	return buf_steal(&b);
}

static void a_directory_gives_the_entries_of_its_tar(void **state)
{
	NEEDS_ROOT();
	static const char *const layers[] = {
	    "d d 755 0:0 1\nf d/a 644 1:2 3 content\nd e 755 0:0 1\nf e/x 644 0:0 1 x\nf gone 644 0:0 1 x\n",
	    "d . 755 0:0 1\nd d 755 0:0 1\nf d/b 4755 0:0 5 text\nh d/c 4755 0:0 5 d/b\nl d/l 777 0:0 6 a/../b\n"
	    "d e 700 0:0 1\nf e/.wh..wh..opq 0 0:0 1\np p 600 0:0 1\nf .wh.gone 0 0:0 1\n",
	    NULL,
	};
	struct test_store t;
	struct text_image img;
	struct err err = {0};
	CLEANUP_IMAGE_LAYERS struct image_layers unpacked = {0};
	test_store_init(&t);
	text_image_init(&img, &t, "img", layers);
	if (text_image_unpack(&img, &t.store, &t.run, NULL, &unpacked, &err) < 0)
		fail_msg("%s", err.msg);
	for (size_t i = 0; i < 2; i++) {
		CLEANUP_INSPECT_LIST struct inspect_list tar = {0}, walked = {0};
		sample_list(layers[i], i, NULL, &tar);
		if (inspect_list_walk(unpacked.items[i].fd, i, NULL, &walked, &err) < 0)
			fail_msg("%s", err.msg);
		if (i == 1) { /* the tar has an entry for the root, a walk does not visit it */
			assert_string_equal(tar.items[0].path, "/");
			memmove(tar.items, tar.items + 1, --tar.count * sizeof(*tar.items));
		}
		for (size_t j = 0; j < walked.count; j++) /* marks have no attributes in a tar */
			if (walked.items[j].kind == INSPECT_WHITEOUT || walked.items[j].kind == INSPECT_OPAQUE)
				walked.items[j].mode = 0;
		CLEANUP_FREE char *expected = show(&tar), *found = show(&walked);
		assert_string_equal(found, expected);
		assert_int_equal(walked.place, i);
	}
	text_image_done(&img);
	test_store_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_directory_gives_the_entries_of_its_tar),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
