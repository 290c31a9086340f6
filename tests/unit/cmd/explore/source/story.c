#include "unit.h"

#include "cmd/explore/source/story.h"
#include "inspect/sample.h"
#include "view/tree_of_inspect.h"

static const char config[] =
    "{\"architecture\": \"amd64\", \"os\": \"linux\", \"rootfs\": {\"type\": \"layers\", \"diff_ids\": ["
    "\"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\", "
    "\"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\", "
    "\"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"]}, "
    "\"history\": [{\"created_by\": \"ADD \\u001b[2J\"}, {\"created_by\": \"RUN second\"}, {\"created_by\": \"\"}]}";

static const char *const layers[] = {
    "d etc 755 0:0 1\nf etc/a 644 5:6 1 12345\nf etc/b 4755 0:0 1 1\nl etc/l 777 0:0 1 a\nf implied/x 644 0:0 1 1\n"
    "h etc/h 644 5:6 1 etc/a\n",
    "f etc/a 600 5:6 1 12345\nf etc/.wh.b 0 0:0 1\n",
    "f etc/a 600 5:6 1 1\n",
    NULL,
};

static void expect(const struct pipeline_inspected *i, const struct view_tree *t, const char *path, const char *story)
{
	CLEANUP_BUF struct buf b = {0};
	explore_story(i, t, path, &b);
	assert_string_equal(b.data, story);
}

static void tells_the_layers(void **state)
{
	struct pipeline_inspected i = {0};
	struct err err = {0};
	CLEANUP_VIEW_TREE struct view_tree t;
	sample_lists(layers, NULL, &i.lists);
	sample_history(&i.lists, &i.history);
	if (oci_image_config_parse(config, strlen(config), &i.image.config, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(view_tree_of_image(&(struct view_inspected){.history = &i.history}, &t, &err), 0);
	expect(&i, &t, "/etc/a",
	       "/etc/a\n"
	       "  layer 1 adds it: file, 5 bytes, mode 0644, owner 5:6\n      ADD \\x1b[2J\n"
	       "  layer 2 changes it: file, 5 bytes, mode 0600, owner 5:6; its content stays\n      RUN second\n"
	       "  layer 3 changes it: file, 1 bytes, mode 0600, owner 5:6\n"
	       "      (the image does not record its command)\n"
	       "  10 bytes in lower layers are pulled, but no container sees them\n");
	expect(&i, &t, "/etc/b",
	       "/etc/b is not in the image any more\n"
	       "  layer 1 adds it: file, 1 bytes, mode 4755, owner 0:0\n      ADD \\x1b[2J\n"
	       "  layer 2 removes it\n      RUN second\n"
	       "  1 bytes in lower layers are pulled, but no container sees them\n");
	expect(&i, &t, "/etc/l",
	       "/etc/l\n  layer 1 adds it: symbolic link to a, mode 0777, owner 0:0\n      ADD \\x1b[2J\n");
	expect(&i, &t, "/etc/h",
	       "/etc/h\n  layer 1 adds it: another name of /etc/a, mode 0644, owner 5:6\n      ADD \\x1b[2J\n");
	expect(&i, &t, "/implied",
	       "/implied\n  1 file below it, 1 B\n  no layer lists this directory: it is there because files below it "
	       "are\n");
	oci_image_config_done(&i.image.config);
	inspect_history_done(&i.history);
	inspect_lists_done(&i.lists);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tells_the_layers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
