import { expect, test } from 'vitest'
import { run } from '../../support/child'
import { createClient } from './support'

const REFUSAL = 'oxbase does not have Supabase Realtime yet: it comes in a later version'

test('a channel is told at once that there is no realtime', async () => {
  const supabase = createClient()
  const told = await new Promise<[string, string | undefined]>((resolve) => {
    supabase.channel('room').subscribe((status, error) => resolve([status, error?.message]))
  })
  expect(told).toEqual(['CHANNEL_ERROR', REFUSAL])
})

test('each channel is told once, and so is one that tries again', async () => {
  const supabase = createClient()
  const seen: string[] = []
  const subscribe = (name: string) =>
    new Promise<void>((resolve) => {
      const channel = supabase.channel(name)
      channel.on('broadcast', { event: 'x' }, () => undefined)
      channel.subscribe((status) => {
        seen.push(`${name} ${status}`)
        resolve()
      })
    })
  await Promise.all([subscribe('a'), subscribe('b')])
  await subscribe('c')
  await new Promise((resolve) => setTimeout(resolve, 1500))
  expect(seen.sort()).toEqual(['a CHANNEL_ERROR', 'b CHANNEL_ERROR', 'c CHANNEL_ERROR'])
})

test('a process that has subscribed ends by itself', async () => {
  const { code, stdout } = await run(`
    const { createLocalSupabaseClient } = require('oxbase')
    const supabase = createLocalSupabaseClient({ dataDir: 'memory://' })
    supabase.channel('room').subscribe((status) => console.log(status))`)
  expect([code, stdout]).toEqual([0, 'CHANNEL_ERROR\n'])
}, 20_000)
