/* JSON to msgpack, so that tests can say bodies as people write them. */
#ifndef TESTS_PACK_H
#define TESTS_PACK_H

#include "wire.h"

/* Appends the msgpack of `json` (single quotes stand for double ones). Ints
 * become ints, reals floats of 64 bits. Aborts on bad JSON. */
void pack_json(struct wire_writer *writer, const char *json);

/* The same, with the keys of all maps in the opposite order and every integer
 * in 9 bytes. */
void pack_json_otherwise(struct wire_writer *writer, const char *json);

#endif
