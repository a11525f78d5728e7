-- What was said: events, their bytes as they came, and bytes set aside.
--
-- `stream` (organization × 64 + bucket) leads every key of every table from
-- here on, so that all of them can be distributed by it.

CREATE TABLE event (
	stream      int NOT NULL,
	seq         bigint NOT NULL,
	member      text NOT NULL,
	source      text NOT NULL,
	id          text NOT NULL,
	type        smallint NOT NULL,
	digest      bytea,
	received_at timestamptz NOT NULL,
	received_on date NOT NULL,
	today       date NOT NULL,
	rules       int NOT NULL,
	outcome     smallint NOT NULL,
	reason      smallint NOT NULL,
	fact        bytea,
	version     int NOT NULL,
	feed_offset bigint NOT NULL,
	feed_chain  bytea NOT NULL,
	chain       bytea NOT NULL,
	PRIMARY KEY (stream, seq),
	UNIQUE (stream, member, source, id)
);
COMMENT ON TABLE event IS
	'Every event that was stored, for ever, without free text. Inserting the next seq of a stream is the fence between workers: only one can.';
COMMENT ON COLUMN event.seq IS 'Dense within the stream, from 1';
COMMENT ON COLUMN event.member IS 'organization/number; empty for events about the whole stream (day, program, due)';
COMMENT ON COLUMN event.source IS 'Who said it; system for creditd itself';
COMMENT ON COLUMN event.type IS '1 granted, 2 renewed, 3 transferred, 4 activity, 5 requested, 6 evidence, 7 decided, 8 paid, 9 withdrawn, 10 requirement, 11 adjusted, 12 reversed, 32 day, 33 program, 34 due';
COMMENT ON COLUMN event.digest IS 'Keyed digest of the canonical content; null for system events';
COMMENT ON COLUMN event.received_on IS 'In the organization''s time zone';
COMMENT ON COLUMN event.today IS 'The stream''s date, at which it was ruled; never goes back within a stream';
COMMENT ON COLUMN event.rules IS 'Revision of the program that ruled';
COMMENT ON COLUMN event.outcome IS '0 applied, 1 pending, 2 rejected; as answered';
COMMENT ON COLUMN event.reason IS 'Number of the reason code; 0 none';
COMMENT ON COLUMN event.fact IS 'The fact in the form that is ruled on (msgpack); null for system events';
COMMENT ON COLUMN event.version IS 'The member''s version after it: how many messages it has had; 0 where member is empty';
COMMENT ON COLUMN event.feed_offset IS 'The stream''s last offset after it';
COMMENT ON COLUMN event.feed_chain IS 'The chain at that offset';
COMMENT ON COLUMN event.chain IS 'Over the previous row''s chain, this row and its entries (worker/chain.h)';

CREATE TABLE body (
	stream int NOT NULL,
	seq    bigint NOT NULL,
	day    date NOT NULL,
	bytes  bytea NOT NULL,
	PRIMARY KEY (stream, seq, day)
) PARTITION BY RANGE (day);
COMMENT ON TABLE body IS
	'The bytes of events as they came, with all free text. Nothing is ruled by it: it may be archived or erased.';
COMMENT ON COLUMN body.day IS 'event.received_on';
CREATE TABLE body_default PARTITION OF body DEFAULT;

CREATE TABLE quarantine (
	stream       int NOT NULL,
	source       text NOT NULL,
	digest       bytea NOT NULL,
	bytes        bytea NOT NULL,
	reason       text NOT NULL,
	set_aside_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (stream, source, digest)
);
COMMENT ON TABLE quarantine IS
	'Bytes that were set aside undecoded because they brought workers down. Insert-only.';
