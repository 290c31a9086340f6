/* run/by_hand.h - the user's hand that ends a run (--continue-after enter, signal): once for each run. */
#pragma once

enum run_by_hand {
	RUN_BY_HAND_NOT_YET,
	RUN_BY_HAND_ONCE,  /* this run */
	RUN_BY_HAND_ENDED, /* this run, and nothing can come for another: the input is at its end */
};

/* fd can be read: an eventfd that a signal's handler adds to, or input of which each line ends a run. Takes no more
 * than what is meant for one run, and does not wait. */
enum run_by_hand run_by_hand_take(int fd);
