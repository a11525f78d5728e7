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
	LEDGER_COLUMNS = 85
};

/* A prepared form of the statement. */
struct ledger_form {
	struct pg_statement statement;
	bool single;                   /* parameters are values, not arrays */
	size_t column[LEDGER_COLUMNS]; /* which one each parameter is */
};

/* The form that stores this batch at least cost. NULL without memory. */
const struct ledger_form *ledger_form_for(const struct ledger_batch *batch);

/* The type of a column's elements. */
Oid ledger_column_type(size_t column);

#endif
