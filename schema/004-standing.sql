-- How things stand. All three can be rebuilt by ruling the facts again, and
-- `creditctl verify` proves that they agree with them.
--
-- These rows are updated often: room on each page lets PostgreSQL do it without
-- touching indexes (HOT), and autovacuum comes before the dead rows pile up.

CREATE TABLE balance (
	stream           int NOT NULL,
	member           text NOT NULL,
	designation      text NOT NULL,
	period_starts_on date NOT NULL,
	period_ends_on   date NOT NULL,
	current          bool NOT NULL,
	version          int NOT NULL,
	unit             text NOT NULL,
	required         bigint,
	earned           bigint NOT NULL,
	carried_in       bigint NOT NULL,
	total            bigint NOT NULL,
	remaining        bigint,
	accredited       bigint NOT NULL,
	recognized       bigint NOT NULL,
	adjusted         bigint NOT NULL,
	missing          text[] NOT NULL,
	status           smallint NOT NULL,
	PRIMARY KEY (stream, member, designation, period_starts_on)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
COMMENT ON TABLE balance IS
	'Where each period stands; credits in ten-thousandths.';
COMMENT ON COLUMN balance.current IS 'The last period of its designation';
COMMENT ON COLUMN balance.version IS 'The member''s version at the last message that carried it';
COMMENT ON COLUMN balance.required IS 'Null where the program requires no total';
COMMENT ON COLUMN balance.missing IS 'Non-credit requirements that are not met';
COMMENT ON COLUMN balance.status IS '0 in progress, 1 complete, 2 grace, 3 lapsed';

CREATE TABLE request (
	stream  int NOT NULL,
	member  text NOT NULL,
	request text NOT NULL,
	state   smallint NOT NULL,
	body    bytea NOT NULL,
	PRIMARY KEY (stream, member, request)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX request_by_state ON request (stream, state);
COMMENT ON TABLE request IS 'Where each recognition request stands.';
COMMENT ON COLUMN request.state IS '0 awaiting evidence, 1 awaiting decision, 2 awaiting payment, 3 credited, 4 declined, 5 withdrawn';
COMMENT ON COLUMN request.body IS 'The map that partners see as RESULT.request (msgpack)';

CREATE TABLE due (
	stream int NOT NULL,
	member text NOT NULL,
	due_on date NOT NULL,
	PRIMARY KEY (stream, member)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX due_by_date ON due (stream, due_on, member);
COMMENT ON TABLE due IS
	'The next date on which a member''s ruling changes by itself: a period ends, a mark is passed, a date comes. Only the worker of the stream looks at it.';
