-- What every database of ours has beyond a fresh cluster: the views and functions that tell a session about itself.
-- Many sessions share one backend, so they read settings that the session layer fills in when a text names them.

-- Runs again on a database that an older version has prepared, so everything is made or replaced.

DO $$
DECLARE
  replaced text;
BEGIN
  FOREACH replaced IN ARRAY
    '{backend_pid(),listening_channels(),sleep(float8),cancel_backend(int4),"terminate_backend(int4,int8)"}'::text[] LOOP
    IF to_regprocedure('pg_catalog.oxbase_' || replaced) IS NULL THEN
      EXECUTE format(
        'ALTER FUNCTION pg_catalog.pg_%s RENAME TO oxbase_%s', replaced, split_part(replaced, '(', 1)
      );
    END IF;
  END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION pg_catalog.pg_backend_pid() RETURNS integer LANGUAGE sql STABLE PARALLEL RESTRICTED
RETURN coalesce(
  nullif(pg_catalog.current_setting('oxbase.process_id', true), '')::pg_catalog.int4,
  pg_catalog.oxbase_backend_pid()
);
COMMENT ON FUNCTION pg_catalog.pg_backend_pid() IS 'statistics: current backend PID';

CREATE OR REPLACE FUNCTION pg_catalog.pg_listening_channels() RETURNS SETOF pg_catalog.text LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
  SELECT pg_catalog.json_array_elements_text(
    coalesce(nullif(pg_catalog.current_setting('oxbase.channels', true), ''), '[]')::pg_catalog.json
  );
END;
COMMENT ON FUNCTION pg_catalog.pg_listening_channels() IS 'get the channels that the current backend listens to';

CREATE OR REPLACE VIEW pg_catalog.pg_prepared_statements AS
SELECT
  own.value AS name,
  pg_catalog.replace(
    statement, pg_catalog.format('"%s"', p.name), pg_catalog.quote_ident(own.value)
  ) AS statement,
  prepare_time, parameter_types, result_types, from_sql, generic_plans, custom_plans
FROM pg_catalog.pg_prepared_statement() AS p (
  name, statement, prepare_time, parameter_types, result_types, from_sql, generic_plans, custom_plans
)
JOIN pg_catalog.json_each_text(
  coalesce(nullif(pg_catalog.current_setting('oxbase.statements', true), ''), '{}')::pg_catalog.json
) AS own ON own.key = p.name;

CREATE OR REPLACE VIEW pg_catalog.pg_cursors AS
SELECT
  coalesce(own.value, c.name) AS name,
  CASE WHEN own.value IS NULL THEN c.statement
  ELSE pg_catalog.replace(
    c.statement, pg_catalog.format('"%s"', c.name), pg_catalog.quote_ident(own.value)
  ) END AS statement,
  is_holdable, is_binary, is_scrollable, creation_time
FROM pg_catalog.pg_cursor() AS c (
  name, statement, is_holdable, is_binary, is_scrollable, creation_time
)
LEFT JOIN pg_catalog.json_each_text(
  coalesce(nullif(pg_catalog.current_setting('oxbase.cursors', true), ''), '{}')::pg_catalog.json
) AS own ON own.key = c.name
WHERE own.value IS NOT NULL OR NOT pg_catalog.starts_with(c.name, '_oxbase_');
-- The sessions there are, as a JSON array of their process ids, are in a setting; whom a function means goes into another.
CREATE OR REPLACE FUNCTION pg_catalog.oxbase_signal(pg_catalog.int4, pg_catalog.text) RETURNS pg_catalog.bool LANGUAGE plpgsql STRICT
SET search_path TO 'pg_catalog' AS $$
BEGIN
  IF coalesce(nullif(current_setting('oxbase.backends', true), ''), '[]')::jsonb @> to_jsonb($1) THEN
    PERFORM set_config('oxbase.signals', concat(current_setting('oxbase.signals', true), ' ', $2, $1), false);
    RETURN true;
  END IF;
  RAISE WARNING 'PID % is not a PostgreSQL backend process', $1;
  RETURN false;
