/* run/output/kept_output.h - bounds what a container's output takes on the disk: its head and its tail are kept, and
 * between them a line says how many bytes were left out. The same bytes give the same file, however they came in
 * pieces.
 * Lifetime: _init, any number of _add, one _finish, _done. For one thread. Up to tail bytes of memory. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/err.h"

/* Bytes that are kept of the beginning, which shows how the program started, and of the end, which shows why it ended.
 * With the line between them the file has at most LIMIT_OUTPUT bytes. */
#define RUN_KEPT_HEAD ((size_t)3 << 20)
#define RUN_KEPT_TAIL (((size_t)1 << 20) - 4096)

struct run_kept_output {
	int fd; /* borrowed, opened for appending; others may append to it meanwhile */
	size_t head, tail;
	uint64_t total; /* bytes that came */
	char *last;     /* a ring of tail bytes: those behind the head; NULL until there are any */
};

void run_kept_output_init(struct run_kept_output *k, int fd, size_t head, size_t tail);
/* Writes what belongs to the head at once, and takes the rest. An error is that of a write; then what is missing of the
 * head stays missing. */
int run_kept_output_add(struct run_kept_output *k, const void *data, size_t n, struct err *err) MUST_CHECK;
/* Writes the tail, with the line before it if something was left out. */
int run_kept_output_finish(struct run_kept_output *k, struct err *err) MUST_CHECK;
/* Bytes that are in neither head nor tail. */
uint64_t run_kept_output_left_out(const struct run_kept_output *k);
void run_kept_output_done(struct run_kept_output *k);
#define CLEANUP_KEPT_OUTPUT CLEANUP(run_kept_output_done)
