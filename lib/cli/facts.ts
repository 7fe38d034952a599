/** How a served project is told: in a frame, as variables, or as JSON. */
import type { Output, Section } from './output'
import type { ProjectFacts } from './project'

/** The forms that `status -o` has. */
export type FactFormat = 'pretty' | 'env' | 'json'

const SECTIONS: [title: string, rows: [name: string, fact: string][]][] = [
  [
    'APIs',
    [
      ['API URL', 'API_URL'],
      ['REST', 'REST_URL'],
    ],
  ],
  [
    'Database',
    [
      ['DB URL', 'DB_URL'],
      ['Router URL', 'ROUTER_URL'],
      ['Directory', 'DATA_DIR'],
    ],
  ],
  [
    'Keys',
    [
      ['Publishable', 'PUBLISHABLE_KEY'],
      ['Secret', 'SECRET_KEY'],
      ['JWT secret', 'JWT_SECRET'],
    ],
  ],
]
/** Tokens are longer than a line, and would break the frame. */
const TOKENS: [name: string, fact: string][] = [
  ['anon key', 'ANON_KEY'],
  ['service_role key', 'SERVICE_ROLE_KEY'],
]

/** Quotes a value as files of variables have it. */
const quoted = (value: string): string => `"${value.replace(/(["\\$`])/g, '\\$1')}"`

/** Tells where a project is and what its keys are. */
export function printFacts(output: Output, facts: ProjectFacts, format: FactFormat): void {
  if (output.json || format === 'json') {
    return void output.write(`${JSON.stringify(facts, null, 2)}\n`)
  }
  if (format === 'env') {
    const names = Object.keys(facts).filter((name) => name !== 'DATA_DIR')
    for (const name of names.sort()) output.print(`${name}=${quoted(facts[name] as string)}`)
    return
  }
  const sections: Section[] = SECTIONS.map(([title, rows]) => ({
    title,
    rows: rows.flatMap(([name, fact]) => (facts[fact] === undefined ? [] : [[name, facts[fact]]])),
  }))
  output.box(sections.filter(({ rows }) => rows.length > 0))
  for (const [name, fact] of TOKENS) {
    const token = facts[fact]
    if (token !== undefined) output.print(`${output.style('green', name)}: ${token}`)
  }
}
