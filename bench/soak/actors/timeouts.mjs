// Statements that run longer than `statement_timeout`: 57014 comes, nothing of them stays, and the
// client goes on.

import { recorded } from '../ledger.mjs'
import { INSERT } from '../schema.mjs'
import { RollBack } from '../seats.mjs'

const TIMEOUT_MS = 100
export const STOPPED = '57014'

/** Statements that do not end, or not soon. */
export const ENDLESS = [
  'select pg_sleep(30)',
  'do $$ begin loop end loop; end $$',
  `with recursive r (n) as (select 1 union all select n % 1000 + 1 from r) select count(*) from r`,
  'select endless()',
]

/** A statement that writes and then does not end. */
const WRITES = `with written as (insert into entry (actor, seq) values ($1, $2) returning 1)
  select endless() from written`

function checkMessage({ check }, { message }) {
  check(message === 'canceling statement due to statement timeout', `57014 says "${message}"`)
}

async function alone(actor) {
  const { seat, random, fails } = actor
  checkMessage(actor, await fails(seat.query(random.pick(ENDLESS)), STOPPED))
}

async function writing(actor) {
  const { seat, ledger, number, fails } = actor
  const numbers = ledger.begin()
  await recorded(ledger, numbers, async () => {
    checkMessage(actor, await fails(seat.query(WRITES, [number, numbers[0]]), STOPPED))
    return false
  })
}

async function inTransaction(actor) {
  const { seat, random, ledger, number, fails } = actor
  const numbers = ledger.begin()
  await recorded(ledger, numbers, () =>
    seat.transaction(async (query) => {
      await query(`set local statement_timeout = ${TIMEOUT_MS / 2}`)
      await query(INSERT, [number, numbers[0]])
      checkMessage(actor, await fails(query(random.pick(ENDLESS)), STOPPED))
      throw new RollBack()
    })
  )
}

export const timeouts = {
  name: 'timeouts',
  share: 3,
  seats: ['client'],
  config: { statement_timeout: TIMEOUT_MS },
  pause: [4_000, 12_000],
  writes: true,
  stops: true,
  // Any statement of such a client may wait for its turn for longer than its timeout.
  accepts: STOPPED,
  async step(actor) {
    await actor.random.pick([alone, writing, inTransaction])(actor)
    const { rows } = await actor.seat.query('select 1 as one')
    actor.check(rows[0].one === 1, 'the statement after a timeout has a wrong answer')
  },
}
