/* The hash behind uthash. */
#include "hash.h"

#include <sodium.h>
#include <stdbool.h>
#include <string.h>

unsigned hash_of(const void *key, size_t length)
{
	static unsigned char secret[crypto_shorthash_KEYBYTES];
	static bool has_secret;
	unsigned char hash[crypto_shorthash_BYTES];
	unsigned result;

	if (!has_secret) {
		crypto_shorthash_keygen(secret);
		has_secret = true;
	}
	crypto_shorthash(hash, key, length, secret);
	memcpy(&result, hash, sizeof(result));
	return result;
}
