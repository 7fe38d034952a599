import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { oxbase } from './support'

const COMMANDS = [
  'start',
  'stop',
  'status',
  'psql',
  'run',
  'doctor',
  'start-router',
  'router-stats',
  'list-databases',
  'stop-router',
  'list',
  'url',
  'health',
  'cleanup',
  'info',
  'db exec',
  'db dump',
  'db restore',
  'db reset',
  'migration new',
  'migration list',
  'migration up',
  'gen types',
]

test.each(COMMANDS)('the help of %s shows how it is called', async (command) => {
  const { code, stdout, stderr } = await oxbase(...command.split(' '), '--help')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(new RegExp(`^Usage: oxbase ${command}\\b`))
  expect(stdout).toMatch(/\nExamples:\n {2}\$ .*oxbase /)
})

test('the help names every command, and the exit codes', async () => {
  const { code, stdout } = await oxbase('--help')
  expect(code).toBe(0)
  const words = new Set(COMMANDS.map((command) => command.split(' ')[0]))
  for (const word of words) expect(stdout).toMatch(new RegExp(`^ {2}${word}\\b`, 'm'))
  expect(stdout).toContain('Exit codes: 0 done, 1 failed, 2 called in a wrong way')
})

test('--version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  expect(await oxbase('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
})

const WRONG: [args: string[], stderr: string][] = [
  [['starts'], "error: unknown command 'starts'\nhint: Did you mean start?\n"],
  [['start', '--prt', '1'], "error: unknown option '--prt'\nhint: Did you mean --port?\n"],
  [
    ['start', '--port', '65536'],
    "error: option '-p, --port <port>' argument '65536' is invalid. It must be a number from 0 to 65535.\nhint: see `oxbase --help`\n",
  ],
  [
    ['status', '-o', 'toml'],
    "error: option '-o, --output <format>' argument 'toml' is invalid. Allowed choices are pretty, env, json.\nhint: see `oxbase --help`\n",
  ],
  [
    ['db'],
    'error: oxbase db: a command is missing\nhint: give one of: exec, dump, restore, reset\n',
  ],
  [
    ['db', 'restroe'],
    "error: oxbase db: unknown command 'restroe'\nhint: give one of: exec, dump, restore, reset\n",
  ],
  [['run'], "error: missing required argument 'command'\nhint: see `oxbase --help`\n"],
  [['stop', '--all', '--dir', 'x'], 'error: --all and --dir exclude each other\n'],
  [
    ['start', '--host', '0.0.0.0'],
    'error: 0.0.0.0 can be reached from other machines\nhint: give a --password of your own\n',
  ],
  [
    ['start', '--host', '0.0.0.0', '--password', 'x'],
    'error: 0.0.0.0 can be reached from other machines, and the standard keys are known to all\nhint: give a --jwt-secret of your own, or --no-api\n',
  ],
  [['db', 'exec', '1', '--db-url', 'http://x'], 'error: --db-url must begin with postgres://\n'],
  [
    ['db', 'reset'],
    expect.stringMatching(
      /^error: Delete everything in .*data: nobody is there to be asked\nhint: add --yes\n$/
    ) as unknown as string,
  ],
  [
    ['migration', 'new', '../x'],
    'error: the name of a migration becomes one of a file\nhint: give letters, digits and _\n',
  ],
  [
    ['gen', 'types', 'python'],
    'error: there are no types for python\nhint: typescript is what there is\n',
  ],
  [
    ['status', '--workdir', '/nowhere'],
    'error: the directory /nowhere cannot be entered\nhint: give a directory that exists with --workdir\n',
  ],
]

test.each(WRONG)('a wrong call ends with 2 and says what is wrong: %j', async (args, stderr) => {
  expect(await oxbase(...args)).toEqual({ code: 2, stdout: '', stderr })
})

test('a wrong call with --json is told as JSON on standard output', async () => {
  const { code, stdout, stderr } = await oxbase('start', '--prt', '1', '--json')
  expect({ code, stderr }).toEqual({ code: 2, stderr: '' })
  expect(JSON.parse(stdout)).toEqual({
    error: { message: "unknown option '--prt'", hint: 'Did you mean --port?' },
  })
})

test('without a command the help is shown, and the call is a wrong one', async () => {
  const { code, stdout, stderr } = await oxbase()
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^Usage: oxbase/)
})
