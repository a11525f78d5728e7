-- What the worker may not do by itself, and the fence's alarm.

-- Monthly partitions of body and change, from the month of `first` to two
-- months later. Safe to repeat, and when two run at once. A month whose rows
-- already lie in the default partition is left there: it works the same.
CREATE FUNCTION creditd_make_partitions(first date) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
	parent text;
	starts date;
	ends   date;
	name   text;
	held   bool;
	made   int := 0;
BEGIN
	FOREACH parent IN ARRAY ARRAY['body', 'change'] LOOP
		FOR ahead IN 0 .. 2 LOOP
			starts := date_trunc('month', first::timestamp)
				+ make_interval(months => ahead);
			ends := starts + interval '1 month';
			name := format('%s_%s', parent, to_char(starts, 'YYYYMM'));
			CONTINUE WHEN to_regclass(name) IS NOT NULL;
			PERFORM pg_advisory_xact_lock(
				hashtext('creditd_make_partitions'));
			-- Another may just have made it: a query sees that, while
			-- to_regclass() may still remember that it was not there.
			CONTINUE WHEN EXISTS (SELECT FROM pg_class c
				WHERE c.relname = name
				AND c.relnamespace = 'public'::regnamespace);
			EXECUTE format(
				'SELECT EXISTS (SELECT FROM %I WHERE day >= $1 AND day < $2)',
				parent || '_default') INTO held USING starts, ends;
			CONTINUE WHEN held;
			EXECUTE format(
				'CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
				name, parent, starts, ends);
			made := made + 1;
		END LOOP;
	END LOOP;
	RETURN made;
END
$$;
COMMENT ON FUNCTION creditd_make_partitions(date) IS
	'Makes the monthly partitions from that day''s month on; returns how many were new.';

-- Two workers can meet inside one insert: then a stream would be won in part.
-- This ends the whole statement, and the batch is done again stream by stream.
CREATE FUNCTION creditd_whole(rows bigint, wanted int) RETURNS bool
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	IF rows <> wanted THEN
		RAISE EXCEPTION 'stream won in part: % of % rows', rows, wanted
			USING ERRCODE = 'CR001';
	END IF;
	RETURN true;
END
$$;
COMMENT ON FUNCTION creditd_whole(bigint, int) IS
	'True if a stream was won whole; else ends the statement (CR001).';

SELECT creditd_make_partitions(current_date);
