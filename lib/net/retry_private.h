/* net/retry_private.h - the pause before a try, without taking it: what there is to test. Private to lib/net/. */
#pragma once

#include <time.h>

#include "net/retry.h"

/* false: no more tries. tried: failures so far, this one included. now: the time of day. chance: any number. */
bool retry_pause(unsigned tried, const char *retry_after, time_t now, unsigned chance, unsigned *ms);
