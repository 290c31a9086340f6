#include "unit.h"

#include "cmd/explore/sample.h"

struct fixture {
	struct sample sample;
	struct explore_state s;
};

static void fixture_init(struct fixture *f, void (*make)(struct sample *s))
{
	make(&f->sample);
	explore_state_init(&f->s, &f->sample.model, 80, 24);
}

static void fixture_done(struct fixture *f)
{
	explore_state_done(&f->s);
	sample_done(&f->sample);
}

/* "DIRECTORY NAME" of the row that keys act on. */
static void expect(const struct fixture *f, const char *place)
{
	const struct view_node *n = explore_state_node(&f->s);
	CLEANUP_FREE char *found =
	    mem_printf("%s %s", f->s.list.tree->nodes[f->s.list.dir].path, n ? view_node_name(n) : "-");
	assert_string_equal(found, place);
}

static void moves(void **state)
{
	static const struct {
		const char *keys, *place;
	} cases[] = {
	    {"unknown", "/ usr"},
	    {"j", "/ etc"},
	    {"down", "/ bin"},
	    {"k", "/ etc"},
	    {"up", "/ usr"},
	    {"up", "/ usr"},
	    {"G", "/ dev"},
	    {"j", "/ dev"},
	    {"g", "/ usr"},
	    {"end", "/ dev"},
	    {"home", "/ usr"},
	    {"pgdn", "/ dev"},
	    {"pgup", "/ usr"},
	    {"enter", "/usr lib"},
	    {"j l", "/usr/share \xe4\xb8\xad\xe6\x96\x87.txt"},
	    {"right", "/usr/share \xe4\xb8\xad\xe6\x96\x87.txt"},
	    {"h", "/usr share"},
	    {"left", "/ usr"},
	    {"back", "/ usr"},
	    {"j right j", "/etc a\033[2Jb\n"},
	    {"back", "/ etc"},
	};
	struct fixture f;
	fixture_init(&f, sample_of_report);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(sample_press(&f.s, cases[i].keys), EXPLORE_STAY);
		expect(&f, cases[i].place);
	}
	fixture_done(&f);
}

static void filters_and_goes_to_matches(void **state)
{
	struct fixture f;
	fixture_init(&f, sample_of_report);
	sample_press(&f.s, "n");
	assert_non_null(f.s.message);
	sample_press(&f.s, "/ p o s");
	assert_int_equal(f.s.list.count, 1);
	sample_press(&f.s, "x escape"); /* the filter of before comes back: none */
	assert_int_equal(f.s.list.count, 4);
	sample_press(&f.s, "/ p a s s w d enter");
	assert_string_equal(f.s.list.filter, "passwd");
	assert_string_equal(f.s.message, "1 name matches: n goes to it.");
	expect(&f, "/ etc");
	sample_press(&f.s, "n");
	expect(&f, "/etc passwd");
	sample_press(&f.s, "/ back back back back back back l i b enter n");
	expect(&f, "/usr lib");
	sample_press(&f.s, "n");
	expect(&f, "/usr/lib libc.so");
	sample_press(&f.s, "N N");
	expect(&f, "/usr/lib libc.so");
	sample_press(&f.s, "escape");
	assert_null(f.s.list.filter);
	expect(&f, "/usr/lib libc.so");
	sample_press(&f.s, "/ z z enter n");
	assert_int_equal(f.s.list.count, 0);
	expect(&f, "/usr/lib -");
	assert_int_equal(sample_press(&f.s, "i e u j k enter l y q h"), EXPLORE_STAY); /* nothing is there to act on */
	fixture_done(&f);
}

static void sorts(void **state)
{
	struct fixture f;
	fixture_init(&f, sample_of_report);
	sample_press(&f.s, "l l j"); /* the cursor stays on its entry */
	expect(&f, "/usr/lib libc.so");
	sample_press(&f.s, "s");
	assert_int_equal(f.s.list.sort, EXPLORE_BY_NAME);
	expect(&f, "/usr/lib libc.so");
	sample_press(&f.s, "s");
	assert_int_equal(f.s.list.sort, EXPLORE_BY_CHANGE);
	sample_press(&f.s, "s");
	assert_int_equal(f.s.list.sort, EXPLORE_BY_SIZE);
	fixture_done(&f);
}

