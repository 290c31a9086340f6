#include "transport/fixture.h"

#include <jansson.h>

#include "pipeline/build/choose.h"
#include "text/json.h"
#include "trace/trace_file.h"

#define FORMATS "formats" /* plays binfmt_misc */

/* oci:source:all: an index with an image for each of these. */
static const char *const platforms[] = {"linux/amd64", "linux/arm64/v8", "linux/arm/v7", "windows/amd64",
					"linux/s390x"};
#define PLATFORMS (sizeof(platforms) / sizeof(platforms[0]))

struct choosing {
	struct transport_source *source;
	struct oci_digest digests[PLATFORMS];
	struct pipeline_build_options build;
	struct pipeline_platforms_options options;
	struct pipeline_choices choices;
	const char *host, *foreign; /* the platforms of the machine, and of the other of the first two */
};

static void make_index(struct choosing *c)
{
	struct err e = {0};
	CLEANUP_BUF struct buf text = {0};
	CLEANUP_TRANSPORT_SINK struct transport_sink *sink = NULL;
	json_t *entries = json_array();
	json_auto_t *doc =
	    json_pack("{s:i, s:s, s:o}", "schemaVersion", 2, "mediaType", OCI_MEDIA_INDEX, "manifests", entries);
	struct oci_descriptor d;
	assert_ok(fixture_sink("oci:source:all", NULL, &sink, &e), &e);
	for (size_t i = 0; i < PLATFORMS; i++) {
		CLEANUP_FIXTURE struct fixture_image f;
		fixture_image_init(&f, OCI_FAMILY_OCI, "any", platforms[i]);
		assert_ok(fixture_add(sink, &f, &e), &e);
		assert_ok(transport_sink_blob(sink, &f.d, f.text.data, &e), &e);
		assert_ok(oci_platform_parse(platforms[i], &f.d.platform, &e), &e);
		json_array_append_new(entries, oci_descriptor_json(&f.d));
		c->digests[i] = f.d.digest;
	}
	json_write(doc, &text);
	oci_descriptor_of(OCI_MEDIA_INDEX, text.data, text.len, &d);
	assert_ok(transport_sink_commit(sink, &d, &text, &e), &e);
}

static void setup(struct choosing *c)
{
	struct err e = {0};
	struct oci_platform host;
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	*c = (struct choosing){0};
	make_index(c);
	oci_platform_host(&host);
	const bool arm = strcmp(host.arch, "arm64") == 0;
	c->host = platforms[arm];
	c->foreign = platforms[!arm];
	c->options.build = &c->build;
	assert_ok(oci_ref_parse("oci:source:all", &ref, &e), &e);
	assert_ok(transport_source_open(&ref, NULL, &c->source, &e), &e);
}

static void done(struct choosing *c)
{
	transport_source_close(c->source);
	pipeline_choices_done(&c->choices);
}

static int choose(struct choosing *c, struct err *e)
{
	pipeline_choices_done(&c->choices);
	return pipeline_choose(c->source, &c->options, FORMATS, &c->choices, e);
}

/* "linux/amd64 linux/arm64/v8!": an obstacle; "+": a trace for each. */
static void chosen(const struct choosing *c, const char *want)
{
	CLEANUP_BUF struct buf got = {0};
	for (size_t i = 0; i < c->choices.count; i++) {
		const struct pipeline_choice *choice = &c->choices.items[i];
		buf_printf(&got, "%s%s%s", i ? " " : "", choice->name, choice->obstacle ? "!" : "");
		for (size_t k = 0; k < choice->traces.count; k++)
			buf_char(&got, '+');
	}
	assert_string_equal(got.data, want);
}

static void expect(const struct choosing *c, const char *format)
{
	CLEANUP_BUF struct buf want = {0};
	for (const char *at = format; *at; at++)
		buf_printf(&want, "%s", *at == 'H' ? c->host : *at == 'F' ? c->foreign : (char[]){*at, '\0'});
	chosen(c, want.data);
}

static void fails(struct choosing *c, const char *id, const char *text)
{
	struct err e = {0};
	assert_true(choose(c, &e) < 0);
	assert_string_equal(e.id, id);
	assert_says(&e, text);
}

static void those_that_this_machine_runs(void **state)
{
	struct choosing c;
	struct err e = {0};
	setup(&c);
	fails(&c, "platforms-not-buildable", "linux/s390x");
	c.options.keep_others = true;
	assert_ok(choose(&c, &e), &e);
	expect(&c, "H F! linux/s390x!");
	assert_string_equal(c.choices.items[0].digest.text, c.digests[c.host == platforms[1]].text);
	done(&c);
}

