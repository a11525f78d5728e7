/* Quarantine: each mark has its row in the stream, each row its mark, in turns,
 * and the bytes are those of their digest. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "ledger.h"
#include "verify.h"

static bool check_marks(struct verify *v)
{
	struct cursor mark;
	char sql[1024], row[VERIFY_ROW_SIZE];

	snprintf(sql, sizeof(sql),
	    "select m.seq, coalesce(e.type = 35 + m.what"
	    " and position(encode(m.digest, 'hex') in e.id) > 0, false),"
	    " q.digest is not null, m.what <> coalesce(lag(m.what) over"
	    " (partition by m.source, m.digest order by m.seq), 1)"
	    " from quarantine_mark m left join event e on e.stream = m.stream"
	    " and e.seq = m.seq left join quarantine q on q.stream = m.stream"
	    " and q.source = m.source and q.digest = m.digest"
	    " where m.stream = %d order by m.seq",
	    v->stream);
	cursor_open(&mark, v->db, "verify_mark", sql);
	for (; mark.is_there && verify_go_on(v); cursor_next(&mark)) {
		snprintf(row, sizeof(row), "stream %d, seq %" PRId64, v->stream,
		    cursor_int8(&mark, 0));
		if (!cursor_bool(&mark, 1))
			verify_defect(v, "quarantine_mark", row,
			    "there is no event of that seq that says so");
		if (!cursor_bool(&mark, 2))
			verify_defect(v, "quarantine_mark", row,
			    "its bytes are not there");
		if (!cursor_bool(&mark, 3))
			verify_defect(v, "quarantine_mark", row,
			    "it says again what the one before it says");
		v->rows++;
	}
	v->failed |= mark.failed;
	cursor_close(&mark);
	return !v->failed;
}

static bool check_rows(struct verify *v)
{
	struct cursor event;
	char sql[512], row[VERIFY_ROW_SIZE];

	snprintf(sql, sizeof(sql),
	    "select e.seq from event e where e.stream = %d"
	    " and e.member = '' and e.type in (35, 36) and not exists"
	    " (select from quarantine_mark m where m.stream = e.stream"
	    " and m.seq = e.seq) order by e.seq",
	    v->stream);
	cursor_open(&event, v->db, "verify_unmarked", sql);
	for (; event.is_there && verify_go_on(v); cursor_next(&event)) {
		snprintf(row, sizeof(row), "stream %d, seq %" PRId64, v->stream,
		    cursor_int8(&event, 0));
		verify_defect(v, "event", row,
		    "its mark in quarantine_mark is not there");
	}
	v->failed |= event.failed;
	cursor_close(&event);
	return !v->failed;
}

static bool check_bytes(struct verify *v)
{
	struct cursor aside;
	char sql[512], row[VERIFY_ROW_SIZE];

	snprintf(sql, sizeof(sql),
	    "select digest, bytes from quarantine where stream = %d"
	    " order by source, digest",
	    v->stream);
	cursor_open(&aside, v->db, "verify_aside", sql);
	for (; aside.is_there && verify_go_on(v); cursor_next(&aside)) {
		struct text digest = cursor_text(&aside, 0);
		struct text bytes = cursor_text(&aside, 1);
		uint8_t hash[ASIDE_DIGEST_SIZE];
		char hex[2 * ASIDE_DIGEST_SIZE + 1] = "";

		v->rows++;
		if (!v->has_key)
			continue;
		crypto_generichash(hash, sizeof(hash),
		    (const unsigned char *)bytes.at, bytes.length, v->key,
		    sizeof(v->key));
		if (digest.length == sizeof(hash) &&
		    memcmp(digest.at, hash, sizeof(hash)) == 0)
			continue;
		if (digest.length == sizeof(hash))
			sodium_bin2hex(hex, sizeof(hex),
			    (const unsigned char *)digest.at, digest.length);
		snprintf(
		    row, sizeof(row), "stream %d, digest %s", v->stream, hex);
		verify_defect(v, "quarantine", row,
		    "its bytes are not those of its digest");
	}
	v->failed |= aside.failed;
	cursor_close(&aside);
	return !v->failed;
}

bool verify_asides(struct verify *v)
{
	return check_marks(v) && check_rows(v) && check_bytes(v);
}
