/* tests/unit/unit.h - what every unit test includes: cmocka, with the headers that it wants first. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Ends a test that can't run here; not for a function that a test calls. cmocka's own says "not ok # SKIP" in TAP,
 * which meson takes for a failure. */
#undef skip
#define skip()                                                                                                         \
	do {                                                                                                           \
		print_message("# %s: not tried here\n", __func__);                                                     \
		return;                                                                                                \
	} while (0)

#define NEEDS_ROOT()                                                                                                   \
	do {                                                                                                           \
		if (geteuid() != 0)                                                                                    \
			skip();                                                                                        \
	} while (0)
