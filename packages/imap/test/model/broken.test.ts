import { storeWith } from '@mailwright/compliance'
import { selectRows } from '@mailwright/core'
import { expect, test } from 'vitest'
import { runSeeds } from './runs.js'
import type { Setting } from './simulation.js'

/** What the model must find out: each of these loses a change, somewhere, at some time. */
const MISTAKES: readonly {
  readonly name: string
  readonly first?: number
  readonly setting: Omit<Setting, 'clients'>
}[] = [
  {
    name: 'the server does not say that an expunge waits',
    // The rarest: where it shows soon.
    first: 175,
    setting: { tamper: (line) => (/^\* OK \[HIGHESTMODSEQ \d+\] (Expunges|Not every)/.test(line) ? '' : line) },
  },
  {
    name: 'an expunge is told while numbers are in use',
    setting: { tamper: (line) => (/^\* 2 FETCH \(UID \d+ FLAGS/.test(line) ? `* 1 EXPUNGE\r\n${line}` : line) },
  },
  {
    name: 'flags are told with the mod-sequence of a later change',
    setting: {
      tamper: (line) => line.replace(/MODSEQ \((\d+)\)/, (_, modSeq: string) => `MODSEQ (${Number(modSeq) + 1})`),
    },
  },
  {
    name: 'an expunge is forgotten',
    setting: {
      store: (store) =>
        storeWith(store, {
          async changesSince(args, signal) {
            const changes = await store.changesSince(args, signal)
            return changes.kind === 'changes' ? { ...changes, vanished: changes.vanished.slice(1) } : changes
          },
        }),
    },
  },
  {
    name: 'a change of flags is forgotten',
    setting: {
      store: (store) =>
        storeWith(store, {
          async changesSince(args, signal) {
            const changes = await store.changesSince(args, signal)
            if (changes.kind !== 'changes') return changes
            const kept = changes.messages.uids.slice(1)
            return { ...changes, messages: selectRows(changes.messages, kept), modSeqs: changes.modSeqs.slice(1) }
          },
        }),
    },
  },
  {
    name: 'UNCHANGEDSINCE is not looked at',
    setting: {
      store: (store) =>
        storeWith(store, {
          storeFlags: ({ unchangedSince: _, ...args }, signal) => store.storeFlags(args, signal),
        }),
    },
  },
]

for (const { name, first = 1, setting } of MISTAKES) {
  test(`the model finds out when ${name}`, async () => {
    await expect(runSeeds({ clients: ['qresync', 'qresync', 'condstore'], ...setting }, first, 500, 0)).rejects.toThrow(
      /^seed/,
    )
  }, 120_000)
}
