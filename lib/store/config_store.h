/* store/config_store.h - configs of images that came in a stream: STORE/configs/HEX. With it and the layers an image
 * that an engine holds needs no second export. A few, each up to LIMIT_CONFIG; the ones used last stay. */
#pragma once

#include "base/buf.h"
#include "store/store.h"

/* Whether there is one; *out are its bytes, of this digest. */
bool store_config_find(const struct store *s, const struct oci_digest *digest, struct buf *out);
/* Only for speed: that it can't be kept is no error. */
void store_config_keep(const struct store *s, const struct oci_digest *digest, const struct buf *bytes);
