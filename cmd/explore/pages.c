#include "cmd/explore/pages.h"

#include <string.h>

#include "cmd/explore/browse.h"

static const char help[] = "  j k, arrows              down, up\n"
			   "  g G, PgDn PgUp           to the first and the last row, by a page\n"
			   "  l, Right, Enter          into a directory\n"
			   "  h, Left, Backspace       to the directory above; on other screens: back\n"
			   "  Tab                      the layers, and back to the tree\n"
			   "  y, or Enter on a file    why the path is there, or why it is not\n"
			   "  s                        sort by size, name or change\n"
			   "  v                        show only what was removed, only what is left, or all\n"
			   "  /                        show only names with a text, and what is below them\n"
			   "  n N                      to the next and the previous match in the whole tree\n"
			   "  Escape                   show all names again, then all layers\n"
			   "  i e u                    mark to include or to exclude, or take the mark away\n"
			   "  w                        write the marks as a policy for slim build --policy\n"
			   "  q                        quit; on a page of text: back\n"
			   "\n"
			   "Signs before a name\n"
			   "  + -                      first column: marked to include, to exclude\n"
			   "  + -                      second column: a directory above it is marked so\n"
			   "  A R C                    added, removed, changed: by a layer or the build\n"
			   "Signs behind a name\n"
			   "  / @ =                    a directory; a symbolic link; a device, fifo, socket\n";

void explore_pages_help(struct explore_state *s)
{
	struct buf text = {0};
	buf_str(&text, help);
	explore_state_page_open(s, EXPLORE_HELP, &text);
}

static void choose_layer(struct explore_state *s)
{
	const size_t at = s->cursors[EXPLORE_LAYERS].at;
	explore_browse_layer(s, at ? at - 1 : EXPLORE_ALL_LAYERS);
}

/* The terminal's size may have changed since that screen was shown. */
static void go_to(struct explore_state *s, enum explore_screen screen)
{
	s->screen = screen;
	explore_state_move(s, s->cursors[screen].at);
}

void explore_pages_key(struct explore_state *s, const struct explore_key *key)
{
	const bool back = key->kind == EXPLORE_KEY_BACK || key->kind == EXPLORE_KEY_LEFT ||
			  key->kind == EXPLORE_KEY_ESCAPE || strcmp(key->text, "h") == 0;
	const bool into =
	    key->kind == EXPLORE_KEY_ENTER || key->kind == EXPLORE_KEY_RIGHT || strcmp(key->text, "l") == 0;
	if (s->screen == EXPLORE_LAYERS && into)
		choose_layer(s);
	else if (s->screen == EXPLORE_LAYERS && (back || key->kind == EXPLORE_KEY_TAB))
		go_to(s, EXPLORE_TREE);
	else if (explore_state_is_text(s) && (back || strcmp(key->text, "q") == 0))
		go_to(s, s->below);
}
