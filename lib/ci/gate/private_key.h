/* ci/gate/private_key.h - detects private keys in files by their content: RFC 7468 (PEM, also encrypted) and OpenSSH's
 * own form. Certificates and public keys are not private keys. */
#pragma once

#include "image/index.h"

/* True if text has a line "-----BEGIN ... PRIVATE KEY-----", followed by a line of base64 or a header. */
bool ci_gate_private_key_text(const char *text, size_t n);
/* True if the node is a regular file of at most 64 KiB with such text. False if it cannot be read. */
bool ci_gate_private_key(const struct image_index *x, uint32_t node);
