/* store/config_store.h - keeps the configs of images that were unpacked, as STORE/configs/HEX. An image whose config
 * and layers are in the store need not be exported again by its engine, and the config tells which layers a base image
 * has. The store keeps the LIMIT_STORE_CONFIGS configs that were used last, each up to LIMIT_CONFIG. The image's
 * reference, if it is known, is the extended attribute user.slim.reference of the file, so that both go at once. */
#pragma once

#include "base/buf.h"
#include "store/store.h"

/* Whether the store has the config of this digest; *out gets its bytes. */
bool store_config_find(const struct store *s, const struct oci_digest *digest, struct buf *out);
/* Keeping a config only saves time: a failure is not an error. reference: of the image; NULL = unknown, so that the one
 * of before stays. */
void store_config_keep(const struct store *s, const struct oci_digest *digest, const struct buf *bytes,
		       const char *reference);

/* reference NULL = unknown. All is borrowed. */
typedef void store_config_each(void *ctx, const struct oci_digest *digest, const struct buf *bytes,
			       const char *reference);
/* The configs that contain a text, at most LIMIT_STORE_CONFIGS, in the order of their digests. store: of
 * store_open_to_read. A damaged one is passed over. */
void store_configs_read(int store, const char *text, store_config_each *each, void *ctx);
