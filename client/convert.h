/* Between JSON, which people and scripts write, and msgpack, which creditd
 * speaks. */
#ifndef CLIENT_CONVERT_H
#define CLIENT_CONVERT_H

#include <jansson.h>

#include "text.h"
#include "wire.h"

#define CONVERT_DEPTH_MOST 32

/* A value as msgpack. Integers stay integers, reals become doubles (creditd
 * takes one that is a decimal of at most 4 places), text stays text, so a
 * decimal text stays exact. False: nested too deep. Check writer->failed. */
MUST_CHECK bool convert_to_wire(json_t *json, struct wire_writer *writer);

/* msgpack as JSON: bin that is itself one msgpack map becomes that map (the
 * feed's bodies), other bin hexadecimal text; NULL if damaged or without
 * memory. */
json_t *convert_to_json(struct text bytes);

#endif
