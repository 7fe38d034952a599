// The beginning of a connection: versions, requests for encryption, parameters, and what is refused.
import { expect, test } from 'vitest'
import {
  bytes,
  gssRequest,
  int32,
  packet,
  PROTOCOL_3_2,
  query,
  sslRequest,
  startup,
} from '../../support/frontend'
import { dial, greeting } from '../../support/wire'
import { connect, database, place, self } from '../../support/wire-provider'

/** The lines of a kind. */
const only = (lines: string[], kind: string) => lines.filter((line) => line.startsWith(kind))

/** What a single statement answers with one value. */
const answered = (name: string, value: string) => [
  `RowDescription ${name}`,
  `DataRow ${value}`,
  'CommandComplete SELECT 1',
  'ReadyForQuery I',
]

test('a session begins with its authentication, its parameters and its key, and is then ready', async () => {
  const lines = await greeting(place, startup(self))
  expect(lines.map((line) => line.split(' ')[0])).toEqual([
    'Authentication',
    ...only(lines, 'ParameterStatus').map(() => 'ParameterStatus'),
    'BackendKeyData',
    'ReadyForQuery',
  ])
  expect(lines[0]).toBe('Authentication 0')
  expect(
    only(lines, 'ParameterStatus')
      .map((line) => line.replace(/=.*/, ''))
      .sort()
  ).toEqual(
    [
      'DateStyle',
      'IntervalStyle',
      'TimeZone',
      'application_name',
      'client_encoding',
      'default_transaction_read_only',
      'in_hot_standby',
      'integer_datetimes',
      'is_superuser',
      'scram_iterations',
      'search_path',
      'server_encoding',
      'server_version',
      'session_authorization',
      'standard_conforming_strings',
    ].map((name) => `ParameterStatus ${name}`)
  )
})

test('a cancel key has 4 bytes in protocol 3.0 and 32 in protocol 3.2', async () => {
  expect(only(await greeting(place, startup(self)), 'BackendKeyData')).toEqual(['BackendKeyData 4'])
  const newer = await greeting(place, startup(self, PROTOCOL_3_2))
  expect(only(newer, 'BackendKeyData')).toEqual(['BackendKeyData 32'])
})

test('a newer minor version is answered with the newest one there is', async () => {
  const lines = await greeting(place, startup(self, 3 * 65_536 + 9999))
  expect(lines[0]).toBe('NegotiateProtocolVersion 196610')
  expect(lines[1]).toBe('Authentication 0')
  expect(only(lines, 'BackendKeyData')).toEqual(['BackendKeyData 32'])
})

test('options of the protocol that nobody knows are named in the answer', async () => {
  const parameters = { ...self, '_pq_.first': '1', '_pq_.second': 'on' }
  const lines = await greeting(place, startup(parameters))
  expect(lines[0]).toBe('NegotiateProtocolVersion 196608 _pq_.first _pq_.second')
  expect(lines.at(-1)).toBe('ReadyForQuery I')
})

test('a version of the protocol that does not exist is refused', async () => {
  expect(await greeting(place, startup(self, 4 * 65_536))).toEqual([
    'Error FATAL 0A000 unsupported frontend protocol 4.0: server supports 3.0 to 3.2',
    'end',
  ])
})

test('a version of the protocol that is too old is refused', async () => {
  expect((await greeting(place, startup(self, 2 * 65_536))).at(-1)).toBe('end')
})

for (const [name, requests] of Object.entries({
  encryption: [sslRequest],
  GSSAPI: [gssRequest],
  'encryption, then GSSAPI': [sslRequest, gssRequest],
  'GSSAPI, then encryption': [gssRequest, sslRequest],
})) {
  test(`a client that asks for ${name} and gets N may go on in the same connection`, async () => {
    const wire = await dial(place)
    for (const request of requests) {
      await wire.send(request)
      expect(await wire.byte()).toBe('N')
    }
    expect((await wire.ask(startup(self))).at(-1)).toBe('ReadyForQuery I')
  })
}

test('a client that asks for encryption a second time is refused', async () => {
  const wire = await dial(place)
  await wire.send(sslRequest)
  expect(await wire.byte()).toBe('N')
  await wire.send(sslRequest)
  expect(await wire.untilEnd()).toEqual([
    'Error FATAL 0A000 unsupported frontend protocol 1234.5679: server supports 3.0 to 3.2',
    'end',
  ])
})

test('what comes together with a request for encryption is not taken', async () => {
  const wire = await dial(place)
  await wire.send(sslRequest, startup(self))
  expect(await wire.byte()).toBe('N')
  expect(await wire.untilEnd()).toEqual([
    'Error FATAL 08P01 received unencrypted data after SSL request',
    'end',
  ])
})

