/* keep/source/path_texts.h - finds the paths in bytes of any kind, as far as the image has them. They are below
 * /usr/share, /usr/lib, /usr/local, /opt and the like, where programs have directories of their own. Reads ASCII and
 * UTF-16LE. Texts need not end with NUL: those that Go and Rust pack together are told apart by the image's paths.
 * Lifetime: _new, any number of searches, _free. Borrows the index. */
#pragma once

#include "image/index.h"

struct keep_path_texts;
struct keep_path_texts *keep_path_texts_new(const struct image_index *x);
void keep_path_texts_free(struct keep_path_texts *p);
/* found gets the last node that each path leads to: "/usr/share/x/%s.dat" leads to /usr/share/x. */
void keep_path_texts_in(const struct keep_path_texts *p, const char *data, size_t n,
			void (*found)(void *ctx, uint32_t node), void *ctx);
