/* Hash tables: items by bytes, under a keyed hash, for partners choose the
 * keys. */
#ifndef WORKER_HASH_H
#define WORKER_HASH_H

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

/* An item's place in a table. */
struct hash_node;

/* A zeroed struct is an empty table. */
struct hash {
	struct hash_node *nodes;
};

/* The item of that key, or NULL. */
void *hash_find(const struct hash *hash, const void *key, size_t length);
/* Adds an item whose key is not there yet. The key is borrowed as long as the
 * item is in the table. False without memory. */
MUST_CHECK bool hash_add(
    struct hash *hash, const void *key, size_t length, void *item);
/* Takes the item of that key out, if there is one. */
void hash_remove(struct hash *hash, const void *key, size_t length);
/* Any item, or NULL if the table is empty. */
void *hash_any(const struct hash *hash);
size_t hash_count(const struct hash *hash);

#endif
