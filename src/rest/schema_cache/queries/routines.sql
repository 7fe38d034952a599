-- Functions of the schemas $1 that can be called, with their settings that match one of $2.
-- With $3 only those that the current role may execute.
WITH RECURSIVE domains AS (
  SELECT oid, typbasetype AS base FROM pg_type WHERE typtype = 'd'
  UNION ALL
  SELECT d.oid, t.typbasetype FROM domains d JOIN pg_type t ON t.oid = d.base WHERE t.typtype = 'd'
)
SELECT row_to_json(routine)::text
FROM (
  SELECT
    n.nspname AS schema,
    p.proname AS name,
    pd.description,
    coalesce(arguments.params, '[]') AS params,
    rn.nspname AS return_schema,
    coalesce(rc.relname, r.typname) AS return_name,
    p.proretset AS returns_set,
    -- Output arguments make a row, whatever the declared type is.
    r.typtype = 'c' OR coalesce(p.proargmodes && '{t,b,o}'::"char"[], false) AS returns_composite,
    r.oid <> p.prorettype AS returns_alias,
    p.provolatile AS volatility,
    p.provariadic > 0 AS has_variadic,
    (
      SELECT lower(split_part(split_part(setting, '=', 2), ',', 1))
      FROM unnest(p.proconfig) AS setting
      WHERE setting LIKE 'default_transaction_isolation%'
      LIMIT 1
    ) AS isolation,
    coalesce(
      (
        SELECT json_agg(json_build_array(
          substr(setting, 1, strpos(setting, '=') - 1),
          substr(setting, strpos(setting, '=') + 1)
        ))
        FROM unnest(p.proconfig) AS setting
        WHERE setting ~ ANY ($2::text[])
      ),
      '[]'
    ) AS settings
  FROM pg_proc p
  JOIN pg_namespace n ON n.oid = p.pronamespace
  JOIN pg_type r ON r.oid = coalesce(
    (
      SELECT d.base FROM domains d JOIN pg_type b ON b.oid = d.base
      WHERE d.oid = p.prorettype AND b.typtype <> 'd'
    ),
    p.prorettype
  )
  JOIN pg_namespace rn ON rn.oid = r.typnamespace
  LEFT JOIN pg_class rc ON rc.oid = r.typrelid
  LEFT JOIN pg_description pd
    ON pd.objoid = p.oid AND pd.classoid = 'pg_proc'::regclass AND pd.objsubid = 0
  LEFT JOIN LATERAL (
    SELECT
      json_agg(
        json_build_object(
          'name', coalesce(a.name, ''),
          'type_name', a.type::regtype::text,
          'type_max_length', CASE a.type
            WHEN 'bit'::regtype THEN 'bit varying'
            WHEN 'bit[]'::regtype THEN 'bit varying[]'
            WHEN 'character'::regtype THEN 'character varying'
            WHEN 'character[]'::regtype THEN 'character varying[]'
            ELSE a.type::regtype::text
          END,
          'required', a.place <= p.pronargs - p.pronargdefaults,
          'variadic', coalesce(a.mode = 'v', false)
        )
        ORDER BY a.place
      ) AS params,
      -- One argument without a name can be called with the whole body, if it is of a type for that.
      CASE count(*) - count(a.name)
        WHEN 0 THEN true
        WHEN 1 THEN (array_agg(a.type))[1] = ANY (
          '{bytea,json,jsonb,text,xml}'::regtype[]
        )
        ELSE false
      END AS callable
    FROM unnest(p.proargnames, p.proargtypes, p.proargmodes) WITH ORDINALITY AS a (name, type, mode, place)
    WHERE a.type IS NOT NULL
  ) arguments ON true
  WHERE p.prokind = 'f'
    AND p.pronamespace = ANY ($1::regnamespace[])
    AND r.oid <> 'trigger'::regtype
    AND arguments.callable
    AND (NOT $3::boolean OR has_function_privilege(p.oid, 'EXECUTE'))
) routine
