/* Publishing a program: one transaction, one publisher at a time. */
#include "publish.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char doing[] = "publishing the program";

/* Text of the program as a C string for libpq. */
struct word {
	char text[256];
};

static const char *word(struct word *word, struct text text)
{
	snprintf(word->text, sizeof(word->text), "%.*s", TEXT_ARGS(text));
	return word->text;
}

/* The organization's number; a new one gets the next. Streams are made of
 * numbers for ever, so a number is never given twice. */
static bool settle_organization(
    PGconn *db, const struct program *program, int64_t *ret_number)
{
	struct word name, title, zone;
	const char *parameter[] = {
	    word(&name, program_organization(program)),
	    word(&title, program_title(program)),
	    word(&zone, program_time_zone(program)),
	};
	PGresult *rows;
	bool is_there;

	rows = db_query(db, doing,
	    "select number from organization where name = $1", 1, parameter);
	if (rows == NULL)
		return false;
	is_there = PQntuples(rows) == 1;
	PQclear(rows);
	rows = db_query(db, doing,
	    is_there
		? "update organization set title = $2, time_zone = $3"
		  " where name = $1 returning number"
		: "insert into organization (number, name, title, time_zone)"
		  " select coalesce(max(number), 0) + 1, $1, $2, $3"
		  " from organization returning number",
	    3, parameter);
	if (rows == NULL)
		return false;
	*ret_number = db_int(rows, 0, 0);
	PQclear(rows);
	return true;
}

/* The latest revision and whether it is this very document. */
static bool read_latest(PGconn *db, int64_t number, const char *digest,
    int64_t *ret_revision, bool *ret_same)
{
	char organization[32];
	const char *parameter[] = {organization, digest};
	PGresult *rows;

	snprintf(organization, sizeof(organization), "%" PRId64, number);
	rows = db_query(db, doing,
	    "select revision, digest = $2 from program"
	    " where organization = $1::int order by revision desc limit 1",
	    2, parameter);
	if (rows == NULL)
		return false;
	*ret_revision = PQntuples(rows) == 1 ? db_int(rows, 0, 0) : 0;
	*ret_same = PQntuples(rows) == 1 && text_is(db_text(rows, 0, 1), "t");
	PQclear(rows);
	return true;
}

static bool insert_revision(PGconn *db, const struct published *published,
    struct text document, const char *digest)
{
	char organization[32], revision[32];
	const char *parameter[] = {organization, revision, document.at, digest};

	snprintf(
	    organization, sizeof(organization), "%" PRId64, published->number);
	snprintf(revision, sizeof(revision), "%" PRId64, published->revision);
	return db_do(db, doing,
	    "insert into program (organization, revision, document, digest,"
	    " published_at, published_by) values ($1::int, $2::int, $3, $4,"
	    " now(), session_user)",
	    4, parameter);
}

bool publish(PGconn *db, const struct program *program, struct text document,
    struct published *ret)
{
	struct published published = {0};
	int64_t latest = 0;
	bool same = false;
	char digest[65];

	db_digest(document, digest);
	if (!db_script(db, doing, "begin") ||
	    !db_script(db, doing,
		"select pg_advisory_xact_lock("
		"hashtextextended('creditd program', 0))") ||
	    !settle_organization(db, program, &published.number) ||
	    !read_latest(db, published.number, digest, &latest, &same))
		goto fail;
	published.is_new = !same;
	published.revision = same ? latest : latest + 1;
	if (!same && !insert_revision(db, &published, document, digest))
		goto fail;
	if (!db_script(db, doing, "commit"))
		goto fail;
	*ret = published;
	return true;
fail:
	db_rollback(db);
	return false;
}
