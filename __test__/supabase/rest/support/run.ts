// Runs the cases of a file, each as a test, and compares the whole answer.
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { divergences } from '../../../support/divergences'
import type { Body, Case, Response, Step } from './case'
import type { ConfigurationName } from './configurations'
import { withToken } from './caller'
import type { Answer } from './http'
import { located } from './location'
import { hasCreateFetch, startOxbaseProvider, startRemoteProvider } from './oxbase'
import { hasPostgREST } from './postgrest'
import { startReferenceProvider, type Provider } from './provider'

const onReference = process.env['PROVIDER'] === 'reference'
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])
/** A provider that is not here cannot be asked: the binary has no other platform, and a build may be old. */
const present = onReference ? hasPostgREST() : hasCreateFetch()
/** What PostgREST 12 does not say yet: its answers are compared without these. */
const SINCE_13 = ['proxy-status']

function start(): Promise<Provider> {
  if (onReference) return startReferenceProvider(inject('reference'))
  if (process.env['PROVIDER'] === 'remote') return startRemoteProvider(inject('reference'))
  return startOxbaseProvider()
}

/** Runs the cases of all topics on one database, which is reloaded after a case that may write. */
export function runCases(topics: Record<string, Case[]>): void {
  let provider: Provider | undefined
  let written = false

  beforeAll(async () => {
    if (!present) return
    provider = await start()
  })
  afterAll(() => provider?.stop())

  for (const [topic, cases] of Object.entries(topics)) {
    describe(topic, () => {
      for (const one of cases) {
        howToRun(one)(one.name, async () => {
          if (provider === undefined) throw new Error('the provider did not start')
          if (written) await provider.reset()
          written = mayWrite(one)
          const configuration = one.config ?? 'base'
          await check(provider, configuration, one)
          for (const step of one.then ?? []) await check(provider, configuration, asService(step))
        })
      }
    })
  }
}

/** A known difference stands in conformance/divergences.json under the file of its case, and must fail. */
function howToRun({ name, since }: Case) {
  if (!present || (onReference && since !== undefined)) return test.skip
  const known = ({ file, test }: (typeof divergences)[number]) =>
    file.startsWith('supabase/rest/cases/') && test === name
  return !onReference && divergences.some(known) ? test.fails : test
}

async function check(
  provider: Provider,
  configuration: ConfigurationName,
  step: Step
): Promise<void> {
  const { response, response12 = response } = step
  const received = await provider.send(configuration, withToken(step))
  const chosen = onReference ? without(SINCE_13, response12) : response
  const expected = located(chosen, step.request.path)
  expect(readable(received, expected.body)).toEqual({
    ...expected,
    body: comparable(expected.body),
  })
}

/** A call of a function writes if the case goes on to show it; most only return something. */
function mayWrite({ request, then }: Case): boolean {
  if (SAFE.has(request.method)) return false
  return !request.path.startsWith('/rpc/') || then !== undefined
}

/** Read-backs are made by a role that row level security does not hold. */
function asService(step: Step): Step {
  const { role, claims, token } = step
  return (role ?? claims ?? token) ? step : { ...step, role: 'service_role' }
}

function without(names: string[], response: Response): Response {
  const headers = Object.entries(response.headers).filter(([name]) => !names.includes(name))
  return { ...response, headers: Object.fromEntries(headers) }
}

/** The answer, with its body in the form in which this one is expected. */
function readable({ status, headers, body }: Answer, expected: Body): unknown {
  const text = body.toString('utf8')
  if (typeof expected === 'string') return { status, headers, body: text }
  if (expected instanceof Uint8Array) return { status, headers, body: body.toString('hex') }
  if ('json' in expected) return { status, headers, body: JSON.parse(text) as unknown }
  return { status, headers, body: text }
}

function comparable(body: Body): unknown {
  if (typeof body === 'string') return body
  if (body instanceof Uint8Array) return Buffer.from(body).toString('hex')
  return 'json' in body ? body.json : expect.stringMatching(body.matches)
}
