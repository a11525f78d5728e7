/* uthash as this directory uses it: no exit() without memory, and a hash whose
 * code compiles without warnings. Keys come from the person's own files. */
#ifndef CLIENT_HASH_H
#define CLIENT_HASH_H

#define HASH_NONFATAL_OOM 1
#define HASH_FUNCTION(at, length, ret) HASH_FNV(at, length, ret)
#include <uthash.h>

#endif
