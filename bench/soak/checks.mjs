// What the database must hold at the end, against what the ledgers know.

import { ACCOUNTS, BALANCE } from './schema.mjs'

/** How many examples a list of wrong numbers is cut to. */
const EXAMPLES = 5

/** Compares the entries of these ledgers with the table: counts, and examples of what is wrong. */
export async function checkEntries(database, ledgers) {
  const total = { acknowledged: 0, rolledBack: 0, unknown: 0, wrong: {} }
  for (const ledger of ledgers) {
    const text = 'select seq from entry where actor = $1'
    const { rows } = await database.query(text, [ledger.actor], { rowMode: 'array' })
    total.acknowledged += ledger.count('acknowledged')
    total.rolledBack += ledger.count('rolled back')
    total.unknown += ledger.count('unknown')
    for (const [what, numbers] of Object.entries(ledger.compare(rows.map(([seq]) => seq)))) {
      if (numbers.length === 0) continue
      const each = (total.wrong[what] ??= { count: 0, examples: [] })
      each.count += numbers.length
      each.examples.push(...numbers.map((number) => `${ledger.actor}/${number}`))
      each.examples.splice(EXAMPLES)
    }
  }
  return total
}

/** Entries of actors that no ledger is of. */
export async function strangers(database, ledgers) {
  const { rows } = await database.query('select distinct actor from entry')
  return rows.map(({ actor }) => actor).filter((actor) => !ledgers.has(actor))
}

/** Accounts whose balance is not what the transfers that are there add up to. */
export async function checkAccounts(database) {
  const { rows } = await database.query(`
    select id, balance::int, (${BALANCE}
      - (select coalesce(sum(amount), 0) from entry where source = id)
      + (select coalesce(sum(amount), 0) from entry where target = id))::int as expected
    from account`)
  const sum = rows.reduce((all, { balance }) => all + balance, 0)
  const wrong = rows.filter(({ balance, expected }) => balance !== expected)
  return { sum, expected: ACCOUNTS * BALANCE, wrong }
}

/** Counters that do not have each acknowledged update, and unknown ones at most, in them. */
export async function checkCounters(database, counters) {
  const { rows } = await database.query('select id, n::int from counter order by id')
  const wrong = rows.filter(({ id, n }) => {
    const { acknowledged, unknown } = counters[id]
    return n < acknowledged || n > acknowledged + unknown
  })
  return { updates: counters.reduce((all, { acknowledged }) => all + acknowledged, 0), wrong }
}
