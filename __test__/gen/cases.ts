// The schemas that types are generated for, and with which options.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

export interface Case {
  /** The name of the files in schemas/ and golden/. */
  name: string
  schemas: string[]
  postgrestVersion?: string
  detectOneToOneRelationships: boolean
  /** Who asks. Default: the superuser. */
  role?: string
}

const OPTIONS: Record<string, Partial<Case>> = {
  relationships: { schemas: ['public', 'other'] },
  several: { schemas: ['public', 'api', 'Odd Schema', 'does not exist'] },
  shop: { postgrestVersion: '14.5' },
  privileges: { role: 'pg_monitor' },
  legacy: { detectOneToOneRelationships: false },
}

const file = (...names: string[]) => path.join(import.meta.dirname, ...names)

export const cases: Case[] = readdirSync(file('schemas')).map((entry) => {
  const name = path.basename(entry, '.sql')
  return { name, schemas: ['public'], detectOneToOneRelationships: true, ...OPTIONS[name] }
})

export const schemaOf = ({ name }: Case) => readFileSync(file('schemas', `${name}.sql`), 'utf8')

/** What `generateTypes` is given for it. */
export const optionsOf = ({ schemas, postgrestVersion, detectOneToOneRelationships }: Case) => ({
  schemas,
  postgrestVersion,
  detectOneToOneRelationships,
})

export const goldenFile = ({ name }: Case) => file('golden', `${name}.ts`)

export const golden = (each: Case) => readFileSync(goldenFile(each), 'utf8')
