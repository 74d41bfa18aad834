/* crypto.h - the only place that knows libsodium: random bytes, hashes, signatures, seals,
 * passwords. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/err.h"
#include "base/str.h"

/* Once, before anything else; aborts when the machine has no randomness. */
void crypto_init(void);

void crypto_random(void *bytes, size_t n);
/* n random bytes as URL-safe text. */
struct str crypto_token(struct arena *, size_t n);

void crypto_sha256(struct str, unsigned char hash[32]);
struct str crypto_sha256_hex(struct arena *, struct str);
void crypto_hmac_sha256(struct str key, struct str text, unsigned char mac[32]);
/* A short hash that is not for security: cache keys, request fingerprints. */
void crypto_short_hash(struct str a, struct str b, unsigned char hash[16]);
bool crypto_equal(const void *, const void *, size_t n);

/* Keys for one purpose each, out of one secret of 32 bytes. */
void crypto_derive(const unsigned char secret[32], const char *purpose, unsigned char key[32]);

/* Sealed text is URL-safe base64 of nonce and box.  Opening a forged one is E_INVALID. */
struct str crypto_seal(struct arena *, const unsigned char key[32], struct str text);
enum err crypto_unseal(struct arena *, const unsigned char key[32], struct str sealed,
		       struct str *text) MUST;

/* argon2id at the interactive strength; about 50 ms and 64 MB: on the slow pool only. */
struct str crypto_password_hash(struct arena *, struct str password);
bool crypto_password_ok(struct arena *, struct str hash, struct str password);
