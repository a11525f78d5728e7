-- The two logs that are written with every event: the ledger and the feed.

CREATE TABLE entry (
	stream           int NOT NULL,
	member           text NOT NULL,
	number           int NOT NULL,
	seq              bigint NOT NULL,
	cause            bigint NOT NULL,
	account          smallint NOT NULL,
	kind             smallint NOT NULL,
	designation      text,
	period_starts_on date,
	credits          bigint,
	amount           bigint,
	currency         text,
	total            bigint,
	rules            int NOT NULL,
	PRIMARY KEY (stream, member, number),
	CHECK ((credits IS NULL) <> (amount IS NULL))
);
COMMENT ON TABLE entry IS
	'The ledger, append-only. What stands for a claim is the sum of its entries.';
COMMENT ON COLUMN entry.number IS 'The member''s, dense from 1';
COMMENT ON COLUMN entry.seq IS 'Of the event that posted it';
COMMENT ON COLUMN entry.cause IS 'seq of the event that it is for: the claim, the payment, …';
COMMENT ON COLUMN entry.account IS '0 credit, 1 adjustment, 2 carry_in, 3 carry_out, 4 fee, 5 tax, 6 payment';
COMMENT ON COLUMN entry.kind IS '0 credit, 1 correction, 2 reversal, 3 carry_in, 4 carry_out, 5 adjustment, 6 fee, 7 tax, 8 payment';
COMMENT ON COLUMN entry.credits IS 'Ten-thousandths; null for money';
COMMENT ON COLUMN entry.amount IS 'Cents; null for credits; payments are negative';
COMMENT ON COLUMN entry.total IS 'The period''s total after it, without carry_out, in ten-thousandths; null for money';

CREATE TABLE change (
	stream   int NOT NULL,
	"offset" bigint NOT NULL,
	day      date NOT NULL,
	member   text NOT NULL,
	version  int NOT NULL,
	topic    text NOT NULL,
	body     bytea NOT NULL,
	chain    bytea NOT NULL,
	PRIMARY KEY (stream, "offset", day)
) PARTITION BY RANGE (day);
CREATE INDEX change_by_member ON change (stream, member, version);
COMMENT ON TABLE change IS
	'The feed: every message, byte for byte as it was published. May be archived by day.';
COMMENT ON COLUMN change."offset" IS 'Dense within the stream, from 1';
COMMENT ON COLUMN change.day IS 'received_on of the event that made it';
COMMENT ON COLUMN change.version IS 'The member''s, dense from 1 over all its messages';
COMMENT ON COLUMN change.chain IS 'Over the previous message''s chain, topic and body (worker/chain.h)';
CREATE TABLE change_default PARTITION OF change DEFAULT;
