/* tests/unit/unit.h - what every unit test includes: cmocka, with the headers that it wants first. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
