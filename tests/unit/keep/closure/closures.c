/* Broken sources of every language: whatever a closure reads, it ends, within bounds (the sanitizers look on). */
#include "keep/sources.h"

static const struct source_file seeds[] = {
    {"py", "from ..a import (b, c as d)\nimport_module(f'x.{y}')\n'''t'''\nx = ['a.b:c'] + \"d/\" 'e'\np.__path__\n"},
    {"js", "import x from './a'; require(`./b/${c(`${d}`)}`); /[/'\"]/.exec('sh -c \"x $(y `z`)\"'); 'a' + '/b'\n"},
    {"pl", "use parent -norequire, qw(A::B), 'C::D';\n=pod\n\n=cut\nsystem(\"a $b `c`\"); `d | e`; require "
	   "'f.pl';\n__END__\n"},
    {"rb", "require_relative \"a/#{b}\"\nautoload :C, 'd'\n=begin\n=end\nDir['x/*.rb']\n%x(e)\n`f \"g\"`\n"},
    {"php", "x<?php include __DIR__ . '/a' . \"$b/c\"; shell_exec('d'); ?> y <?= `e` # f\n"},
    {"sh", "case $x in a) b;; esac; c=$(d \"e `f` ${g}\"); cat <<'EOF'\nh\nEOF\nfind . -exec sh -c 'i; j' \\; > k 2>&1 "
	   "# l\n"},
    {"class", "\xca\xfe\xba\xbe"},
    {"jar", "PK\x03\x04"},
    {"json", "{\"scripts\":{\"start\":\"a\"},\"main\":\"b\",\"dependencies\":{\"c\":\"1\"}}"},
};

/* The same on every machine. */
static uint32_t next(uint32_t *state)
{
	return *state = *state * 1664525 + 1013904223;
}

static void add(struct test_image *m, const char *ending, unsigned n, const struct buf *text)
{
	CLEANUP_BUF struct buf path = {0};
	buf_printf(&path, "app/x/%s%u.%s", ending, n, ending);
	image_bytes(m, strcmp(ending, "json") == 0 && n == 0 ? "app/x/package.json" : path.data, text->data, text->len,
		    0755);
}

/* Keeps everything in the image and runs the closures over it. */
static void close_all(struct test_image *m)
{
	image_index(m);
	CLEANUP_KEEP_SET struct keep_set k;
	keep_set_init(&k, m->index, NULL, KEEP_CLOSURE);
	for (uint32_t id = 0; id < image_index_count(m->index); id++)
		keep_node(&k, id, KEEP_WHY(KEEP_TRACE, 0));
	assert_int_equal(keep_closures(&k, NULL), 0);
}

static void broken(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	uint32_t random = 1;
	image_init(&m);
	for (size_t i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++) {
		size_t n = strlen(seeds[i].text);
		for (unsigned j = 0; j < 200; j++) {
			CLEANUP_BUF struct buf text = {0};
			buf_append(&text, seeds[i].text, j < n ? n - j : n);
			for (unsigned k = 0; text.len && k < j % 7; k++)
				text.data[next(&random) % text.len] = (char)(next(&random) >> 16);
			add(&m, seeds[i].path, j, &text);
		}
	}
	close_all(&m);
}

/* Long runs of what nests or may last to the end: time must grow with the length only. */
static void long_runs(void **state)
{
	static const char *const runs[] = {"`${",
					   "\"$(",
					   "/*",
					   "'",
					   "\"\"\"",
					   "<<A ",
					   "${",
					   "a.b.",
					   "../",
					   "require('./",
					   "from . import (",
					   "import a,",
					   "=pod\n",
					   "<?",
					   "(",
					   "system(\"`",
					   "\\",
					   "/["};
	static const char *const endings[] = {"py", "js", "pl", "rb", "php", "sh"};
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	for (unsigned i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		CLEANUP_BUF struct buf text = {0};
		while (text.len < 200000)
			buf_str(&text, runs[i]);
		for (size_t j = 0; j < sizeof(endings) / sizeof(endings[0]); j++)
			add(&m, endings[j], i, &text);
	}
	close_all(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(broken), cmocka_unit_test(long_runs)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
