#include "cmd/explore/terminal/read_key.h"

#include <limits.h>
#include <string.h>
#include <wchar.h>

#define NCURSES_NOMACROS 1
#define NCURSES_WIDECHAR 1
#include <curses.h>

static enum explore_key_kind kind_of(wint_t code)
{
	static const struct {
		wint_t code;
		enum explore_key_kind kind;
	} keys[] = {
	    {KEY_UP, EXPLORE_KEY_UP},          {KEY_DOWN, EXPLORE_KEY_DOWN},     {KEY_LEFT, EXPLORE_KEY_LEFT},
	    {KEY_RIGHT, EXPLORE_KEY_RIGHT},    {KEY_PPAGE, EXPLORE_KEY_PAGE_UP}, {KEY_NPAGE, EXPLORE_KEY_PAGE_DOWN},
	    {KEY_HOME, EXPLORE_KEY_FIRST},     {KEY_END, EXPLORE_KEY_LAST},      {KEY_ENTER, EXPLORE_KEY_ENTER},
	    {KEY_BACKSPACE, EXPLORE_KEY_BACK},
	};
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (keys[i].code == code)
			return keys[i].kind;
	return EXPLORE_KEY_NONE;
}

static enum explore_key_kind kind_of_character(wint_t c)
{
	switch (c) {
	case '\r':
	case '\n':
		return EXPLORE_KEY_ENTER;
	case '\t':
		return EXPLORE_KEY_TAB;
	case '\b':
	case 0x7f:
		return EXPLORE_KEY_BACK;
	case 0x1b:
		return EXPLORE_KEY_ESCAPE;
	case 0x02: /* Ctrl-B and Ctrl-F, as in vi */
		return EXPLORE_KEY_PAGE_UP;
	case 0x06:
		return EXPLORE_KEY_PAGE_DOWN;
	default:
		return EXPLORE_KEY_TEXT;
	}
}

bool explore_read_key(struct explore_key *out)
{
	wint_t c;
	mbstate_t state = {0};
	char text[MB_LEN_MAX + 1] = "";
	const int r = wget_wch(stdscr, &c);
	*out = (struct explore_key){0};
	if (r == ERR)
		return false;
	out->kind = r == KEY_CODE_YES ? kind_of(c) : kind_of_character(c);
	if (out->kind != EXPLORE_KEY_TEXT)
		return true;
	const size_t n = wcrtomb(text, (wchar_t)c, &state);
	if (n < sizeof(out->text))
		memcpy(out->text, text, n);
	else
		out->kind = EXPLORE_KEY_NONE;
	return true;
}
