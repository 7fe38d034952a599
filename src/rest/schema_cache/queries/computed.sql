-- Functions of one row that return rows: relationships that the user computes.
SELECT row_to_json(computed)::text
FROM (
  SELECT
    n.nspname AS function_schema,
    p.proname AS function_name,
    an.nspname AS table_schema,
    a.typname AS table_name,
    rn.nspname AS foreign_schema,
    r.typname AS foreign_name,
    NOT p.proretset OR p.prorows = 1 AS to_one,
    a.oid = r.oid AS is_self
  FROM pg_proc p
  JOIN pg_namespace n ON n.oid = p.pronamespace
  JOIN pg_type a ON a.oid = p.proargtypes[0]
  JOIN pg_class ac ON ac.oid = a.typrelid AND ac.relkind IN ('r', 'v', 'm', 'f', 'p')
  JOIN pg_namespace an ON an.oid = a.typnamespace
  JOIN pg_type r ON r.oid = p.prorettype
  JOIN pg_class rc ON rc.oid = r.typrelid AND rc.relkind IN ('r', 'v', 'm', 'f', 'p')
  JOIN pg_namespace rn ON rn.oid = r.typnamespace
  WHERE p.pronargs = 1
) computed
