#include "unit.h"

#include "cmd/explore/canvas/layout.h"
#include "cmd/explore/canvas/text.h"
#include "cmd/explore/draw.h"
#include "cmd/explore/sample.h"

#define MIDDLE "\xe4\xb8\xad" /* a character of two columns */
#define CHINESE MIDDLE "\xe6\x96\x87"

static char *draw(struct explore_state *s)
{
	struct buf b = {0};
	CLEANUP_EXPLORE_CANVAS struct explore_canvas c = {0};
	explore_draw(s, &c);
	assert_int_equal(c.n_rows, s->rows);
	for (size_t i = 0; i < c.n_rows; i++) {
		const struct explore_row *r = &c.rows[i];
		assert_true(r->used <= s->columns);
		assert_int_equal(explore_text_width(r->text.data ? r->text.data : "", r->text.len), r->used);
	}
	explore_canvas_text(&c, &b);
	return buf_steal(&b);
}

/* make: the model; keys: pressed before. */
static void shows(void (*make)(struct sample *s), const char *keys, size_t columns, size_t rows, const char *text)
{
	struct sample sample;
	struct explore_state s;
	make(&sample);
	explore_state_init(&s, &sample.model, columns, rows);
	sample_press(&s, keys);
	CLEANUP_FREE char *found = draw(&s);
	assert_string_equal(found, text);
	explore_state_done(&s);
	sample_done(&sample);
}

static void a_report(void **state)
{
	shows(sample_of_report, "", 80, 24,
	      "slim explore  report.json                                       8.0 MB -> 2.0 MB\n"
	      "/                                                                            1/4\n"
	      "         before     after              name\n"
	      ">        8.0 MB    2.0 MB [##........] usr/\n"
	      "         1.5 kB    1.5 kB [          ] etc/\n"
	      "            0 B       0 B [          ] bin@\n"
	      "            0 B       0 B [          ] dev/\n"
	      "\n"
	      "\n"
	      "\n"
	      "\n"
	      "\n"
	      "\n"
	      "\n"
	      "\n"
	      "\n"
	      "\n"
	      "\n"
	      "\n"
	      "\n"
	      "/usr\n"
	      "directory, files: 3 before, 1 after\n"
	      "\n"
	      "? help  v removed  / filter  s sort  i e u mark  w write  y why  q quit\n");
}

static void marks(void **state)
{
	shows(sample_of_report, "e l j i g l", 80, 16,
	      "slim explore  report.json                                       8.0 MB -> 2.0 MB\n"
	      "/etc                                                           marks: +1 -1  1/2\n"
	      "         before     after              name\n"
	      ">        1.5 kB    1.5 kB [##########] passwd\n"
	      " +  R      20 B       0 B [          ] a\\x1b[2Jb\\x0a\n"
	      "\n"
	      "\n"
	      "\n"
	      "\n"
	      "\n"
	      "\n"
	      "\n"
	      "/etc/passwd\n"
	      "file, 1500 bytes\n"
	      "a run used it (first needed by step 2)\n"
	      "? help  v removed  / filter  s sort  i e u mark  w write  y why  q quit\n");
}

static void a_low_screen_and_a_hostile_name(void **state)
{
	shows(sample_of_report, "j l j", 40, 10,
	      "slim explore  report.>  8.0 MB -> 2.0 MB\n"
	      "/etc                                 2/2\n"
	      "         1.5 kB    1.5 kB passwd\n"
	      ">   R      20 B       0 B a\\x1b[2Jb\\x0a\n"
	      "\n"
	      "\n"
	      "\n"
	      "\n"
	      "/etc/a\\x1b[2Jb\\x0a\n"
	      "? help  q quit\n");
}

static void the_smallest_screen_and_a_wide_name(void **state)
{
	shows(sample_of_report, "l j l", 30, 6,
	      "slim explor>  8.0 MB -> 2.0 MB\n"
	      "/usr/share                 1/1\n"
	      ">   R   40.0 kB       0 B " MIDDLE ">\n"
	      "\n"
	      "/usr/share/" CHINESE ".txt\n"
	      "? help  q quit\n");
}

