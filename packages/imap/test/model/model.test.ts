import { test } from 'vitest'
import type { ClientKind } from './client.js'
import { runSeeds } from './runs.js'

/** Seeds of each mix of clients: some hundred in `npm test`, thousands in `npm run test:long`. */
const RUNS = Number(process.env['MAILWRIGHT_MODEL_RUNS'] ?? 60)
/** The first of them. A failure names its own. */
const SEED = Number(process.env['MAILWRIGHT_MODEL_SEED'] ?? 1)

const MIXES: readonly { readonly name: string; readonly clients: readonly ClientKind[] }[] = [
  { name: 'three with QRESYNC', clients: ['qresync', 'qresync', 'qresync'] },
  { name: 'one of each kind', clients: ['plain', 'condstore', 'qresync'] },
  { name: 'three with CONDSTORE', clients: ['condstore', 'condstore', 'condstore'] },
  { name: 'three that only know sequence numbers', clients: ['plain', 'plain', 'plain'] },
]

for (const { name, clients } of MIXES) {
  test(`[F14] sessions that change one mailbox at once agree with it: ${name}`, () => {
    return runSeeds({ clients }, SEED, RUNS)
  }, 3_600_000)
}

test('[F14] and when they are told between commands, by NOTIFY', () => {
  return runSeeds({ clients: ['qresync', 'condstore', 'plain'], notifies: true }, SEED, RUNS)
}, 3_600_000)

test('[F14] and when the store soon forgets what was expunged', () => {
  return runSeeds({ clients: ['qresync', 'qresync', 'condstore'], remembered: 3 }, SEED, RUNS)
}, 3_600_000)
