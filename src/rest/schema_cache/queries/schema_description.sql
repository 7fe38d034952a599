-- The comment on the schema $1.
SELECT obj_description($1::regnamespace, 'pg_namespace')
