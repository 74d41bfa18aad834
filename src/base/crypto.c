/* SPDX-License-Identifier: Apache-2.0 */
#include "base/crypto.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

void crypto_init(void)
{
	if (sodium_init() < 0)
		abort();
}

void crypto_random(void *bytes, size_t n)
{
	randombytes_buf(bytes, n);
}

struct str crypto_token(struct arena *a, size_t n)
{
	unsigned char *bytes = arena_alloc(a, n);

	randombytes_buf(bytes, n);
	return str_base64url(a, bytes, n);
}

static const unsigned char *bytes_of(struct str s)
{
	return (const unsigned char *)(s.p ? s.p : "");
}

void crypto_sha256(struct str s, unsigned char hash[32])
{
	crypto_hash_sha256(hash, bytes_of(s), s.n);
}

struct str crypto_sha256_hex(struct arena *a, struct str s)
{
	unsigned char hash[32];

	crypto_sha256(s, hash);
	return str_hex(a, hash, sizeof hash);
}

void crypto_hmac_sha256(struct str key, struct str text, unsigned char mac[32])
{
	crypto_auth_hmacsha256_state st;

	crypto_auth_hmacsha256_init(&st, bytes_of(key), key.n);
	crypto_auth_hmacsha256_update(&st, bytes_of(text), text.n);
	crypto_auth_hmacsha256_final(&st, mac);
}

void crypto_short_hash(struct str a, struct str b, unsigned char hash[16])
{
	crypto_generichash_state st;

	crypto_generichash_init(&st, NULL, 0, 16);
	crypto_generichash_update(&st, bytes_of(a), a.n);
	crypto_generichash_update(&st, (const unsigned char *)"", 1);
	crypto_generichash_update(&st, bytes_of(b), b.n);
	crypto_generichash_final(&st, hash, 16);
}

bool crypto_equal(const void *a, const void *b, size_t n)
{
	return sodium_memcmp(a, b, n) == 0;
}

void crypto_derive(const unsigned char secret[32], const char *purpose, unsigned char key[32])
{
	crypto_hmac_sha256((struct str){(const char *)secret, 32}, str_of(purpose), key);
}

struct str crypto_seal(struct arena *a, const unsigned char key[32], struct str text)
{
	size_t n = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + text.n;
	unsigned char *box = arena_alloc(a, n);

	randombytes_buf(box, crypto_secretbox_NONCEBYTES);
	crypto_secretbox_easy(box + crypto_secretbox_NONCEBYTES, bytes_of(text), text.n, box, key);
	return str_base64url(a, box, n);
}

enum err crypto_unseal(struct arena *a, const unsigned char key[32], struct str sealed,
		       struct str *text)
{
	enum { HEAD = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES };
	struct str box;

	if (!str_from_base64url(a, sealed, &box) || box.n < HEAD)
		return E_INVALID;
	char *p = arena_alloc(a, box.n - HEAD + 1);
	if (crypto_secretbox_open_easy(
		(unsigned char *)p, bytes_of(box) + crypto_secretbox_NONCEBYTES,
		box.n - crypto_secretbox_NONCEBYTES, bytes_of(box), key) != 0)
		return E_INVALID;
	*text = (struct str){p, box.n - HEAD};
	return E_OK;
}

struct str crypto_password_hash(struct arena *a, struct str password)
{
	char *hash = arena_alloc(a, crypto_pwhash_STRBYTES);

	/* It only fails when there is no memory, and then the process ends anyway. */
	if (crypto_pwhash_str_alg(hash, password.p, password.n, crypto_pwhash_OPSLIMIT_INTERACTIVE,
				  crypto_pwhash_MEMLIMIT_INTERACTIVE,
				  crypto_pwhash_ALG_ARGON2ID13) != 0)
		abort();
	return str_of(hash);
}

bool crypto_password_ok(struct arena *a, struct str hash, struct str password)
{
	return crypto_pwhash_str_verify(str_z(a, hash), password.p ? password.p : "", password.n) ==
	       0;
}
