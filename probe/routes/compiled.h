/* probe/routes/compiled.h - finds routes in compiled code. Private to probe/routes. */
#pragma once

#include <stdint.h>

#include "probe/routes/route.h"

/* In a program: what Go and Rust glue together is told apart by its slashes, so that much of what is found is nothing.
 * A file that is no ELF object has none. */
void routes_program_read(struct routes_finds *f, int fd);
void routes_bytes_read(struct routes_finds *f, const char *data, size_t n);
/* In the classes of a jar that are the application's: those of Spring's place for them, or else those that share the
 * first two parts of the main class's package; all, if the jar names none. Stops once about max bytes were read;
 * returns how many were: what is passed over counts, too. */
uint64_t routes_jar_read(struct routes_finds *f, int fd, uint64_t max);
void routes_class_read(struct routes_finds *f, const char *class, size_t n);
