-- compatible_from: 6
-- What is needed to try again what was set aside, and what was done with it.

ALTER TABLE quarantine
	ADD COLUMN member      text NOT NULL DEFAULT '',
	ADD COLUMN submit      bigint NOT NULL DEFAULT 0,
	ADD COLUMN flags       int NOT NULL DEFAULT 0,
	ADD COLUMN received_at timestamptz NOT NULL DEFAULT now();
COMMENT ON COLUMN quarantine.source IS 'The authenticated partner; empty where its endpoint does not authenticate';
COMMENT ON COLUMN quarantine.digest IS 'Keyed digest of the bytes (BLAKE2b-128)';
COMMENT ON COLUMN quarantine.reason IS 'What it did to workers, the first time';
COMMENT ON COLUMN quarantine.member IS 'Frame 4 of the message; the bytes may say otherwise';
COMMENT ON COLUMN quarantine.submit IS 'The partner''s rights when it came: a bit for each event type';
COMMENT ON COLUMN quarantine.flags IS 'Likewise: 1 read, 2 decide, 4 transfer';
COMMENT ON COLUMN quarantine.received_at IS 'When it came first';

CREATE TABLE quarantine_mark (
	stream    int NOT NULL,
	seq       bigint NOT NULL,
	source    text NOT NULL,
	digest    bytea NOT NULL,
	what      smallint NOT NULL,
	reason    text NOT NULL,
	author    text NOT NULL,
	marked_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (stream, seq)
);
CREATE INDEX quarantine_mark_by_bytes
	ON quarantine_mark (stream, source, digest, seq);
COMMENT ON TABLE quarantine_mark IS
	'What was done with the bytes in quarantine; the last mark says how they stand. Insert-only.';
COMMENT ON COLUMN quarantine_mark.seq IS 'Its row in event, type 35 or 36, so that the fence covers it';
COMMENT ON COLUMN quarantine_mark.what IS '0 set aside, 1 redriven';
COMMENT ON COLUMN quarantine_mark.reason IS 'What it did to workers; empty when redriven';
COMMENT ON COLUMN quarantine_mark.author IS 'Who redrove it; empty when set aside';

COMMENT ON COLUMN event.type IS '1 granted, 2 renewed, 3 transferred, 4 activity, 5 requested, 6 evidence, 7 decided, 8 paid, 9 withdrawn, 10 requirement, 11 adjusted, 12 reversed, 32 day, 33 program, 34 due, 35 set aside, 36 redrive';

GRANT SELECT, INSERT ON quarantine_mark TO creditd_worker;
GRANT SELECT ON quarantine_mark TO creditd_reader;