static void an_image(void **state)
{
	shows(sample_of_image, "j", 80, 14,
	      "slim explore  oci:images:app                                     2.0 MB, 3 files\n"
	      "/                                                                            2/3\n"
	      "         size              name\n"
	      "       2.0 MB [##########] usr/\n"
	      ">      1.5 kB [          ] etc/\n"
	      "        900 B [          ] srv/\n"
	      "\n"
	      "\n"
	      "\n"
	      "\n"
	      "/etc\n"
	      "directory, 1 file\n"
	      "\n"
	      "? help  Tab layers  / filter  s sort  i e u mark  w write  y why  q quit\n");
}

static void layers(void **state)
{
	shows(sample_of_image, "tab j j", 80, 14,
	      "slim explore  oci:images:app                                     2.0 MB, 3 files\n"
	      "Layers                                                                       3/3\n"
	      "           blob     added   changed   removed  made by\n"
	      " *all layers: the files that the image shows\n"
	      "    1    1.2 MB    2.0 MB         -         -  ADD root.tar /\n"
	      ">   2     800 B     900 B    1.5 kB         -  COPY \\x1b[31msite /srv\n"
	      "\n"
	      "\n"
	      "\n"
	      "\n"
	      "COPY \\x1b[31msite /srv\n"
	      "\n"
	      "\n"
	      "? help  Enter only this layer  Tab back  q quit\n");
}

static void layers_on_a_small_screen(void **state)
{
	shows(sample_of_image, "tab j j", 40, 10,
	      "slim explore  oci:imag>  2.0 MB, 3 files\n"
	      "Layers                               3/3\n"
	      " *all layers: the files that the image >\n"
	      "    1    1.2 MB    2.0 MB  ADD root.tar>\n"
	      ">   2     800 B     900 B  COPY \\x1b[31>\n"
	      "\n"
	      "\n"
	      "\n"
	      "COPY \\x1b[31msite /srv\n"
	      "? help  q quit\n");
}

static void the_changes_of_one_layer(void **state)
{
	shows(sample_of_image, "tab j j enter l", 80, 14,
	      "slim explore  oci:images:app                                     2.0 MB, 3 files\n"
	      "/etc                                                           layer 2 only  1/1\n"
	      "         before     after              name\n"
	      ">   C    1.0 kB    1.5 kB [##########] passwd\n"
	      "\n"
	      "\n"
	      "\n"
	      "\n"
	      "\n"
	      "\n"
	      "/etc/passwd\n"
	      "file, changed, 1500 bytes\n"
	      "layer 2: COPY \\x1b[31msite /srv\n"
	      "? help  Tab layers  / filter  s sort  i e u mark  w write  y why  q quit\n");
}

static void the_layers_of_a_report(void **state)
{
	shows(sample_of_report_with_layers, "tab j j", 80, 14,
	      "slim explore  report.json                                       8.0 MB -> 2.0 MB\n"
	      "Layers                                                                       3/3\n"
	      "           kept   removed    hidden    in all  made by\n"
	      " *all layers: the files of the original image\n"
	      "    1    1.5 kB   40.0 kB    9.0 kB   50.5 kB  ADD root.tar /\n"
	      ">   2    2.0 MB    6.0 MB         -    8.0 MB  RUN \\x1b[31minstall\n"
	      "\n"
	      "\n"
	      "\n"
	      "\n"
	      "RUN \\x1b[31minstall\n"
	      "\n"
	      "\n"
	      "? help  Enter only this layer  Tab back  q quit\n");
}

static void a_layer_of_a_report(void **state)
{
	shows(sample_of_report_with_layers, "tab j enter l", 80, 14,
	      "slim explore  report.json                                       8.0 MB -> 2.0 MB\n"
	      "/usr                                                           layer 1 only  1/1\n"
	      "         before     after              name\n"
	      ">   R   40.0 kB       0 B [..........] share/\n"
	      "\n"
	      "\n"
	      "\n"
	      "\n"
	      "\n"
	      "\n"
	      "/usr/share\n"
	      "directory, removed, files: 1 before, 0 after\n"
	      "\n"
	      "? help  Tab layers  v removed  / filter  i e u mark  w write  y why  q quit\n");
}

