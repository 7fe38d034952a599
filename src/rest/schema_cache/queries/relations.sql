-- Tables and views of the exposed schemas ($1), with their columns and primary keys.
SELECT row_to_json(relation)::text
FROM (
  SELECT
    n.nspname AS schema,
    c.relname AS name,
    rd.description,
    c.relkind IN ('v', 'm') AS is_view,
    c.relkind IN ('r', 'p') OR can.events & 8 = 8 AS insertable,
    c.relkind IN ('r', 'p') OR can.events & 4 = 4 AS updatable,
    c.relkind IN ('r', 'p') OR can.events & 16 = 16 AS deletable,
    coalesce(pk.columns, '[]') AS pk_columns,
    coalesce(attributes.columns, '[]') AS columns
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_description rd
    ON rd.objoid = c.oid AND rd.classoid = 'pg_class'::regclass AND rd.objsubid = 0
  CROSS JOIN LATERAL (
    -- The commands a view or foreign table takes, as 1 << CmdType: update 4, insert 8, delete 16.
    SELECT CASE WHEN c.relkind IN ('v', 'f') THEN pg_relation_is_updatable(c.oid, true) ELSE 0 END AS events
  ) can
  LEFT JOIN LATERAL (
    SELECT json_agg(a.attname ORDER BY a.attname) AS columns
    FROM pg_constraint k
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)
    WHERE k.conrelid = c.oid AND k.contype = 'p' AND c.relkind IN ('r', 'p')
  ) pk ON true
  LEFT JOIN LATERAL (
    SELECT
      json_agg(
        json_build_object(
          'name', a.attname,
          'description', cd.description,
          'nullable', NOT (a.attnotnull OR t.typtype = 'd' AND t.typnotnull),
          'data_type', CASE
            WHEN t.typtype = 'd' AND base.typnamespace = 'pg_catalog'::regnamespace THEN format_type(base.oid, NULL)
            WHEN t.typtype <> 'd' AND t.typnamespace = 'pg_catalog'::regnamespace THEN format_type(t.oid, NULL)
            ELSE format_type(a.atttypid, a.atttypmod)
          END,
          'nominal_type', format_type(a.atttypid, a.atttypmod),
          'max_length', CASE
            WHEN real.modifier = -1 THEN NULL
            WHEN real.type IN ('bpchar'::regtype, 'varchar'::regtype) THEN real.modifier - 4
            WHEN real.type IN ('bit'::regtype, 'varbit'::regtype) THEN real.modifier
          END,
          'default', CASE
            WHEN t.typbasetype <> 0 AND ad.adbin IS NULL THEN pg_get_expr(t.typdefaultbin, 0)
            WHEN a.attidentity = 'd' THEN (
              SELECT format('nextval(%L)', s.objid::regclass)
              FROM pg_depend s
              WHERE s.refclassid = 'pg_class'::regclass AND s.refobjid = a.attrelid AND s.refobjsubid = a.attnum
                AND s.classid = 'pg_class'::regclass AND s.deptype = 'i'
              LIMIT 1
            )
            WHEN a.attgenerated = 's' THEN NULL
            ELSE pg_get_expr(ad.adbin, ad.adrelid)
          END,
          'enum_labels', CASE WHEN 'e' IN (t.typtype, base.typtype) THEN (
            SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder)
            FROM pg_enum e
            WHERE e.enumtypid = coalesce(base.oid, t.oid)
          ) END
        )
        ORDER BY a.attnum
      ) AS columns
    FROM pg_attribute a
    JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_type base ON t.typtype = 'd' AND base.oid = t.typbasetype
    LEFT JOIN pg_description cd
      ON cd.objoid = a.attrelid AND cd.classoid = 'pg_class'::regclass AND cd.objsubid = a.attnum
    LEFT JOIN pg_attrdef ad ON ad.adrelid = a.attrelid AND ad.adnum = a.attnum
    CROSS JOIN LATERAL (
      SELECT
        CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END AS type,
        CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END AS modifier
    ) real
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  ) attributes ON true
  WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p')
    AND c.relnamespace = ANY ($1::regnamespace[])
    AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
    AND NOT c.relispartition
) relation
