// Statements that fail, alone and in transactions: the right code comes, and nothing stays behind.

import { recorded } from '../ledger.mjs'
import { INSERT } from '../schema.mjs'
import { RollBack } from '../seats.mjs'

/** Statements and the SQLSTATE of each. */
const MISTAKES = [
  ['select 1 / 0', '22012'],
  ['select 1 from', '42601'],
  ['select * from nowhere', '42P01'],
  ['select nothing from taken', '42703'],
  ["insert into taken values (1, 'again')", '23505'],
  ["insert into taken values (1000, 'word 7')", '23505'],
  ['insert into taken (id) values (1000)', '23502'],
  ["select 'many'::int", '22P02'],
]

async function alone({ seat, random, fails, check }) {
  const [text, code] = random.pick(MISTAKES)
  await fails(seat.query(text, []), code)
  const { rows } = await seat.query('select $1::int as n', [7])
  check(rows[0].n === 7, 'the statement after an error has a wrong answer')
}

async function inTransaction({ seat, random, ledger, number, fails }) {
  const [text, code] = random.pick(MISTAKES)
  const numbers = ledger.begin()
  await recorded(ledger, numbers, () =>
    seat.transaction(async (query) => {
      await query(INSERT, [number, numbers[0]])
      await fails(query(text, []), code)
      await fails(query('select 1', []), '25P02')
      throw new RollBack()
    })
  )
}

export const errors = {
  name: 'errors',
  share: 8,
  seats: ['client', 'pool', 'database'],
  pause: [40, 160],
  writes: true,
  step(actor) {
    return actor.random.chance(0.5) ? alone(actor) : inTransaction(actor)
  },
}
