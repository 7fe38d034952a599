-- Aggregates and functions of the exposed schemas ($1) that return a domain named as a media type.
WITH media_types AS (
  SELECT
    t.oid,
    n.nspname AS schema,
    lower(t.typname) AS name,
    CASE t.typname WHEN '*/*' THEN 'application/octet-stream' ELSE t.typname::text END AS resolved
  FROM pg_type t
  JOIN pg_namespace n ON n.oid = t.typnamespace
  WHERE t.typbasetype <> 0
    AND (t.typname ~* '^[A-Za-z0-9.-]+/[A-Za-z0-9.\+-]+$' OR t.typname = '*/*')
)
SELECT row_to_json(handler)::text
FROM (
  SELECT
    fn.nspname AS handler_schema,
    p.proname::text AS handler_name,
    an.nspname AS target_schema,
    a.typname AS target_name,
    m.name AS media_type,
    m.resolved AS resolved_media_type
  FROM media_types m
  JOIN pg_proc p ON p.prorettype = m.oid AND p.prokind = 'a'
  JOIN pg_namespace fn ON fn.oid = p.pronamespace
  JOIN pg_type a ON a.oid = p.proargtypes[0]
  JOIN pg_namespace an ON an.oid = a.typnamespace
  LEFT JOIN pg_class ac ON ac.oid = a.typrelid
  WHERE p.pronamespace = ANY ($1::regnamespace[])
    AND p.pronargs = 1
    AND (ac.relkind IN ('r', 'v', 'm', 'f', 'p') OR a.typname = 'anyelement')
  UNION ALL
  SELECT m.schema, m.name, fn.nspname, p.proname, m.name, m.resolved
  FROM media_types m
  JOIN pg_proc p ON p.prorettype = m.oid AND p.prokind = 'f' AND NOT p.proretset
  JOIN pg_namespace fn ON fn.oid = p.pronamespace
  WHERE p.pronamespace = ANY ($1::regnamespace[])
) handler
