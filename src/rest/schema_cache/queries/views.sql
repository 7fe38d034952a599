-- Views of the exposed schemas ($1) and of the extra search path ($2), with the tree of their query.
SELECT row_to_json(view)::text
FROM (
  SELECT
    c.oid::bigint AS oid,
    n.nspname AS schema,
    c.relname AS name,
    c.relnamespace = ANY ($1::regnamespace[]) AS is_exposed,
    r.ev_action::text AS query,
    (
      SELECT json_object_agg(a.attnum, a.attname)
      FROM pg_attribute a
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    ) AS columns
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_rewrite r ON r.ev_class = c.oid AND r.ev_type = '1'
  WHERE c.relkind IN ('v', 'm')
    AND (c.relnamespace = ANY ($1::regnamespace[]) OR n.nspname = ANY ($2::text[]))
) view
