-- Organizations and their programs: who rules, and by what.
--
-- No table of this schema has foreign keys. They would cost more than a quarter
-- of the write path, and could not be kept when tables are distributed by
-- stream; the worker writes an event with all that follows from it in one
-- statement, and `creditctl verify` proves the rest.

CREATE TABLE organization (
	number    int PRIMARY KEY CHECK (number BETWEEN 1 AND 30000000),
	name      text NOT NULL UNIQUE
	          CHECK (name ~ '^[a-z][a-z0-9-]{0,31}$'),
	title     text NOT NULL,
	time_zone text NOT NULL
);
COMMENT ON TABLE organization IS
	'A certifying body. Its number is given once and never changes: streams are number × 64 + bucket.';
COMMENT ON COLUMN organization.name IS 'First half of its members'' names, e.g. canfitpro';
COMMENT ON COLUMN organization.time_zone IS 'In which its days begin and end, e.g. America/Toronto';

CREATE TABLE program (
	organization int NOT NULL,
	revision     int NOT NULL CHECK (revision > 0),
	document     text NOT NULL,
	digest       text NOT NULL,
	published_at timestamptz NOT NULL DEFAULT now(),
	published_by text NOT NULL DEFAULT session_user,
	PRIMARY KEY (organization, revision)
);
COMMENT ON TABLE program IS
	'Revisions of the rule documents. Never edited: a correction is a new revision, and each event row names the one that ruled.';
COMMENT ON COLUMN program.document IS 'The document as it was published (YAML)';
COMMENT ON COLUMN program.digest IS 'Of the document, as creditctl program list shows it';

CREATE TABLE digest_key (
	id  int PRIMARY KEY CHECK (id = 1),
	key bytea NOT NULL CHECK (length(key) = 32)
);
COMMENT ON TABLE digest_key IS
	'The key of all digests of content, so that nobody can guess a short text from its digest. Without it no repeated event can be recognized: back it up with the rest.';

-- Two random uuids are 244 random bits of the server's strong generator.
INSERT INTO digest_key (id, key)
VALUES (1, sha256(convert_to(
	gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')));
