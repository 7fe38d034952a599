// The same on Node, Deno and Bun: sockets, TLS, the newline protocol's client, and the database itself.
import { describe, expect, test } from 'vitest'
import { open, PGlitePooler } from '../support/embedded'
import { certificate, secureEcho, upgradingEcho } from './front'
import { runOn, RUNTIMES } from './runtime'
import { startPGliteServer } from './server'

const failed = 'SocketError'

describe.each(RUNTIMES)('on %s', (runtime) => {
  test('sockets do what the sockets API says', async () => {
    expect(await runOn(runtime, 'socket.mjs')).toEqual({
      runtime,
      bothSidesAreToldTheAddresses: {
        remote: '127.0.0.1',
        asText: true,
        sameAsTheServerSees: true,
        alpn: null,
        errors: [],
      },
      manyBytesGoThereAndBack: { size: 3_000_000, wrong: 0, errors: [] },
      whatWasWrittenBeforeCloseArrives: { size: 1_000_008, errors: [] },
      ourSideEndsWithThePeers: { text: '', write: failed, errors: [] },
      aHalfOpenSocketGoesOnSending: { received: 'still here', errors: [] },
      aReaderMayBringItsOwnMemory: { texts: ['mem', 'ory'], done: true, errors: [] },
      aRefusedConnectionFailsEverywhere: {
        isSocketError: true,
        message: true,
        code: 'ECONNREFUSED',
        closed: failed,
        read: failed,
        write: failed,
      },
      closeEndsReadingAndWriting: { read: true, write: failed, errors: [] },
      abortingEndsAWriteThatIsUnderWay: { failed: true, errors: [] },
      aSocketThatIsClosedAtOnceWasNeverOpen: {
        opened: failed,
        reason: 'changed my mind',
        errors: [],
      },
      onlyBytesAreWritten: { write: failed, closed: failed, errors: [] },
      startTlsNeedsItsOption: {
        thrown: failed,
        secureTransport: 'off',
        upgraded: false,
        errors: [],
      },
      aUnixSocketWorksAndIsRemoved: {
        text: 'by file',
        isAt: true,
        taken: failed,
        errors: [],
        gone: failed,
        file: failed,
      },
      whatAHandlerThrowsIsTold: 'no such guest',
    })
  })

  test('TLS begins at once or later, and only with a certificate that fits', async () => {
    const own = certificate()
    const ports = [await secureEcho(own), await upgradingEcho(own)]
    expect(await runOn(runtime, 'tls.mjs', [...ports, own.caFile])).toEqual({
      fromTheStart: { alpn: 'echo', text: 'secret', secure: 'on' },
      later: {
        asked: 'S',
        text: 'secret',
        upgraded: [true, false],
        secure: ['starttls', 'on'],
        oldIsClosed: true,
      },
      again: failed,
      certificates: {
        byName: true,
        byAddress: true,
        unknownAuthority: failed,
        otherName: failed,
      },
    })
  })

  test('a client written for Cloudflare Workers talks to the newline server', async () => {
    const { port } = await startPGliteServer(new PGlitePooler(await open()))
    expect(await runOn(runtime, 'line-client.mjs', [port])).toEqual({
      answers: [
        {
          status: 'success',
          rows: [{ one: 1 }],
          rowCount: 1,
          fields: [{ name: 'one', dataTypeID: 23 }],
        },
        {
          status: 'error',
          message: 'syntax error at or near "frob"',
          severity: 'ERROR',
          code: '42601',
          position: '1',
        },
        {
          status: 'success',
          rows: [{ text: 'ä' }],
          rowCount: 1,
          fields: [{ name: 'text', dataTypeID: 25 }],
        },
      ],
      ended: true,
    })
  })

  test('the database runs, and serves the newline protocol', async () => {
    expect(await runOn(runtime, 'database.mjs')).toEqual({
      rows: [
        { n: 1, note: 'one' },
        { n: 2, note: null },
      ],
      rolledBack: 'changed my mind',
      duplicate: { code: '23505', constraint: 't_pkey' },
      payload: 'hello',
      byClient: [{ n: 2 }],
      byPool: [{ text: 'pool' }],
      aborted: 'enough',
      critical: [{ one: 1 }],
      answers: [[{ note: 'one' }], '22012'],
    })
  })
})
