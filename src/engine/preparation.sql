-- What every database of ours has beyond a fresh cluster: the views and functions that tell a session about itself.
-- Many sessions share one backend, so they read settings that the session layer fills in when a text names them.

ALTER FUNCTION pg_catalog.pg_backend_pid() RENAME TO oxbase_backend_pid;
CREATE FUNCTION pg_catalog.pg_backend_pid() RETURNS integer LANGUAGE sql STABLE PARALLEL RESTRICTED
RETURN coalesce(
  nullif(pg_catalog.current_setting('oxbase.process_id', true), '')::pg_catalog.int4,
  pg_catalog.oxbase_backend_pid()
);
COMMENT ON FUNCTION pg_catalog.pg_backend_pid() IS 'statistics: current backend PID';

ALTER FUNCTION pg_catalog.pg_listening_channels() RENAME TO oxbase_listening_channels;
CREATE FUNCTION pg_catalog.pg_listening_channels() RETURNS SETOF pg_catalog.text LANGUAGE sql STABLE PARALLEL RESTRICTED
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

-- A sleep is in the host, where it cannot be interrupted, so it is made of short ones.
ALTER FUNCTION pg_catalog.pg_sleep(pg_catalog.float8) RENAME TO oxbase_sleep;
CREATE FUNCTION pg_catalog.pg_sleep(pg_catalog.float8) RETURNS void LANGUAGE plpgsql STRICT PARALLEL SAFE
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