test('what comes together with a request for GSSAPI is not taken', async () => {
  const wire = await dial(place)
  await wire.send(gssRequest, startup(self))
  expect(await wire.byte()).toBe('N')
  expect(await wire.untilEnd()).toEqual([
    'Error FATAL 08P01 received unencrypted data after GSSAPI encryption request',
    'end',
  ])
})

test('settings of the start-up packet are those of the session', async () => {
  const wire = await connect({ application_name: 'wired', work_mem: '5MB' })
  expect(await wire.run('show work_mem')).toEqual([
    'RowDescription work_mem',
    'DataRow 5MB',
    'CommandComplete SHOW',
    'ReadyForQuery I',
  ])
  expect(await wire.run("select current_setting('application_name') as v")).toEqual(
    answered('v', 'wired')
  )
})

test('options are settings, with escaped spaces in their values', async () => {
  const wire = await connect({
    options: '-c application_name=two\\ words --work-mem=3MB -cgeqo=off',
  })
  const text =
    "select current_setting('application_name') || current_setting('work_mem') || current_setting('geqo') as v"
  expect(await wire.run(text)).toEqual(answered('v', 'two words3MBoff'))
})

test('a parameter that is sent wins over the same one in options', async () => {
  const wire = await connect({ application_name: 'sent', options: '-c application_name=option' })
  expect(await wire.run("select current_setting('application_name') as v")).toEqual(
    answered('v', 'sent')
  )
})

for (const [parameters, error] of [
  [{ nonsense: '1' }, '42704 unrecognized configuration parameter "nonsense"'],
  [{ work_mem: 'much' }, '22023 invalid value for parameter "work_mem": "much"'],
  [
    { shared_buffers: '1GB' },
    '55P02 parameter "shared_buffers" cannot be changed without restarting the server',
  ],
  [
    { client_encoding: 'KLINGON' },
    '22023 invalid value for parameter "client_encoding": "KLINGON"',
  ],
  [{ options: '-c nonsense=1' }, '42704 unrecognized configuration parameter "nonsense"'],
  [{ options: '-c work_mem' }, '42601 -c work_mem requires a value'],
  [{ options: '--work_mem' }, '42601 --work_mem requires a value'],
] as const) {
  test(`a start-up packet with ${JSON.stringify(parameters)} is refused`, async () => {
    const lines = await greeting(place, startup({ ...self, ...parameters }))
    expect(lines.slice(-2)).toEqual([`Error FATAL ${error}`, 'end'])
  })
}

test('a start-up packet without a user is refused', async () => {
  expect(await greeting(place, startup({ database }))).toEqual([
    'Error FATAL 28000 no PostgreSQL user name specified in startup packet',
    'end',
  ])
  expect(await greeting(place, startup({ user: '', database }))).toEqual([
    'Error FATAL 28000 no PostgreSQL user name specified in startup packet',
    'end',
  ])
})

for (const [name, sent] of Object.entries({
  'is too short': int32(4),
  'has a negative length': int32(-1),
  'is longer than 10,000 bytes': int32(10_005),
  'is a request of HTTP': Buffer.from('GET / HTTP/1.1\r\n\r\n'),
})) {
  test(`a first packet that ${name} ends the connection`, async () => {
    const lines = await greeting(place, sent)
    expect(lines.at(-1)).toBe('end')
    // PostgreSQL has no words for such a client; here it is told why.
    expect(lines.slice(0, -1).every((line) => line.startsWith('Error FATAL 08P01'))).toBe(true)
    expect((await greeting(place, startup(self))).at(-1)).toBe('ReadyForQuery I')
  })
}

for (const [name, body] of Object.entries({
  'a parameter without its value': bytes('user', 'postgres', 'database'),
  'no end of its list': Buffer.concat([Buffer.from('user\0postgres')]),
  'something after the end of its list': bytes('user', 'postgres', [0, 1, 2, 3]),
})) {
  test(`a start-up packet with ${name} is refused`, async () => {
    const lines = await greeting(place, packet(int32(3 * 65_536), body))
    expect(lines).toEqual([
      'Error FATAL 08P01 invalid startup packet layout: expected terminator as last byte',
      'end',
    ])
  })
}

test('a start-up packet may come in pieces, and what follows it together with it', async () => {
  const wire = await dial(place)
  const whole = startup(self)
  for (const byte of whole) await wire.send(Buffer.from([byte]))
  expect((await wire.untilReady()).at(-1)).toBe('ReadyForQuery I')
  const other = await dial(place)
  await other.send(startup(self), query('select 1 as v'))
  expect((await other.untilReady()).at(-1)).toBe('ReadyForQuery I')
  expect(await other.untilReady()).toEqual(answered('v', '1'))
})
