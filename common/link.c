/* Which of an organization's streams a member belongs to. */
#include "link.h"

#include <sodium.h>

int32_t stream_of(int32_t organization, struct text member)
{
	unsigned char hash[32];

	crypto_generichash(hash, sizeof(hash), (const unsigned char *)member.at,
	    member.length, NULL, 0);
	return organization * STREAM_BUCKETS + hash[0] % STREAM_BUCKETS;
}
