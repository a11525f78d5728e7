/* Hash tables: uthash with a keyed hash, for partners choose the keys. */
#ifndef WORKER_HASH_H
#define WORKER_HASH_H

#include <stddef.h>

/* SipHash under a key that is drawn once a process. */
unsigned hash_of(const void *key, size_t length);

#define HASH_FUNCTION(key, length, ret) ((ret) = hash_of((key), (length)))
#include <uthash.h>

#endif
