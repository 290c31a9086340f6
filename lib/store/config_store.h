/* store/config_store.h - keeps the configs of images that came in a stream, as STORE/configs/HEX. An image whose config
 * and layers are in the store need not be exported again by its engine. The store keeps the LIMIT_STORE_CONFIGS configs
 * that were used last, each up to LIMIT_CONFIG. */
#pragma once

#include "base/buf.h"
#include "store/store.h"

/* Whether the store has the config of this digest; *out gets its bytes. */
bool store_config_find(const struct store *s, const struct oci_digest *digest, struct buf *out);
/* Keeping a config only saves time: a failure is not an error. */
void store_config_keep(const struct store *s, const struct oci_digest *digest, const struct buf *bytes);