static void a_page_of_text(void **state)
{
	shows(sample_of_report, "y j j", 40, 10,
	      "slim explore  report.>  8.0 MB -> 2.0 MB\n"
	      "Why                                 3/41\n"
	      "  reason 2\n"
	      "  reason 3\n"
	      "  reason 4\n"
	      "  reason 5\n"
	      "  reason 6\n"
	      "  reason 7\n"
	      "  reason 8\n"
	      "q back  j k scroll\n");
}

static void a_filter(void **state)
{
	shows(sample_of_report, "/ p o s", 80, 14,
	      "slim explore  report.json                                       8.0 MB -> 2.0 MB\n"
	      "/                                                          names with \"pos\"  1/1\n"
	      "         before     after              name\n"
	      ">        8.0 MB    2.0 MB [##........] usr/\n"
	      "\n"
	      "\n"
	      "\n"
	      "\n"
	      "\n"
	      "\n"
	      "/usr\n"
	      "directory, files: 3 before, 1 after\n"
	      "\n"
	      "Filter: pos\n");
}

static void a_prompt(void **state)
{
	shows(sample_of_report, "e w", 40, 10,
	      "slim explore  report.>  8.0 MB -> 2.0 MB\n"
	      "/                      marks: +0 -1  2/4\n"
	      " -       8.0 MB    2.0 MB usr/\n"
	      ">        1.5 kB    1.5 kB etc/\n"
	      "            0 B       0 B bin@\n"
	      "            0 B       0 B dev/\n"
	      "\n"
	      "\n"
	      "/etc\n"
	      "Policy file: slim-policy.json\n");
}

static void a_screen_that_is_too_small(void **state)
{
	shows(sample_of_report, "", 29, 6,
	      "Needs 30 x 6 characters\n"
	      "\n"
	      "\n"
	      "\n"
	      "\n"
	      "\n");
}

/* The same text for all looks: they carry no meaning alone. */
static void looks(void **state)
{
	struct sample sample;
	struct explore_state s;
	CLEANUP_EXPLORE_CANVAS struct explore_canvas c = {0};
	sample_of_report(&sample);
	explore_state_init(&s, &sample.model, 80, 24);
	sample_press(&s, "j l e g");
	explore_draw(&s, &c);
	assert_int_equal(c.rows[0].spans[0].look, EXPLORE_HEAD);
	assert_int_equal(c.rows[3].spans[0].look, EXPLORE_CURSOR);
	assert_int_equal(c.rows[3].used, 80);
	assert_int_equal(c.rows[4].spans[0].look, EXPLORE_REMOVED);
	sample_press(&s, "j");
	explore_draw(&s, &c);
	assert_int_equal(c.rows[3].spans[0].look, EXPLORE_EXCLUDED);
	assert_memory_equal(c.rows[3].text.data, " -", 2);
	explore_state_done(&s);
	sample_done(&sample);
}

/* At every size, on every screen: within the screen, whatever the names. */
static void every_size(void **state)
{
	static const char *const keys[] = {"", "j l j", "tab j j", "y", "?", "/ x", "e w", "e q"};
	static void (*const makes[])(struct sample * s) = {sample_of_image, sample_of_report,
							   sample_of_report_with_layers};
	for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
		for (size_t columns = 1; columns < 100; columns += 3)
			for (size_t rows = 1; rows < 30; rows += 4) {
				struct sample sample;
				struct explore_state s;
				makes[k % 3](&sample);
				explore_state_init(&s, &sample.model, columns, rows);
				sample_press(&s, keys[k]);
				free(draw(&s));
				explore_state_done(&s);
				sample_done(&sample);
			}
}

int main(void)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_report),
	    cmocka_unit_test(marks),
	    cmocka_unit_test(a_low_screen_and_a_hostile_name),
	    cmocka_unit_test(the_smallest_screen_and_a_wide_name),
	    cmocka_unit_test(an_image),
	    cmocka_unit_test(layers),
	    cmocka_unit_test(layers_on_a_small_screen),
	    cmocka_unit_test(the_changes_of_one_layer),
	    cmocka_unit_test(the_layers_of_a_report),
	    cmocka_unit_test(a_layer_of_a_report),
	    cmocka_unit_test(a_page_of_text),
	    cmocka_unit_test(a_filter),
	    cmocka_unit_test(a_prompt),
	    cmocka_unit_test(a_screen_that_is_too_small),
	    cmocka_unit_test(looks),
	    cmocka_unit_test(every_size),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
