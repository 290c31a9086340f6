#include "unit.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "cmd/batch/file.h"

#define HEAD "schema: slim.build/v1\n"

static int parse(const char *text, const struct strlist *names, const struct option_given_list *given,
		 struct batch_file *out, struct err *err)
{
	return batch_file_parse(text, strlen(text), "slim.yaml", &command_build, names, given, out, err);
}

/* expected: of each image a line with its arguments behind "--json", joined by a space. */
static void becomes_one(const char *text, const char *expected)
{
	CLEANUP_BATCH_FILE struct batch_file f;
	CLEANUP_BUF struct buf b = {0};
	struct err err = {0};
	int r = parse(text, NULL, NULL, &f, &err);
	if (r < 0)
		fail_msg("%s", err.msg);
	for (size_t i = 0; i < f.count; i++) {
		const struct strlist *l = &f.images[i].argv;
		assert_string_equal(l->items[0], "build");
		assert_string_equal(l->items[2], "--json");
		buf_printf(&b, "%s=%s", f.images[i].name, l->items[1]);
		for (size_t k = 3; k < l->count; k++)
			buf_printf(&b, " %s", l->items[k]);
		buf_char(&b, '\n');
	}
	assert_string_equal(b.data, expected);
}

static void images_become_command_lines(void **state)
{
	becomes_one(HEAD "images: [{image: web:1}]\n", "web=web:1\n");
	becomes_one(HEAD "images:\n- image: registry.example.com:5000/team/app@sha256:"
			 "0123456789012345678901234567890123456789012345678901234567890123\n  name: a.b_c-d\n",
		    "a.b_c-d=registry.example.com:5000/team/app@sha256:"
		    "0123456789012345678901234567890123456789012345678901234567890123\n");
	becomes_one(HEAD "images:\n- image: oci:images/app:1\n- image: docker-daemon:web:1\n",
		    "app=oci:images/app:1\nweb=docker-daemon:web:1\n");
}

static void order_is_kept(void **state)
{
	becomes_one(HEAD "images:\n- image: web\n  keep: safe\n  exercise:\n  - exec: one\n  - http-probe: true\n"
			 "  - exec: two\n    signal: HUP\n  gates: {heal: 2}\n  push: true\n",
		    "web=web --keep=safe --exec=one --http-probe=true --exec=two --signal=HUP --heal=2 --push\n");
}

static void own_words_replace_defaults(void **state)
{
	becomes_one(HEAD "defaults:\n  keep: safe\n  push: true\n  include: [/a, /b]\n  gates: {heal: 1, repeat: 2}\n"
			 "  exercise: [exec: all]\n  output: oci:o:${SLIM_IMAGE}\n"
			 "images:\n- image: web\n- image: job\n  keep: most\n  push: false\n  include: /c\n"
			 "  exercise: [exec: own]\n  gates: {heal: 3}\n",
		    "web=web --keep=safe --push --include=/a --include=/b --heal=1 --repeat=2 --exec=all "
		    "--output=oci:o:web\n"
		    "job=job --repeat=2 --output=oci:o:job --keep=most --include=/c --exec=own --heal=3\n");
}

static void anchors_count(void **state)
{
	becomes_one(HEAD "images:\n- &a {image: web, keep: safe}\n- <<: *a\n  name: other\n  keep: most\n",
		    "web=web --keep=safe\nother=web --keep=most\n");
}

static void command_line_is_stronger(void **state)
{
	const struct option_row *keep = option_find(&command_build.options, "keep", 4),
				*jobs = option_find(&command_build.options, "jobs", 4),
				*report = option_find(&command_build.options, "report", 6),
				*push = option_find(&command_build.options, "push", 4);
	struct option_given items[] = {{keep, "exact"}, {jobs, "3"}, {report, "r.json"}, {push, NULL}};
	const struct option_given_list given = {.items = items, .count = 4};
	CLEANUP_BATCH_FILE struct batch_file f;
	assert_int_equal(parse(HEAD "jobs: 2\nimages: [{image: web, keep: most, heal: 1}]\n", NULL, &given, &f, NULL),
			 0);
	const struct strlist *l = &f.images[0].argv;
	assert_int_equal(f.jobs, 2);
	assert_int_equal(l->count, 6);
	assert_string_equal(l->items[3], "--heal=1");
	assert_string_equal(l->items[4], "--keep=exact");
	assert_string_equal(l->items[5], "--push");
}

