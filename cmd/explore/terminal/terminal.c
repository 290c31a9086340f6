#include "cmd/explore/terminal/terminal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define NCURSES_NOMACROS 1
#define NCURSES_WIDECHAR 1
#include <curses.h>

#include "base/stop.h"
#include "cmd/explore/draw.h"
#include "cmd/explore/canvas/layout.h"
#include "cmd/explore/terminal/read_key.h"
#include "cmd/explore/save.h"
#include "cmd/streams.h"

#define ESCAPE_MS 100 /* that a key which begins with ESC may take to arrive, over a slow line, too */

/* ---- looks ---- */

/* By enum explore_look: a colour, or -1 for the terminal's own, and what it looks like besides. */
static const struct {
	short colour;
	attr_t more;
} looks[EXPLORE_LOOKS] = {
    [EXPLORE_PLAIN] = {-1, A_NORMAL},
    [EXPLORE_HEAD] = {-1, A_REVERSE},
    [EXPLORE_TITLE] = {-1, A_BOLD},
    [EXPLORE_CURSOR] = {-1, A_REVERSE},
    [EXPLORE_ADDED] = {COLOR_GREEN, A_NORMAL},
    [EXPLORE_REMOVED] = {COLOR_RED, A_NORMAL},
    [EXPLORE_CHANGED] = {COLOR_YELLOW, A_NORMAL},
    [EXPLORE_INCLUDED] = {COLOR_GREEN, A_BOLD},
    [EXPLORE_EXCLUDED] = {COLOR_RED, A_BOLD},
    [EXPLORE_FAINT] = {-1, A_NORMAL},
};

static bool begin_colours(void)
{
	if (!streams_has_colour(STDOUT_FILENO) || !has_colors() || start_color() != OK || use_default_colors() != OK)
		return false;
	for (short i = 0; i < EXPLORE_LOOKS; i++)
		if (looks[i].colour >= 0)
			init_pair((short)(i + 1), looks[i].colour, -1);
	return true;
}

static void put(const struct explore_canvas *c, bool colours)
{
	werase(stdscr);
	for (size_t y = 0; y < c->n_rows; y++) {
		const struct explore_row *r = &c->rows[y];
		wmove(stdscr, (int)y, 0);
		for (size_t i = 0; i < r->n_spans; i++) {
			const struct explore_span *span = &r->spans[i];
			const size_t end = i + 1 < r->n_spans ? span[1].at : r->text.len;
			const bool coloured = colours && looks[span->look].colour >= 0;
			wattr_set(stdscr, looks[span->look].more, (short)(coloured ? span->look + 1 : 0), NULL);
			waddnstr(stdscr, r->text.data + span->at, (int)(end - span->at));
		}
	}
	wattr_set(stdscr, A_NORMAL, 0, NULL);
}

static void show(const struct explore_state *s, bool colours)
{
	CLEANUP_EXPLORE_CANVAS struct explore_canvas c = {0};
	const struct explore_layout l = explore_layout(s->columns, s->rows);
	explore_draw(s, &c);
	put(&c, colours);
	curs_set(s->prompt.kind ? 1 : 0);
	if (s->prompt.kind && l.fits)
		wmove(stdscr, (int)l.foot, (int)c.rows[l.foot].used);
	wrefresh(stdscr);
}

/* False: the user quits. */
static bool press(struct explore_state *s, const struct explore_key *key)
{
	switch (explore_control_key(s, key)) {
	case EXPLORE_QUIT:
		return false;
	case EXPLORE_WRITE:
		explore_save(s, false);
		return true;
	case EXPLORE_REPLACE:
		explore_save(s, true);
		return true;
	default:
		return true;
	}
}

/* ---- the loop ---- */

static void on_resize(int sig)
{
	(void)sig; /* ppoll ends */
}

static void resize(struct explore_state *s)
{
	struct winsize size;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || !size.ws_col || !size.ws_row)
		return;
	if (size.ws_col == s->columns && size.ws_row == s->rows)
		return;
	resize_term(size.ws_row, size.ws_col);
	wclear(stdscr);
	explore_state_resize(s, size.ws_col, size.ws_row);
}

/* Waits for a key, a new size or a signal. */
static int wait_for_key(const sigset_t *unblocked, struct err *err)
{
	struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = stop_fd(), .events = POLLIN}};
	const int n = ppoll(fds, 2, NULL, unblocked);
	int r = stop_check(err);
	if (r < 0)
		return r;
	if (n < 0 && errno != EINTR)
		return err_sys(err, errno, "poll-failed", "cannot wait for a key");
	if (n > 0 && fds[0].revents & (POLLHUP | POLLERR | POLLNVAL))
		return err_set(err, ERR_SYS, "terminal-closed", "the terminal was closed");
	return 0;
}

static int loop(struct explore_state *s, bool colours, const sigset_t *unblocked, struct err *err)
{
	struct explore_key key;
	int r;
	do {
		resize(s);
		show(s, colours);
		if ((r = wait_for_key(unblocked, err)) < 0)
			return r;
		while (explore_read_key(&key))
			if (!press(s, &key))
				return 0;
	} while (true);
}

static int start(bool *colours, struct err *err)
{
	if (!initscr())
		return err_set(err, ERR_SYS, "terminal-unsupported", "cannot set up the terminal");
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, true);
	nodelay(stdscr, true);
	set_escdelay(ESCAPE_MS);
	*colours = begin_colours();
	return 0;
}

/* SIGWINCH arrives only while the loop waits, so that none is missed. It is handled before ncurses could. */
int explore_terminal_run(const struct explore_model *m, struct err *err)
{
	struct sigaction old, resized = {.sa_handler = on_resize};
	struct explore_state s;
	sigset_t winch, before;
	bool colours;
	sigemptyset(&winch);
	sigaddset(&winch, SIGWINCH);
	sigprocmask(SIG_BLOCK, &winch, &before);
	sigaction(SIGWINCH, &resized, &old);
	int r = start(&colours, err);
	if (r == 0) {
		explore_state_init(&s, m, (size_t)getmaxx(stdscr), (size_t)getmaxy(stdscr));
		r = loop(&s, colours, &before, err);
		explore_state_done(&s);
		endwin();
	}
	sigaction(SIGWINCH, &old, NULL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return r;
}
