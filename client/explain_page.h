/* The answer of QUERY explain as a page that staff can send to a member. */
#ifndef CLIENT_EXPLAIN_PAGE_H
#define CLIENT_EXPLAIN_PAGE_H

#include "paper.h"

/* Writes it. `answer` has all pages of claims, periods and requests. False if
 * it could not be written in full. */
bool explain_page(
    FILE *out, enum paper_form form, bool colour, const json_t *answer);

#endif
