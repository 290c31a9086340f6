/* sensor/programs.h - the programs of a recorder in the kernel (eBPF), loaded ahead in a thread, and used by one sensor
 * after the other. Loading takes a tenth of a second and more, in the kernel's verifier and over its BTF. To detach
 * them waits for the kernel, too: a thread does it after each sensor, and empties the maps for the next one. Lifetime:
 * _begin; any number of sensors, which borrow it; _end; _free, which waits for the thread. One that loads nothing is
 * NULL, which each function takes. Not thread-safe. */
#pragma once

#include "base/err.h"
#include "base/timings.h"
#include "sensor/filter.h"

struct sensor_programs;
/* Begins to load what a sensor of that kind may use. If that fails, the sensor gets the error. timings: of what the
 * thread does, borrowed; may be NULL. */
struct sensor_programs *sensor_programs_begin(enum sensor_kind kind, struct timings *timings);
/* No sensor follows: begins to unload. */
void sensor_programs_end(struct sensor_programs *p);
void sensor_programs_free(struct sensor_programs *p);

/* Private to lib/sensor/: waits for what is loaded, or loads it now if there is none or another sensor has it. */
int sensor_programs_take(struct sensor_programs *p, void **out, struct err *err) MUST_CHECK;
/* loaded: what _take gave, or NULL. reusable: if not, it is unloaded. */
void sensor_programs_give(struct sensor_programs *p, void *loaded, bool reusable);
