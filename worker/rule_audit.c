/* Requests that are audited: they need more documents, and a decision, though
 * others need none. */
#include <sodium.h>
#include <string.h>

#include "rule_work.h"

#define DIGEST_SIZE crypto_generichash_BYTES_MIN

/* One in so many, by what can be computed again from the request alone: the
 * first 8 bytes, big-endian, of BLAKE2b-128 over its source, a zero byte and
 * its id. */
static bool is_drawn(const struct fact *fact, int one_in)
{
	crypto_generichash_state state;
	unsigned char digest[DIGEST_SIZE], nothing = 0;
	uint64_t number = 0;

	if (one_in <= 0)
		return false;
	crypto_generichash_init(&state, NULL, 0, sizeof(digest));
	crypto_generichash_update(&state,
	    (const unsigned char *)fact->source.at, fact->source.length);
	crypto_generichash_update(&state, &nothing, 1);
	crypto_generichash_update(
	    &state, (const unsigned char *)fact->id.at, fact->id.length);
	crypto_generichash_final(&state, digest, sizeof(digest));
	for (size_t i = 0; i < sizeof(number); i++)
		number = number << 8 | digest[i];
	return number % (uint64_t)one_in == 0;
}

static const struct period_work *period_of(
    const struct work *work, struct text designation, date_t on)
{
	for (size_t i = 0; i < work->periods; i++) {
		const struct period *period = &work->period[i]->out;

		if (on >= period->starts_on && on <= period->ends_on &&
		    text_equal(period->designation, designation))
			return work->period[i];
	}
	return NULL;
}

/* Was the audit announced to the member for a period that holds the request?
 */
static bool is_announced(const struct work *work, const struct claim *claim)
{
	const struct facts *met = &work->standing[EVENT_REQUIREMENT];
	struct text name = work->program->audit.requirement;

	for (size_t s = 0; s < claim->slots && name.at != NULL; s++) {
		const struct share *share = &claim->slot[s].share;
		const struct period_work *period;

		if (share->period == NO_PERIOD)
			continue;
		period = period_of(work, share->designation,
		    claim->fact->activity.completed_on);
		for (size_t i = rule_first_on(met, period->out.starts_on);
		     i < met->count && met->item[i]->on <= period->out.ends_on;
		     i++)
			if (text_equal(met->item[i]->requirement, name) &&
			    (met->item[i]->designation.at == NULL ||
				text_equal(met->item[i]->designation,
				    share->designation)))
				return true;
	}
	return false;
}

bool rule_is_audited(const struct work *work, const struct claim *claim)
{
	const struct audit_rule *rule = &work->program->audit;

	return rule->given && claim->refused == REASON_NONE &&
	       rule_match(&rule->match, claim, NULL) &&
	       (is_drawn(claim->fact, rule->one_in) ||
		   is_announced(work, claim));
}