END
$$;
CREATE OR REPLACE FUNCTION pg_catalog.pg_cancel_backend(pg_catalog.int4) RETURNS pg_catalog.bool LANGUAGE sql STRICT PARALLEL RESTRICTED
RETURN pg_catalog.oxbase_signal($1, 'c');
COMMENT ON FUNCTION pg_catalog.pg_cancel_backend(pg_catalog.int4) IS 'cancel a server process'' current query';
CREATE OR REPLACE FUNCTION pg_catalog.pg_terminate_backend(pid pg_catalog.int4, timeout pg_catalog.int8 DEFAULT 0)
RETURNS pg_catalog.bool LANGUAGE sql STRICT PARALLEL RESTRICTED
RETURN pg_catalog.oxbase_signal(pid, 't');
COMMENT ON FUNCTION pg_catalog.pg_terminate_backend(pg_catalog.int4, pg_catalog.int8) IS 'terminate a server process';
-- A sleep is in the host, where it cannot be interrupted, so it is made of short ones.
CREATE OR REPLACE FUNCTION pg_catalog.pg_sleep(pg_catalog.float8) RETURNS void LANGUAGE plpgsql STRICT PARALLEL SAFE
SET search_path TO 'pg_catalog' AS $$
DECLARE
  until float8 := extract(epoch FROM clock_timestamp()) + $1;
  remaining float8 := $1;
BEGIN
  WHILE remaining > 0 LOOP
    PERFORM oxbase_sleep(least(remaining, 0.01));
    remaining := until - extract(epoch FROM clock_timestamp());
  END LOOP;
END
$$;
COMMENT ON FUNCTION pg_catalog.pg_sleep(pg_catalog.float8) IS 'sleep for the specified time in seconds';
CREATE OR REPLACE FUNCTION pg_catalog.pg_sleep_for(pg_catalog.interval) RETURNS void LANGUAGE sql STRICT PARALLEL SAFE
RETURN pg_catalog.pg_sleep(extract(epoch FROM pg_catalog.clock_timestamp() + $1)::pg_catalog.float8
  - extract(epoch FROM pg_catalog.clock_timestamp())::pg_catalog.float8);
CREATE OR REPLACE FUNCTION pg_catalog.pg_sleep_until(pg_catalog.timestamptz) RETURNS void LANGUAGE sql STRICT PARALLEL SAFE
RETURN pg_catalog.pg_sleep(extract(epoch FROM $1)::pg_catalog.float8
  - extract(epoch FROM pg_catalog.clock_timestamp())::pg_catalog.float8);

-- Advisory locks. The backend holds those of the session that runs; what the others hold is in a setting, as a JSON object
-- of key and mode (x, s). A function that would have to wait raises OX001, and the session layer runs its statement again
-- when the lock may be free.
CREATE OR REPLACE FUNCTION pg_catalog.oxbase_advisory_conflict(pg_catalog.text, shared pg_catalog.bool) RETURNS pg_catalog.bool
LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED
RETURN coalesce(
  (nullif(pg_catalog.current_setting('oxbase.advisory_locks', true), '')::pg_catalog.json ->> $1)
    IN ('x', CASE WHEN shared THEN 'x' ELSE 's' END),
  false
);
DO $$
DECLARE
  name text;
  arguments text;
  key text;
  shared boolean;
  tries boolean;
