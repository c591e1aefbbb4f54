import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { Dovecot } from '../support/dovecot.js'
import { compareServers } from './compare.js'
import { corpus, writeMaildir } from './corpus.js'
import { abridged, type Difference } from './difference.js'
import { explanationOf } from './explanation.js'
import { EXPLANATIONS } from './explanations.js'
import type { HardMessage } from './hard-message.js'

/** The corpus of this seed shows every difference that is explained; others are for `npm run test:long`. */
const SEED = 1
const FURTHER_SEEDS = Number(process.env['MAILWRIGHT_DIFFERENTIAL_SEEDS'] ?? 0)
const PATIENCE = 300_000
/** As many as can be read of what went wrong. */
const SHOWN = 20

async function differences(messages: readonly HardMessage[]): Promise<readonly Difference[]> {
  const folder = mkdtempSync(join(tmpdir(), 'mailwright-differential-'))
  const appliance = await Appliance.start({ listeners: ['imap'] })
  let dovecot: Dovecot | undefined
  try {
    writeMaildir(folder, messages)
    writeMaildir(appliance.maildir('alice'), messages)
    dovecot = await Dovecot.start({ maildirs: { alice: folder } })
    const ours = { port: appliance.port('imap'), user: 'alice', password: appliance.password('alice') }
    const theirs = { port: dovecot.port, user: 'alice', password: dovecot.password('alice') }
    return await compareServers(messages, ours, theirs)
  } finally {
    await dovecot?.dispose()
    await appliance.dispose()
    rmSync(folder, { recursive: true })
  }
}

/** What the table says of each difference. */
function explained(messages: readonly HardMessage[], found: readonly Difference[]) {
  const byName = new Map(messages.map((message) => [message.name, message]))
  return found.map((difference) => ({
    difference,
    explanation: explanationOf(EXPLANATIONS, difference, byName.get(difference.message)),
  }))
}

test(
  'the answers for hard messages are those of Dovecot, or the table of explanations says why not',
  async () => {
    const messages = corpus(SEED)
    expect(messages.length).toBeGreaterThan(500)
    const all = explained(messages, await differences(messages))
    const unexplained = all.filter(({ explanation }) => explanation === undefined)
    expect(unexplained.slice(0, SHOWN).map(({ difference }) => abridged(difference))).toEqual([])
    const used = new Set(all.map(({ explanation }) => explanation))
    const unused = EXPLANATIONS.filter((explanation) => !used.has(explanation))
    expect(
      unused.map(({ what, why }) => `${what.source}: ${why}`),
      'explanations of what no longer differs',
    ).toEqual([])
  },
  PATIENCE,
)

for (let seed = SEED + 1; seed <= SEED + FURTHER_SEEDS; seed++) {
  test(
    `so are those for the messages of seed ${seed}`,
    async () => {
      const messages = corpus(seed)
      const all = explained(messages, await differences(messages))
      const unexplained = all.filter(({ explanation }) => explanation === undefined)
      expect(unexplained.slice(0, SHOWN).map(({ difference }) => abridged(difference))).toEqual([])
    },
    PATIENCE,
  )
}
