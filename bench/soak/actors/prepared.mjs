// Named statements of the protocol and of SQL, which are thrown away now and then.

const NAMES = ['one', 'two', 'three']

/** A named statement; each client has others under the same names. */
async function byProtocol({ seat, random, number, check }) {
  const name = random.pick(NAMES)
  const text = `select $1::int + ${number} as n, '${name}' as name`
  const n = random.whole(1, 1000)
  const { rows } = await seat.query(text, [n], { name })
  check(rows[0].n === n + number, `statement ${name} is that of another client`)
}

async function bySql({ seat, random, number, check }) {
  const n = random.whole(1, 1000)
  await seat.query(`prepare plus (int) as select $1 + ${number} as n`)
  const { rows } = await seat.query(`execute plus (${n})`)
  check(rows[0].n === n + number, 'EXECUTE ran the statement of another client')
  await seat.query('deallocate plus')
}

async function setting({ seat, number, check }) {
  await seat.query(`set application_name = 'actor ${number}'`)
  const { rows } = await seat.query('show application_name')
  check(rows[0].application_name === `actor ${number}`, 'a setting is that of another client')
}

export const prepared = {
  name: 'prepared',
  share: 8,
  seats: ['client'],
  pause: [10, 70],
  step(actor) {
    const use = [byProtocol, byProtocol, byProtocol, byProtocol, bySql, setting]
    return actor.random.pick(use)(actor)
  },
}
