/* ci/gate/private_key.h - tells a file that holds a private key by its content: RFC 7468 (PEM, encrypted ones too),
 * OpenSSH's own form. Certificates and public keys are none. */
#pragma once

#include "image/index.h"

/* Whether text has a line "-----BEGIN ... PRIVATE KEY-----" with base64 or a header in the line below. */
bool ci_gate_private_key_text(const char *text, size_t n);
/* Whether the node is a regular file of at most 64 KiB that holds one. A file that cannot be read is none. */
bool ci_gate_private_key(const struct image_index *x, uint32_t node);
