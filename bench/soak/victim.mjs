// The process that kill.mjs kills: some actors that write, and a journal of what they were told.

import { openSync, writeSync } from 'node:fs'
import { crew } from './crew.mjs'
import { World } from './world.mjs'

const CLIENTS = 20
const KINDS = ['inserts', 'transfers', 'errors', 'copy', 'reconnects']

const { dataDir, seed, first, journal } = JSON.parse(process.argv[2])
const file = openSync(journal, 'a')
// What was written to the file is there after the process is not.
const world = new World({ dataDir, seed, journal: (line) => writeSync(file, `${line}\n`) })
const actors = crew(world, CLIENTS, KINDS, first)
world.admit(actors)
await world.open()
await Promise.all(actors.map((actor) => actor.open()))
await Promise.all(actors.map((actor) => actor.run(new AbortController().signal)))
