/* The kinds of values that a SUBMIT body has. */
#ifndef COMMON_EVENT_VALUE_H
#define COMMON_EVENT_VALUE_H

#include "event_body.h"

/* into struct text */
extern const struct kind value_id;
extern const struct kind value_text; /* at most 4 KiB */
extern const struct kind value_member;
extern const struct kind value_organization;
extern const struct kind value_member_number;
extern const struct kind value_currency;
extern const struct kind value_sha256;
extern const struct kind value_map; /* its msgpack */

/* into date_t */
extern const struct kind value_date;

/* into struct given */
extern const struct kind value_time;
extern const struct kind value_flag;
extern const struct kind value_minutes;
extern const struct kind value_hours;
extern const struct kind value_quantity;
extern const struct kind value_credits;
extern const struct kind value_decided_credits;
extern const struct kind value_amount;
extern const struct kind value_role;
extern const struct kind value_unit;
extern const struct kind value_decision;

/* into struct text_list */
extern const struct kind value_designations; /* at least one id */
extern const struct kind value_topics;
extern const struct kind value_organizations;

/* The head of a list with as many items as `kind` allows. */
bool value_list_head(struct decoder *decoder, const struct kind *kind,
    struct wire_reader *reader, uint32_t *ret_count);

#endif
