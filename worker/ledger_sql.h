/* The text of the write statement, in the forms that it takes; private to
 * ledger_write.c. */
#ifndef WORKER_LEDGER_SQL_H
#define WORKER_LEDGER_SQL_H

#include "ledger_write.h"

/* The first column of each part, in the order of all parameters. */
enum ledger_column {
	FENCE = 0,
	EVENT = 4,
	BODY = 22,
	ENTRY = 26,
	CHANGE = 40,
	BALANCE = 48,
	BALANCE_GONE = 66,
	REQUEST = 70,
	REQUEST_GONE = 75,
	DUE = 78,
	DUE_GONE = 81,
	ALL_DUE = 83,
	ASIDE = 85,
	ASIDE_MARK = 94,
	LEDGER_COLUMNS = 101
};

/* A prepared form of the statement, or of a part of it. */
struct ledger_form {
	struct pg_statement statement;
	size_t column[LEDGER_COLUMNS]; /* which one each parameter is */
};

/* The form that stores a batch: arrays are unnested, and it returns the streams
 * that were won. */
const struct ledger_form *ledger_form_for(const struct ledger_batch *batch);

/* For a batch of one event with at most one row in each table: a few plain
 * statements for one transaction, without arrays, which cost less when one
 * event is in flight. Where the fence is lost, CR001 ends the transaction.
 * Returns their number; 0: the batch has more. */
#define LEDGER_PARTS_MOST 13
size_t ledger_forms_for_one(const struct ledger_batch *batch,
    const struct ledger_form *ret_form[LEDGER_PARTS_MOST]);

/* The type of a column's elements. */
Oid ledger_column_type(size_t column);

#endif
