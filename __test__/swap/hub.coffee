# A small hub: a table whose changes are fed to whoever listens. It knows `pg` and nothing else,
# and prints what it saw as JSON, so that two runs can be compared.
{Client, Pool, types} = require 'pg'

types.setTypeParser 1114, (text) -> new Date "#{text}Z"
seen = {}

migrate = (pool) ->
  client = await pool.connect()
  try
    {rows} = await client.query "SELECT pg_try_advisory_lock(hashtext('migrate')) AS got"
    seen.lock = rows[0].got
    await client.query 'BEGIN ISOLATION LEVEL SERIALIZABLE'
    await client.query '''
      CREATE TABLE projects (
        id SERIAL PRIMARY KEY, title VARCHAR(80) NOT NULL UNIQUE, users JSONB DEFAULT '{}',
        size BIGINT, blob BYTEA, edited TIMESTAMP DEFAULT '2020-01-02 03:04:05'
      )
    '''
    await client.query '''
      CREATE FUNCTION projects_changed() RETURNS TRIGGER AS $$
      BEGIN
        PERFORM pg_notify('changes_projects', json_build_object('op', TG_OP, 'id', COALESCE(NEW.id, OLD.id))::text);
        RETURN NULL;
      END $$ LANGUAGE plpgsql
    '''
    await client.query '''
      CREATE TRIGGER projects_changed AFTER INSERT OR UPDATE OR DELETE ON projects
        FOR EACH ROW EXECUTE FUNCTION projects_changed()
    '''
    await client.query 'COMMIT'
    await client.query "SELECT pg_advisory_unlock(hashtext('migrate'))"
  finally
    client.release()

# Resolves when the feed has told `count` changes.
changefeed = (count) ->
  client = new Client()
  client.setMaxListeners 0
  client.on 'error', (err) -> seen.feedError = err.message
  await client.connect()
  await client.query 'LISTEN changes_projects'
  new Promise (started) ->
    changes = []
    done = new Promise (resolve) ->
      client.on 'notification', ({channel, payload}) ->
        changes.push [channel, JSON.parse payload]
        resolve changes if changes.length is count
    started {client, done}

# A query with a callback, as hubs of old have them.
callback = (client, text, values) -> new Promise (resolve) ->
  client.query text, values, (err, result) -> resolve err?.code ? result.rows

main = ->
  pool = new Pool max: 4, options: '-c timezone=UTC'
  pool.on 'error', (err) -> seen.poolError = err.message
  await migrate pool
  feed = await changefeed 5

  insert = 'INSERT INTO projects (title, users, size, blob) VALUES ($1, $2::jsonb, $3, $4) RETURNING *'
  titles = ['one', 'two', 'drei ü']
  for title, i in titles
    {rows} = await pool.query insert, [title, {owner: title}, "900719925474099#{i}", Buffer.from title]
    (seen.inserted ?= []).push rows[0]

  seen.duplicate = await callback pool, insert, ['one', {}, 1, null]
  await pool.query {name: 'touch', text: 'UPDATE projects SET title = $2 WHERE id = $1', values: [1, 'first']}
  await pool.query 'DELETE FROM projects WHERE id = $1', [2]
  seen.changes = await feed.done

  client = await pool.connect()
  await client.query 'BEGIN'
  await client.query 'DELETE FROM projects'
  await client.query 'ROLLBACK'
  client.release()

  seen.rows = (await pool.query 'SELECT id, title, edited FROM projects ORDER BY id').rows
  seen.array = (await pool.query {text: 'SELECT id, title FROM projects ORDER BY id', rowMode: 'array'}).rows
  seen.counts = await Promise.all [1..20].map (n) ->
    {rows} = await pool.query 'SELECT $1::int + count(*)::int AS n FROM projects', [n]
    rows[0].n
  seen.recovery = (await pool.query 'SELECT pg_is_in_recovery() AS r').rows
  seen.zone = (await pool.query 'SHOW timezone').rows
  seen.syntax = await callback feed.client, 'SELEC 1', []

  await feed.client.end()
  await pool.end()
  console.log JSON.stringify seen

main().catch (err) ->
  console.error err
  process.exit 1