static void those_that_it_emulates(void **state)
{
	static const char s390x[] = "enabled\ninterpreter /q\nflags: F\noffset 0\n"
				    "magic 7f454c4602020100000000000000000000020016\n";
	struct choosing c;
	struct err e = {0};
	setup(&c);
	assert_int_equal(mkdir(FORMATS, 0755), 0);
	fixture_file(FORMATS "/status", "enabled\n", 8);
	fixture_file(FORMATS "/qemu", s390x, strlen(s390x));
	c.options.keep_others = true;
	assert_ok(choose(&c, &e), &e);
	expect(&c, "H linux/s390x F!");
	done(&c);
}

static void write_trace(const char *path, const struct oci_digest *digest)
{
	struct err e = {0};
	CLEANUP_TRACE_FILE struct trace_file f = {0};
	CLEANUP_BUF struct buf text = {0};
	trace_file_add_image(&f, "app", digest->text);
	assert_ok(trace_file_write(&f, &text, &e), &e);
	fixture_file(path, text.data, text.len);
}

static void those_that_have_a_trace(void **state)
{
	struct choosing c;
	struct err e = {0};
	setup(&c);
	write_trace("s390x.json", &c.digests[4]);
	write_trace("v7.json", &c.digests[2]);
	struct pipeline_platform_trace traces[] = {
	    {.file = "s390x.json"}, {.file = "v7.json"}, {.named = true, .file = "not-read"}};
	assert_ok(oci_platform_parse(c.foreign, &traces[2].platform, &e), &e);
	c.options.traces = traces;
	c.options.n_traces = 3;
	assert_ok(choose(&c, &e), &e);
	expect(&c, "H F+ linux/s390x+ linux/arm/v7+");
	c.build.verify = PIPELINE_BUILD_VERIFY_ON; /* which runs them */
	fails(&c, "platforms-not-buildable", "linux/arm/v7");
	done(&c);
}

static void those_that_are_named(void **state)
{
	struct choosing c;
	struct err e = {0};
	struct oci_platform wanted[3];
	setup(&c);
	assert_ok(oci_platform_parse(c.host, &wanted[0], &e), &e);
	assert_ok(oci_platform_parse(c.host, &wanted[1], &e), &e);
	assert_ok(oci_platform_parse("windows/amd64", &wanted[2], &e), &e);
	c.options.wanted = wanted;
	c.options.n_wanted = 2;
	assert_ok(choose(&c, &e), &e);
	expect(&c, "H");
	c.options.n_wanted = 3;
	fails(&c, "platforms-not-buildable", "windows/amd64");
	c.options.keep_others = true;
	assert_ok(choose(&c, &e), &e);
	expect(&c, "H windows/amd64!");
	c.options.wanted = wanted + 2;
	c.options.n_wanted = 1;
	fails(&c, "platforms-not-buildable", "none");
	assert_ok(oci_platform_parse("linux/riscv64", &wanted[2], &e), &e);
	fails(&c, "platform-not-found", "linux/riscv64");
	done(&c);
}

static void traces_of_what_is_not_built(void **state)
{
	struct choosing c;
	struct err e = {0};
	struct oci_platform wanted, host;
	struct oci_digest other;
	setup(&c);
	oci_digest_of("x", 1, &other);
	write_trace("s390x.json", &c.digests[4]);
	write_trace("older.json", &other);
	assert_ok(oci_platform_parse("linux/s390x", &wanted, &e), &e);
	assert_ok(oci_platform_parse(c.host, &host, &e), &e);
	struct pipeline_platform_trace trace = {.file = "s390x.json"};
	c.options.traces = &trace;
	c.options.n_traces = 1;
	c.options.n_wanted = 1;
	c.options.wanted = &host;
	fails(&c, "trace-platform-not-built", "linux/s390x");
	trace = (struct pipeline_platform_trace){.named = true, .platform = wanted, .file = "s390x.json"};
	fails(&c, "trace-platform-not-built", "linux/s390x");
	trace = (struct pipeline_platform_trace){.file = "older.json"};
	c.options.wanted = &wanted;
	fails(&c, "trace-platform-unknown", "older.json");
	trace.file = "missing.json";
	assert_true(choose(&c, &e) < 0);
	done(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FIXTURE_TEST(those_that_this_machine_runs), FIXTURE_TEST(those_that_it_emulates),
	    FIXTURE_TEST(those_that_have_a_trace),      FIXTURE_TEST(those_that_are_named),
	    FIXTURE_TEST(traces_of_what_is_not_built),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
