-- Implicit casts by function between domains and json or text.
SELECT row_to_json(representation)::text
FROM (
  SELECT
    c.castsource::regtype::text AS source_type,
    c.casttarget::regtype::text AS target_type,
    c.castfunc::regproc::text AS function
  FROM pg_cast c
  JOIN pg_type s ON s.oid = c.castsource
  JOIN pg_type t ON t.oid = c.casttarget
  WHERE c.castcontext = 'i'
    AND c.castmethod = 'f'
    AND (
      s.typtype = 'd' AND t.oid IN ('json'::regtype, 'text'::regtype)
      OR t.typtype = 'd' AND s.oid IN ('json'::regtype, 'text'::regtype)
    )
    AND has_function_privilege(c.castfunc, 'execute')
) representation
