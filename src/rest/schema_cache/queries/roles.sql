-- Settings and isolation level of the roles that the session user may become.
SELECT row_to_json(role)::text
FROM (
  SELECT
    r.rolname AS name,
    max(s.value) FILTER (WHERE s.name = 'default_transaction_isolation') AS isolation,
    coalesce(
      json_agg(json_build_array(s.name, s.value) ORDER BY s.place)
        FILTER (WHERE s.name <> 'default_transaction_isolation'),
      '[]'
    ) AS settings
  FROM pg_roles r
  CROSS JOIN LATERAL (
    SELECT
      substr(setting, 1, strpos(setting, '=') - 1) AS name,
      lower(substr(setting, strpos(setting, '=') + 1)) AS value,
      place
    FROM unnest(r.rolconfig) WITH ORDINALITY AS _ (setting, place)
  ) s
  JOIN pg_settings ps ON ps.name = s.name
  WHERE pg_has_role(session_user, r.oid, 'MEMBER')
    AND (
      ps.context = 'user'
      OR ps.context = 'superuser' AND has_parameter_privilege(session_user, ps.name, 'SET')
    )
  GROUP BY r.rolname
) role
