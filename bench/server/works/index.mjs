// All that is measured. A work is { name, base, title, section, unit, place, setup?, round, teardown?, limit? }: `base` names
// it without its place, `limit` bounds a step in seconds beyond what a round lasts. `round(peer, state, options)` resolves
// with samples; `options` has { seconds, quick }.

import { connections } from './connect.mjs'
import { copies } from './copy.mjs'
import { idle } from './idle.mjs'
import { notifications } from './notify.mjs'
import { pgbenches } from './pgbench.mjs'
import { servers } from '../places.mjs'
import { tenantWorks } from './tenants.mjs'

const at = (place) => (work) => ({
  ...work,
  base: work.name,
  name: `${work.name}-${place.name}`,
  title: `${work.title} (${place.title})`,
  place,
})

const anywhere = pgbenches
const inMemory = [...connections, ...copies, ...notifications, idle]

export const works = [
  ...servers.flatMap((place) => anywhere.map(at(place))),
  ...servers
    .filter(({ storage }) => storage === 'memory')
    .flatMap((place) => inMemory.map(at(place))),
  ...tenantWorks.map(({ place, ...work }) => at(place)(work)),
]
