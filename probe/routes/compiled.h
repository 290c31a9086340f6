/* probe/routes/compiled.h - finds routes in compiled code. Private to probe/routes. */
#pragma once

#include <stdint.h>

#include "probe/routes/route.h"

/* Reads the routes in a program. Texts that Go and Rust pack together are told apart by their slashes, so many finds
 * are wrong. A file that is not an ELF object has no routes. */
void routes_program_read(struct routes_finds *f, int fd);
void routes_bytes_read(struct routes_finds *f, const char *data, size_t n);
/* Reads the routes in the application's classes of a jar: those in Spring's place for them, or else those that share
 * the first two parts of the main class's package; all, if the jar does not name it. Stops once about max bytes were
 * read. Returns the number of bytes that were read; skipped bytes count, too. */
uint64_t routes_jar_read(struct routes_finds *f, int fd, uint64_t max);
void routes_class_read(struct routes_finds *f, const char *class, size_t n);
