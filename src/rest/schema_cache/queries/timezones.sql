-- The names that `Prefer: timezone=` takes.
SELECT to_json(name)::text FROM pg_timezone_names
