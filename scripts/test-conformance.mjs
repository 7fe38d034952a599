// Runs the conformance files against the reference (`pg` on a PostgreSQL server), then against oxbase, embedded and remote.
// When: `npm run test:conformance`; PROVIDER=reference, PROVIDER=oxbase or PROVIDER=remote runs only that one.
import { prepare } from './prepare.mjs'

const providers = process.env.PROVIDER ? [process.env.PROVIDER] : ['reference', 'oxbase', 'remote']
await prepare()
const { runVitest } = await import('./test-js.mjs')
for (const provider of providers) {
  console.log(`\nProvider: ${provider}`)
  const { passed, failed } = await runVitest(['--project', provider, ...process.argv.slice(2)])
  console.log(`${provider}: ${passed} passed, ${failed} failed`)
  if (failed > 0) process.exitCode = 1
}
