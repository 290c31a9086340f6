/* formats/beam.h - reads the atoms and the literal texts of a compiled module of Erlang or Elixir.
 * Spec: Erlang's "The BEAM file format" (IFF chunks AtU8 and LitT), erl_ext_dist (external term format). The file is
 * hostile: what lies out of its bounds, or above the caps of limits.h, is left out. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Callbacks, which may be NULL. Atoms come first. Strings are not terminated, and valid during the call only. */
struct beam {
	void (*atom)(void *ctx, const char *name, size_t n); /* names of modules, functions, and what else is one */
	void (*text)(void *ctx, const char *text, size_t n); /* a printable string or binary among the literals */
	void *ctx;
};

/* False if the bytes are no compiled module. A compressed one is inflated. */
bool beam_read(const char *data, size_t n, const struct beam *b);