static void shows_what_was_removed(void **state)
{
	struct fixture f;
	fixture_init(&f, sample_of_report);
	sample_press(&f.s, "l l j v");
	expect(&f, "/usr/lib perl");
	sample_press(&f.s, "v");
	expect(&f, "/usr/lib libc.so");
	sample_press(&f.s, "v");
	assert_int_equal(f.s.list.count, 2);
	fixture_done(&f);
	fixture_init(&f, sample_of_image);
	sample_press(&f.s, "v");
	assert_non_null(f.s.message);
	assert_int_equal(f.s.list.count, 3);
	sample_press(&f.s, "tab j j enter v");
	assert_int_equal(f.s.list.count, 0); /* the layer removes nothing */
	sample_press(&f.s, "escape");
	assert_int_equal(f.s.list.count, 3);
	fixture_done(&f);
}

static void marks_and_writes(void **state)
{
	struct fixture f;
	fixture_init(&f, sample_of_report);
	assert_int_equal(sample_press(&f.s, "w"), EXPLORE_STAY);
	assert_int_equal(f.s.prompt.kind, EXPLORE_PROMPT_NONE);
	sample_press(&f.s, "e i i u");
	assert_int_equal(explore_marks_get(&f.s.marks, "/usr"), EXPLORE_EXCLUDE);
	assert_int_equal(explore_marks_get(&f.s.marks, "/etc"), EXPLORE_INCLUDE);
	assert_int_equal(f.s.marks.counts[EXPLORE_INCLUDE], 2);
	sample_press(&f.s, "g l i"); /* below an exclude */
	assert_non_null(f.s.message);
	assert_int_equal(sample_press(&f.s, "w escape"), EXPLORE_STAY);
	assert_int_equal(sample_press(&f.s, "w \x15 enter"), EXPLORE_STAY); /* without a name */
	assert_int_equal(sample_press(&f.s, "w enter"), EXPLORE_WRITE);
	assert_string_equal(f.s.file, EXPLORE_POLICY_NAME);
	explore_control_written(&f.s, true, NULL);
	assert_int_equal(sample_press(&f.s, "n"), EXPLORE_STAY);
	assert_int_equal(sample_press(&f.s, "w x enter"), EXPLORE_WRITE);
	assert_string_equal(f.s.file, EXPLORE_POLICY_NAME "x");
	explore_control_written(&f.s, true, NULL);
	assert_int_equal(sample_press(&f.s, "y"), EXPLORE_REPLACE);
	explore_control_written(&f.s, false, "no room");
	assert_non_null(strstr(f.s.message, "no room"));
	assert_int_equal(sample_press(&f.s, "q"), EXPLORE_STAY);
	assert_int_equal(f.s.prompt.kind, EXPLORE_PROMPT_QUIT);
	assert_int_equal(sample_press(&f.s, "n"), EXPLORE_STAY);
	assert_int_equal(sample_press(&f.s, "q y"), EXPLORE_QUIT);
	explore_control_written(&f.s, false, NULL);
	assert_int_equal(sample_press(&f.s, "q"), EXPLORE_QUIT);
	sample_press(&f.s, "g u"); /* a mark that was written is taken away */
	assert_int_equal(sample_press(&f.s, "q"), EXPLORE_STAY);
	fixture_done(&f);
}

static void shows_reasons(void **state)
{
	struct fixture f;
	fixture_init(&f, sample_of_report);
	sample_press(&f.s, "j l enter");
	assert_int_equal(f.s.screen, EXPLORE_WHY);
	assert_string_equal(f.s.lines.items[0], "why /etc/passwd");
	assert_int_equal(f.s.lines.count, 41);
	sample_press(&f.s, "G");
	assert_int_equal(f.s.cursors[EXPLORE_WHY].top, 41 - explore_state_page(&f.s));
	sample_press(&f.s, "k g ?");
	assert_int_equal(f.s.screen, EXPLORE_HELP);
	assert_int_equal(sample_press(&f.s, "q"), EXPLORE_STAY);
	assert_int_equal(f.s.screen, EXPLORE_TREE);
	expect(&f, "/etc passwd");
	sample_press(&f.s, "h y");
	assert_string_equal(f.s.lines.items[0], "why /etc");
	sample_press(&f.s, "escape tab"); /* this report lists no layers */
	assert_int_equal(f.s.screen, EXPLORE_TREE);
	assert_non_null(f.s.message);
	fixture_done(&f);
}