static void images_are_chosen(void **state)
{
	CLEANUP_STRLIST struct strlist names = {0};
	CLEANUP_BATCH_FILE struct batch_file f, g;
	struct err err = {0};
	const char *text =
	    HEAD "images:\n- {image: web, env: {A: \"${BATCH_NONE}\"}}\n- {image: job}\n- {image: cron}\n";
	unsetenv("BATCH_NONE");
	strlist_add(&names, "cron");
	strlist_add(&names, "job");
	assert_int_equal(parse(text, &names, NULL, &f, &err), 0); /* what is left out needs no variables */
	assert_int_equal(f.count, 2);
	assert_string_equal(f.images[0].name, "job");
	assert_string_equal(f.images[1].name, "cron");
	strlist_add(&names, "wep");
	assert_int_equal(parse(text, &names, NULL, &g, &err), -ERR_INVAL);
	assert_string_equal(err.id, "batch-image-unknown");
	assert_non_null(strstr(err.msg, "did you mean web?"));
}

static void is_refused_one(const char *text, const char *id, const char *part)
{
	CLEANUP_BATCH_FILE struct batch_file f;
	struct err err = {0};
	assert_true(parse(text, NULL, NULL, &f, &err) < 0);
	assert_string_equal(err.id, id);
	if (!strstr(err.msg, part))
		fail_msg("no \"%s\" in: %s", part, err.msg);
}

static void mistakes_name_their_line(void **state)
{
	static const char file[] = "batch-file-malformed", key[] = "batch-key-unknown";
	is_refused_one("", "yaml-malformed", "slim.yaml");
	is_refused_one("[]", file, "line 1");
	is_refused_one("images: [{image: a}]\n", file, "schema: slim.build/v1");
	is_refused_one("schema: slim.build/v2\nimages: [{image: a}]\n", file, "line 1");
	is_refused_one(HEAD, file, "images");
	is_refused_one(HEAD "images: []\n", file, "line 2");
	is_refused_one(HEAD "image: []\n", key, "line 2: unknown key image; did you mean images?");
	is_refused_one(HEAD "jobs: 0\nimages: [{image: a}]\n", file, "line 2");
	is_refused_one(HEAD "jobs: two\nimages: [{image: a}]\n", file, "line 2");
	is_refused_one(HEAD "images:\n- web\n", file, "slim.yaml, line");
	is_refused_one(HEAD "images:\n- name: a\n", file, "line 3");
	is_refused_one(HEAD "images:\n- image: -a\n", file, "line 3");
	is_refused_one(HEAD "images:\n- image: web\n- image: web:2\n", file, "line 4: two images have the name web");
	is_refused_one(HEAD "images:\n- image: web\n  name: a b\n", file, "line 4");
	is_refused_one(HEAD "images:\n- image: web\n  keeep: safe\n", key,
		       "line 4: unknown key keeep; did you mean keep?");
	is_refused_one(HEAD "images:\n- image: web\n  exercize: []\n", key, "did you mean exercise?");
	is_refused_one(HEAD "images:\n- image: web\n  json: true\n", key, "line 4");
	is_refused_one(HEAD "images:\n- image: web\n  exercise: [exec: a, exce: b]\n", key, "did you mean exec?");
	is_refused_one(HEAD "images:\n- image: web\n  exercise: {exec: a}\n", file, "line 4");
	is_refused_one(HEAD "images:\n- image: web\n  gates: [heal]\n", file, "line 4");
	is_refused_one(HEAD "images:\n- image: web\n  timeout: soon\n", "option-value-invalid", "line 4: --timeout");
	is_refused_one(HEAD "defaults: {name: a}\nimages: [{image: a}]\n", key, "line 2");
	is_refused_one(HEAD "defaults: []\nimages: [{image: a}]\n", file, "line 2");
	is_refused_one(HEAD "images:\n- {image: a, keep: safe, keep: most}\n", "yaml-malformed", "line 3");
}

/* Aliases make a short file long. */
static void size_is_bounded(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	buf_str(&b, HEAD "defaults:\n  include: &a [");
	for (int i = 0; i < 300; i++)
		buf_printf(&b, "%s/%0300d", i ? "," : "", i);
	buf_str(&b, "]\nimages:\n");
	for (int i = 0; i < LIMIT_BATCH_IMAGES; i++)
		buf_printf(&b, "- {image: a, name: n%d}\n", i);
	is_refused_one(b.data, "batch-file-too-large", "line 3");
	buf_str(&b, "- {image: a, name: more}\n");
	is_refused_one(b.data, "batch-file-too-large", "images");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(images_become_command_lines), cmocka_unit_test(order_is_kept),
	    cmocka_unit_test(own_words_replace_defaults),  cmocka_unit_test(anchors_count),
	    cmocka_unit_test(command_line_is_stronger),    cmocka_unit_test(images_are_chosen),
	    cmocka_unit_test(mistakes_name_their_line),    cmocka_unit_test(size_is_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
