/* uthash behind functions: its macros stay in this file. */
#include "hash.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* SipHash under a key that is drawn once a process. */
static unsigned hash_of(const void *key, size_t length)
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

#define HASH_FUNCTION(key, length, ret) ((ret) = hash_of((key), (length)))
#define HASH_NONFATAL_OOM               1
#include <uthash.h>

struct hash_node {
	void *item;
	UT_hash_handle hh;
};

/* What uthash's macros expand to is not ours to judge.
 * NOLINTBEGIN(readability-function-size,clang-analyzer-*,bugprone-*) */

static struct hash_node *find(
    const struct hash *hash, const void *key, size_t length)
{
	struct hash_node *node;

	HASH_FIND(hh, hash->nodes, key, length, node);
	return node;
}

void *hash_find(const struct hash *hash, const void *key, size_t length)
{
	struct hash_node *node = find(hash, key, length);

	return node != NULL ? node->item : NULL;
}

bool hash_add(struct hash *hash, const void *key, size_t length, void *item)
{
	struct hash_node *node = calloc(1, sizeof(*node));

	if (node == NULL)
		return false;
	node->item = item;
	HASH_ADD_KEYPTR(hh, hash->nodes, key, length, node);
	if (node->hh.tbl != NULL)
		return true;
	free(node);
	return false;
}

void hash_remove(struct hash *hash, const void *key, size_t length)
{
	struct hash_node *node = find(hash, key, length);

	if (node == NULL)
		return;
	HASH_DEL(hash->nodes, node);
	free(node);
}

size_t hash_count(const struct hash *hash)
{
	return HASH_COUNT(hash->nodes);
}

/* NOLINTEND(readability-function-size,clang-analyzer-*,bugprone-*) */

void *hash_any(const struct hash *hash)
{
	return hash->nodes != NULL ? hash->nodes->item : NULL;
}
