-- Who may do what. Roles belong to the whole cluster: another database of it
-- may have made them already, perhaps at this very moment.

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY[
		'creditd_worker', 'creditd_publisher', 'creditd_reader'] LOOP
		CONTINUE WHEN EXISTS (
			SELECT FROM pg_roles WHERE rolname = name);
		BEGIN
			EXECUTE format('CREATE ROLE %I LOGIN', name);
		EXCEPTION
			WHEN duplicate_object OR unique_violation THEN
				NULL;
			WHEN insufficient_privilege THEN
				RAISE EXCEPTION 'role % is missing, and % may not create it',
					name, current_user
					USING HINT = format(
						'As an administrator: CREATE ROLE %I LOGIN;', name);
		END;
	END LOOP;
END
$$;

REVOKE ALL ON FUNCTION creditd_make_partitions(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION creditd_make_partitions(date) TO creditd_worker;

-- Workers add to the logs and never change them; three tables say how things
-- stand and are kept up to date.
GRANT SELECT ON organization, program, digest_key TO creditd_worker;
GRANT SELECT, INSERT ON event, body, entry, change, quarantine
	TO creditd_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON balance, request, due
	TO creditd_worker;

-- Who publishes programs adds revisions and never changes one.
GRANT SELECT, INSERT ON program, organization TO creditd_publisher;
GRANT UPDATE (title, time_zone) ON organization TO creditd_publisher;

-- Who looks, reports and verifies.
GRANT SELECT ON organization, program, event, body, entry, change, balance,
	request, due, quarantine TO creditd_reader;

-- creditctl migrate makes this table before the first step.
DO $$
BEGIN
	IF to_regclass('schema_version') IS NOT NULL THEN
		GRANT SELECT ON schema_version
			TO creditd_worker, creditd_publisher, creditd_reader;
	END IF;
END
$$;
