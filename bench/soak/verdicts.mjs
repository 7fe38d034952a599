// The report of a soak: what was counted, and one verdict for each thing that must hold.

const empty = (object) => Object.keys(object ?? {}).length === 0
const text = (value) => JSON.stringify(value)

/** Every acknowledged write is there once, and nothing else is. */
function writes({ entries, strangers }) {
  if (entries === undefined) return { ok: false, says: 'not checked' }
  const { acknowledged, rolledBack, unknown, wrong } = entries
  const ok = empty(wrong) && strangers.length === 0
  const counts = `${acknowledged} acknowledged, ${rolledBack} rolled back, ${unknown} unknown`
  if (ok) return { ok, says: counts }
  return { ok, says: `${counts}; wrong: ${text(wrong)}, of nobody: ${text(strangers)}` }
}

function accounts({ accounts }) {
  if (accounts === undefined) return { ok: false, says: 'not checked' }
  const { sum, expected, wrong } = accounts
  const ok = sum === expected && wrong.length === 0
  return { ok, says: `the sum is ${sum}${ok ? '' : `, not ${expected}; wrong: ${text(wrong)}`}` }
}

function counters({ counters }) {
  if (counters === undefined) return { ok: false, says: 'not checked' }
  const { updates, wrong } = counters
  const ok = wrong.length === 0
  return { ok, says: `${updates} updates${ok ? '' : `; wrong: ${text(wrong)}`}` }
}

function notifications({ world }) {
  const { count, missing, twice, revived } = world.deliveries
  const ok = missing + twice + revived === 0
  const wrong = `${missing} missing, ${twice} twice or out of order, ${revived} of a rollback`
  return { ok, says: `${count} deliveries${ok ? '' : `; ${wrong}`}` }
}

function answers({ world }) {
  const { count, examples } = world.tally.unexpected
  const ok = count === 0
  return { ok, says: ok ? 'no unexpected error or answer' : `${count}: ${text(examples)}` }
}

function kills({ order, world, kills }) {
  if (world.inMemory) return { ok: true, says: 'none: nothing in memory survives its process' }
  if (order.without.includes('kills')) return { ok: true, says: 'none, as asked' }
  const bad = kills.filter((each) => !empty(each.wrong) || each.accounts > 0)
  const kept = kills.reduce((all, { acknowledged }) => all + acknowledged, 0)
  const ok = kills.length > 0 && bad.length === 0
  return { ok, says: ok ? `${kills.length}, ${kept} acknowledged writes kept` : text(kills) }
}

function memory({ order, memory }) {
  const { early, late, before, after, flat } = memory.judge(order.minutes)
  const at = ([from, to]) => `${from} to ${to} s`
  const change = ((after / before - 1) * 100).toFixed(1)
  const says = `mean of ${at(late)}: ${after.toFixed(0)} MiB, of ${at(early)}: ${before.toFixed(0)} MiB`
  return { ok: flat, says: `${says} (${change} %)` }
}

/** What the process still holds of one kind, when everything is closed. */
const closed =
  (part, what) =>
  ({ rest, before }) => {
    if (rest === undefined) return { ok: false, says: 'not checked' }
    if (before[part] === undefined) return { ok: true, says: 'cannot be seen on this system' }
    const ok = empty(rest[part])
    return { ok, says: ok ? `no ${what} more than at the start` : `left: ${text(rest[part])}` }
  }

function directory({ world, left }) {
  const ok = left.length === 0
  const says = `no file open after each of ${world.openings} rounds`
  if (world.inMemory) return { ok, says: 'none: the database is in memory' }
  return { ok, says: ok ? says : `open: ${text(left)}` }
}

function watchdog({ watchdog, sessions }) {
  if (watchdog === undefined) return { ok: true, says: 'nobody waited for longer than its bound' }
  return { ok: false, says: `${watchdog}; sessions: ${text(sessions)}` }
}

const verdicts = {
  watchdog,
  answers,
  writes,
  accounts,
  counters,
  notifications,
  kills,
  memory,
  handles: closed('handles', 'handle'),
  threads: closed('threads', 'thread'),
  files: closed('files', 'file'),
  directory,
}

/** The report of what was found. */
export function judge(found) {
  const { order, world, memory, bare, before, after, kills } = found
  return {
    seed: order.seed,
    minutes: order.minutes,
    clients: order.clients,
    dataDir: world.inMemory ? 'memory://' : 'directory',
    without: order.without,
    seconds: (Date.now() - found.wall) / 1000,
    steps: world.tally.steps,
    kinds: world.tally.rows(),
    errors: world.tally.errors,
    deliveries: world.deliveries,
    restarts: world.restarts,
    openings: world.openings,
    kills,
    holdings: { bare, before, after },
    memory: memory.samples,
    verdicts: Object.entries(verdicts).map(([name, verdict]) => ({ name, ...verdict(found) })),
  }
}
