#include "cmd/explore/canvas/layout.h"

#define HIGH 14 /* rows of a screen that has room for all */
#define DETAILS 3

struct explore_layout explore_layout(size_t columns, size_t rows)
{
	struct explore_layout l = {0};
	if (columns < EXPLORE_LEAST_COLUMNS || rows < EXPLORE_LEAST_ROWS)
		return l;
	l.fits = true;
	l.columns = rows < HIGH ? 0 : 2;
	l.top = rows < HIGH ? 2 : 3;
	l.n_details = rows < HIGH ? 1 : DETAILS;
	l.foot = rows - 1;
	l.details = l.foot - l.n_details;
	l.list = l.details - l.top;
	l.text = l.foot - EXPLORE_TEXT_TOP;
	return l;
}
