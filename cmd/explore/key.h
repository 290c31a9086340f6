/* cmd/explore/key.h - one key that the user pressed. */
#pragma once

enum explore_key_kind {
	EXPLORE_KEY_NONE, /* one that has no meaning here */
	EXPLORE_KEY_TEXT, /* a character, see text */
	EXPLORE_KEY_UP,
	EXPLORE_KEY_DOWN,
	EXPLORE_KEY_LEFT,
	EXPLORE_KEY_RIGHT,
	EXPLORE_KEY_PAGE_UP,
	EXPLORE_KEY_PAGE_DOWN,
	EXPLORE_KEY_FIRST,
	EXPLORE_KEY_LAST,
	EXPLORE_KEY_ENTER,
	EXPLORE_KEY_BACK,
	EXPLORE_KEY_ESCAPE,
	EXPLORE_KEY_TAB,
};

struct explore_key {
	enum explore_key_kind kind;
	char text[8]; /* UTF-8, one character */
};
