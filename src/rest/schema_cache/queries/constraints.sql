-- Primary and foreign keys of every schema, with the columns in the order of the key.
SELECT row_to_json(key)::text
FROM (
  SELECT
    k.conname AS name,
    k.contype = 'p' AS is_primary,
    k.conparentid = 0 AS is_root,
    k.conrelid::bigint AS table_oid,
    tn.nspname AS table_schema,
    t.relname AS table_name,
    k.conkey AS column_numbers,
    columns.names AS columns,
    k.confrelid::bigint AS foreign_oid,
    fn.nspname AS foreign_schema,
    f.relname AS foreign_name,
    k.confkey AS foreign_numbers,
    columns.foreign_names AS foreign_columns,
    -- At most one row refers to each one where the columns are, in any order, a key themselves.
    k.contype = 'f' AND EXISTS (
      SELECT FROM pg_constraint u
      WHERE u.conrelid = k.conrelid AND u.contype IN ('p', 'u')
        AND u.conkey @> k.conkey AND u.conkey <@ k.conkey
    ) AS is_unique
  FROM pg_constraint k
  JOIN pg_class t ON t.oid = k.conrelid
  JOIN pg_namespace tn ON tn.oid = t.relnamespace
  LEFT JOIN pg_class f ON f.oid = k.confrelid
  LEFT JOIN pg_namespace fn ON fn.oid = f.relnamespace
  CROSS JOIN LATERAL (
    SELECT
      json_agg(a.attname ORDER BY place) AS names,
      json_agg(fa.attname ORDER BY place) AS foreign_names
    FROM unnest(k.conkey, k.confkey) WITH ORDINALITY AS _ (number, foreign_number, place)
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = number
    LEFT JOIN pg_attribute fa ON fa.attrelid = k.confrelid AND fa.attnum = foreign_number
  ) columns
  WHERE k.contype IN ('p', 'f')
) key
