#include "unit.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "formats/token.h"

static const struct token_lexer python = {.hash = true, .triple = true, .quotes = "'\"", .many_lines = ""};
static const struct token_lexer script = {
    .slashes = true, .regex = true, .quotes = "'\"`", .many_lines = "`", .interpolation = "${", .word = "$"};
static const struct token_lexer perl = {.hash = true,
					.pod = true,
					.end_mark = true,
					.colons = true,
					.quotes = "'\"`",
					.many_lines = "",
					.interpolation = "$@",
					.word = "$"};
static const struct token_lexer php = {.hash = true,
				       .slashes = true,
				       .tags = true,
				       .quotes = "'\"",
				       .many_lines = "'\"",
				       .interpolation = "$",
				       .word = "$"};

/* Words as they are, strings in <>, with a + behind one that goes on and before one that continues. */
static void one(const struct token_lexer *lexer, const char *text, const char *want)
{
	CLEANUP_TOKEN_LIST struct token_list t = {0};
	CLEANUP_BUF struct buf got = {0};
	buf_str(&got, "");
	token_list_read(&t, text, strlen(text), lexer);
	for (size_t i = 0; i < t.count; i++) {
		CLEANUP_BUF struct buf s = {0};
		buf_str(&s, "");
		assert_true(token_text(&t.items[i], &s));
		bool string = t.items[i].kind == TOKEN_STRING;
		buf_printf(&got, string ? "%s<%s%s%s>" : "%s%.0s%s%.0s", i ? " " : "", t.items[i].continued ? "+" : "",
			   s.data, t.items[i].partial ? "+" : "");
	}
	if (strcmp(got.data, want) != 0)
		fail_msg("%s\n got: %s\nwant: %s", text, got.data, want);
}

static void texts(void **state)
{
	static const struct {
		const struct token_lexer *lexer;
		const char *text, *want;
	} cases[] = {
	    {&python, "", ""},
	    {&python, "import a.b # import c\nx", "import a . b x"},
	    {&python, "x = 'a\\'b' r'c' f'd{e}f' f'{{}}'", "x = <a'b> <c> <d+> <{{}}>"},
	    {&python, "don't\nimport a", "don t import a"},
	    {&python, "a\\\nb", "a b"},
	    {&script, "require('a') // 'b'\n/* 'c' */ d", "require ( <a> ) d"},
	    {&script, "`a${b('c')}d${e}`", "<a+> b ( <c> ) <+d+> e <+>"},
	    {&script, "`a${`b${c}`}d` e", "<a+> <b+> c <+> <+d> e"},
	    {&script, "x = /['\"]/g; 'a'", "x = ) g ; <a>"},
	    {&script, "a / b / 'c'", "a / b / <c>"},
	    {&script, "return /'/", "return )"},
	    {&script, "`never closed\n'a'", "never closed <a>"},
	    {&script, "$x{x}", "$x { x }"},
	    {&perl, "use A::B;\n=pod\n\nuse C;\n\n=cut\nuse D;\n__END__\nuse E;", "use A::B ; use D ;"},
	    {&perl, "$#a 'b' \"c$d\" 'e$f'", "$ # a <b> <c+> <e$f>"},
	    {&php, "'html' <?php 'a' ?> 'b' <?= 'c'", "php <a> = <c>"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		one(cases[i].lexer, cases[i].text, cases[i].want);
}

/* A string of several lines is one token, and nobody's name. */
static void lines(void **state)
{
	static const struct {
		const struct token_lexer *lexer;
		const char *text;
		size_t at;
	} cases[] = {{&python, "'''import\n a''' b", 0}, {&php, "<?php 'a\nb' c", 1}, {&script, "`a\nb` c", 0}};
	for (size_t i = 0; i < 3; i++) {
		CLEANUP_TOKEN_LIST struct token_list t = {0};
		CLEANUP_BUF struct buf s = {0};
		token_list_read(&t, cases[i].text, strlen(cases[i].text), cases[i].lexer);
		assert_int_equal(t.count, cases[i].at + 2);
		assert_int_equal(t.items[cases[i].at].kind, TOKEN_STRING);
		assert_false(token_text(&t.items[cases[i].at], &s));
		assert_int_equal(t.items[cases[i].at + 1].kind, TOKEN_WORD);
	}
}

static void too_many(void **state)
{
	size_t n = LIMIT_SOURCE_TOKENS + 1000;
	CLEANUP_FREE char *text = mem_alloc(n);
	memset(text, ';', n);
	CLEANUP_TOKEN_LIST struct token_list t = {0};
	token_list_read(&t, text, n, &script);
	assert_int_equal(t.count, LIMIT_SOURCE_TOKENS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(texts),
	    cmocka_unit_test(lines),
	    cmocka_unit_test(too_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
