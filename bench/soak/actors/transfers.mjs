// Transactions of several statements that move money: the sum stays, whatever becomes of them.

import { recorded } from '../ledger.mjs'
import { ACCOUNTS } from '../schema.mjs'
import { RollBack } from '../seats.mjs'

const ENTRY = 'insert into entry (actor, seq, source, target, amount) values ($1, $2, $3, $4, $5)'
const MOVE = 'update account set balance = balance + $2 where id = $1'

export const transfers = {
  name: 'transfers',
  share: 14,
  seats: ['client', 'pool', 'database'],
  pause: [20, 140],
  writes: true,
  async step({ seat, random, ledger, number, fails }) {
    const [source, target] = [random.whole(1, ACCOUNTS), random.whole(1, ACCOUNTS)]
    const amount = random.whole(1, 100)
    const [stumbles, gives] = [random.chance(0.1), random.chance(0.15)]
    const numbers = ledger.begin()
    await recorded(ledger, numbers, () =>
      seat.transaction(async (query) => {
        await query(MOVE, [source, -amount])
        if (stumbles) {
          await query('savepoint before_target')
          await fails(query('select 1 / 0'), '22012')
          await query('rollback to before_target')
        }
        await query(MOVE, [target, amount])
        await query(ENTRY, [number, numbers[0], source, target, amount])
        if (gives) throw new RollBack()
      })
    )
  },
}
