// What loading `oxbase/socket` brings along: neither the database nor anything of a runtime.
import { expect, test } from 'vitest'
import { run } from '../support/child'

test('loading the sockets loads their own files and nothing of Node or of the database', async () => {
  const script = `
    const before = new Set(process.moduleLoadList)
    const sockets = require('oxbase/socket')
    const isForAll = (name) => !/^(NativeModule|Internal Binding) internal/.test(name)
    const loaded = process.moduleLoadList.filter((name) => !before.has(name) && isForAll(name))
    const files = Object.keys(require.cache).map((file) => file.split(/dist[\\\\/]/)[1])
    const foreign = files.filter((file) => !/^socket(-entry\\.js|[\\\\/])/.test(file))
    console.log(JSON.stringify({ names: Object.keys(sockets).sort(), loaded, foreign }))`
  const { stdout, stderr } = await run(script)
  expect([JSON.parse(stdout), stderr]).toEqual([
    {
      names: [
        'RUNTIME',
        'SocketError',
        'connect',
        'detectRuntime',
        'isBun',
        'isDeno',
        'isNode',
        'isWorkerd',
        'listen',
      ],
      loaded: [],
      foreign: [],
    },
    '',
  ])
})

test('a wrong address or option is refused at once', async () => {
  const script = `
    const { connect } = require('oxbase/socket')
    const cases = [
      ['example.org'], ['example.org:65536'], ['::1:80'], [{ hostname: 'x' }], [null], [''],
      ['x:1', { secureTransport: 'tls' }], ['x:1', { ca: 'x' }],
    ]
    const told = cases.map((args) => {
      try { connect(...args) } catch (error) { return [error instanceof TypeError, error.message] }
    })
    console.log(JSON.stringify(told))`
  const { stdout } = await run(script)
  const form = (text: string) =>
    `SocketError: "${text}" is no address: it must be host:port, with IPv6 hosts in []`
  const port = (text: string) =>
    `SocketError: "${text}" is no address: the port must be a number from 0 to 65535`
  const object = 'SocketError: an address is a text "host:port", { hostname, port } or { path }'
  expect(JSON.parse(stdout)).toEqual(
    [
      form('example.org'),
      port('example.org:65536'),
      form('::1:80'),
      port('x'),
      object,
      form(''),
      'SocketError: secureTransport must be "off", "on" or "starttls", got tls',
      'SocketError: alpn, sni and ca need secureTransport "on" or "starttls"',
    ].map((message) => [true, message])
  )
})
