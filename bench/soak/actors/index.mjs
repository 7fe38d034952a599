// The kinds of actors. A kind has a name, a share of the clients, the seats it takes in turns, the
// pause before each step in milliseconds, and the step itself. `writes` says that it writes entries,
// `notifies` that it sends notifications, `stops` that it makes the backend open again; `accepts`
// is an SQLSTATE that may end any of its steps.

import { cancels } from './cancels.mjs'
import { copy } from './copy.mjs'
import { counters } from './counters.mjs'
import { errors } from './errors.mjs'
import { idle } from './idle.mjs'
import { inserts } from './inserts.mjs'
import { listen } from './listen.mjs'
import { notify } from './notify.mjs'
import { prepared } from './prepared.mjs'
import { reads } from './reads.mjs'
import { reconnects } from './reconnects.mjs'
import { timeouts } from './timeouts.mjs'
import { transfers } from './transfers.mjs'

export const kinds = [
  reads,
  inserts,
  transfers,
  counters,
  errors,
  prepared,
  copy,
  listen,
  notify,
  reconnects,
  timeouts,
  cancels,
  idle,
]