BEGIN
  FOREACH name IN ARRAY '{advisory_lock,advisory_lock_shared,advisory_xact_lock,advisory_xact_lock_shared,
    try_advisory_lock,try_advisory_lock_shared,try_advisory_xact_lock,try_advisory_xact_lock_shared}'::text[] LOOP
    shared := name LIKE '%shared';
    tries := name LIKE 'try%';
    FOREACH arguments IN ARRAY '{int8,"int4, int4"}'::text[] LOOP
      key := CASE arguments WHEN 'int8' THEN '$1::pg_catalog.text'
        ELSE '$1::pg_catalog.text || '','' || $2::pg_catalog.text' END;
      IF to_regprocedure(format('pg_catalog.oxbase_%s(%s)', name, arguments)) IS NULL THEN
        EXECUTE format('ALTER FUNCTION pg_catalog.pg_%s(%s) RENAME TO oxbase_%s', name, arguments, name);
      END IF;
      EXECUTE format(
        CASE WHEN tries THEN
          'CREATE OR REPLACE FUNCTION pg_catalog.pg_%1$s(%2$s) RETURNS pg_catalog.bool LANGUAGE sql VOLATILE STRICT
           PARALLEL RESTRICTED RETURN CASE WHEN pg_catalog.oxbase_advisory_conflict(%3$s, %4$s) THEN false
           ELSE pg_catalog.oxbase_%1$s(%5$s) END'
        ELSE
          'CREATE OR REPLACE FUNCTION pg_catalog.pg_%1$s(%2$s) RETURNS void LANGUAGE plpgsql VOLATILE STRICT PARALLEL RESTRICTED
           AS ''BEGIN IF pg_catalog.oxbase_advisory_conflict(%3$s, %4$s) THEN
           RAISE EXCEPTION USING ERRCODE = ''''OX001'''', MESSAGE = %3$s; END IF;
           PERFORM pg_catalog.oxbase_%1$s(%5$s); END'''
        END,
        name, arguments, CASE WHEN tries THEN key ELSE replace(key, '''', '''''') END, shared::text,
        CASE arguments WHEN 'int8' THEN '$1' ELSE '$1, $2' END
      );
    END LOOP;
  END LOOP;
END
$$;

-- Takes or gives back one session-level lock.
CREATE OR REPLACE FUNCTION pg_catalog.oxbase_advisory(key pg_catalog.text, shared pg_catalog.bool, takes pg_catalog.bool)
RETURNS pg_catalog.bool LANGUAGE plpgsql SET search_path TO 'pg_catalog' SET client_min_messages TO 'error' AS $$
DECLARE
  pair int4[] := CASE WHEN key LIKE '%,%' THEN string_to_array(key, ',')::int4[] END;
  wide int8 := CASE WHEN pair IS NULL THEN key::int8 END;
BEGIN
  IF takes THEN
    CASE
      WHEN pair IS NULL AND shared THEN PERFORM oxbase_advisory_lock_shared(wide);
      WHEN pair IS NULL THEN PERFORM oxbase_advisory_lock(wide);
      WHEN shared THEN PERFORM oxbase_advisory_lock_shared(pair[1], pair[2]);
      ELSE PERFORM oxbase_advisory_lock(pair[1], pair[2]);
    END CASE;
    RETURN true;
  END IF;
  RETURN CASE
    WHEN pair IS NULL AND shared THEN pg_advisory_unlock_shared(wide)
    WHEN pair IS NULL THEN pg_advisory_unlock(wide)
    WHEN shared THEN pg_advisory_unlock_shared(pair[1], pair[2])
    ELSE pg_advisory_unlock(pair[1], pair[2])
  END;
END
$$;

-- The session-level locks that the backend holds: key, mode (x, s), and how many times.
CREATE OR REPLACE FUNCTION pg_catalog.oxbase_advisory_held()
RETURNS TABLE (key pg_catalog.text, mode pg_catalog.text, times pg_catalog.int4)
LANGUAGE plpgsql SET search_path TO 'pg_catalog' AS $$
DECLARE
  held record;
BEGIN
  FOR held IN
    SELECT classid::int8 AS high, objid::int8 AS low, objsubid, l.mode = 'ShareLock' AS shared
    FROM pg_lock_status() AS l WHERE locktype = 'advisory' AND granted
  LOOP
    key := CASE held.objsubid
      WHEN 1 THEN ((held.high << 32) | held.low)::text
      ELSE format('%s,%s', (held.high::bit(32))::int4, (held.low::bit(32))::int4)
    END;
    mode := CASE WHEN held.shared THEN 's' ELSE 'x' END;
    times := 0;
    WHILE oxbase_advisory(key, held.shared, false) LOOP
      times := times + 1;
    END LOOP;
    PERFORM oxbase_advisory(key, held.shared, true) FROM generate_series(1, times);
    RETURN NEXT;
  END LOOP;
END
$$;
