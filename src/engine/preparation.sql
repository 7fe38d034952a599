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
