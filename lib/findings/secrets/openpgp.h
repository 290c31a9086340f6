/* findings/secrets/openpgp.h - tells protected private keys of OpenPGP from open ones.
 * Spec: RFC 4880, 4.2 (packets), 5.5 (keys), 6.2 (armor). The text is hostile: it is only looked at. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Whether the text behind the header line of a private key block holds a key that no passphrase protects, or one that
 * cannot be read. */
bool findings_openpgp_is_open(const char *text, size_t n);