static void shows_one_layer(void **state)
{
	struct fixture f;
	fixture_init(&f, sample_of_image);
	sample_press(&f.s, "s s"); /* an image has no changes to sort by */
	assert_int_equal(f.s.list.sort, EXPLORE_BY_SIZE);
	sample_press(&f.s, "l l tab");
	assert_int_equal(f.s.screen, EXPLORE_LAYERS);
	assert_int_equal(explore_state_count(&f.s), 3);
	sample_press(&f.s, "G enter");
	assert_int_equal(f.s.screen, EXPLORE_TREE);
	assert_int_equal(f.s.layer, 1);
	expect(&f, "/ etc"); /* the layer does not have /usr */
	sample_press(&f.s, "s s l");
	assert_int_equal(f.s.list.sort, EXPLORE_BY_CHANGE);
	sample_press(&f.s, "i tab");
	assert_int_equal(f.s.cursors[EXPLORE_LAYERS].at, 2);
	sample_press(&f.s, "tab escape");
	assert_int_equal(f.s.layer, EXPLORE_ALL_LAYERS);
	assert_int_equal(f.s.list.sort, EXPLORE_BY_SIZE);
	expect(&f, "/etc passwd");
	assert_int_equal(explore_marks_get(&f.s.marks, "/etc/passwd"), EXPLORE_INCLUDE);
	assert_int_equal(sample_press(&f.s, "tab e i q y"), EXPLORE_QUIT);
	fixture_done(&f);
}

/* The tree of one layer ends when that of the next is made. */
static void goes_from_layer_to_layer(void **state)
{
	struct fixture f;
	fixture_init(&f, sample_of_image);
	sample_press(&f.s, "tab G enter j l");
	expect(&f, "/srv index.html");
	sample_press(&f.s, "tab k enter");
	assert_int_equal(f.s.layer, 0);
	expect(&f, "/ usr"); /* the lower layer does not have /srv */
	sample_press(&f.s, "l l tab G enter");
	expect(&f, "/ etc");
	sample_press(&f.s, "l tab enter");
	expect(&f, "/etc passwd");
	fixture_done(&f);
}

/* Only the paths that come from the layer, with their states. */
static void shows_one_layer_of_a_report(void **state)
{
	struct fixture f;
	fixture_init(&f, sample_of_report_with_layers);
	sample_press(&f.s, "tab");
	assert_int_equal(f.s.screen, EXPLORE_LAYERS);
	sample_press(&f.s, "j j enter");
	assert_int_equal(f.s.layer, 1);
	assert_int_equal(f.s.list.count, 1);
	sample_press(&f.s, "l l j e v");
	expect(&f, "/usr/lib perl");
	assert_int_equal(f.s.list.count, 1); /* what was removed of it */
	sample_press(&f.s, "tab k enter");
	expect(&f, "/usr share"); /* the lower layer has nothing in /usr/lib, so the tree goes up */
	sample_press(&f.s, "v v escape h");
	assert_int_equal(f.s.layer, EXPLORE_ALL_LAYERS);
	assert_int_equal(f.s.list.count, 4);
	assert_int_equal(explore_marks_count(&f.s.marks), 1);
	fixture_done(&f);
}

int main(void)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(moves),
	    cmocka_unit_test(filters_and_goes_to_matches),
	    cmocka_unit_test(sorts),
	    cmocka_unit_test(marks_and_writes),
	    cmocka_unit_test(shows_what_was_removed),
	    cmocka_unit_test(shows_reasons),
	    cmocka_unit_test(shows_one_layer),
	    cmocka_unit_test(goes_from_layer_to_layer),
	    cmocka_unit_test(shows_one_layer_of_a_report),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
