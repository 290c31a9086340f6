/* sensor/filter.h - what the rules of sensor_filter tell the tracer with a stop. Any other data is that of a filter
 * that the program made itself. Private to lib/sensor/. */
#pragma once

#include <errno.h>

#include "sensor/sensor.h"

#define FILTER_DATA_TRACE 0x5e01
#define FILTER_DATA_DENY 0x5e02
#define FILTER_DENY_ERRNO EPERM
