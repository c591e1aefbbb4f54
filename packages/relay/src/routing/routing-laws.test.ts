import { accountId, type LookupAnswer } from '@mailwright/core'
import { performer, runFlow } from '@mailwright/core/driver'
import { parseMailbox, writeMailbox } from '@mailwright/smtp'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalSender, expandRecipient } from './expand.js'
import { parseProgram } from './program.js'
import { Router } from './router.js'
import { ROUTING_RULES } from './rules.js'

const signal = new AbortController().signal

/** Whatever a peer may call a mailbox. */
const localPart = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'a+x',
    'postmaster',
    'owner-a',
    'x%far.example',
    'far.example!x',
    '|prog',
    '/file',
    ':command:/x',
  ),
  fc.string({
    unit: fc.constantFrom('a', '+', '@', '%', '!', ':', '|', '/', '"', '\\', ' ', ',', '<', '>', '$', '&', '(', 'é'),
    minLength: 1,
    maxLength: 8,
  }),
)
const domain = fc.constantFrom(
  'site.example',
  'SITE.example',
  'v.example',
  'boxes.example',
  'relayed.example',
  'far.example',
  '[192.0.2.1]',
)
const mailbox = fc.record({ localPart, domain: fc.option(domain, { freq: 4 }) })

/** Whatever a table may say: addresses, lists, nonsense, and that it cannot be asked. */
const value = fc.oneof(
  { weight: 4, arbitrary: mailbox.map(writeMailbox) },
  {
    weight: 2,
    arbitrary: fc.array(mailbox.map(writeMailbox), { minLength: 1, maxLength: 3 }).map((all) => all.join(', ')),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      '@v.example',
      '@',
      '""',
      '<>',
      ':command:/x',
      '"|prog x"',
      ':include:/x',
      'a b',
      '\\a',
      'a@',
      ',,',
      '$user$&',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.string({
      unit: fc.constantFrom('a', '@', '"', '\\', '<', '>', '(', ':', ';', ',', ' ', '.'),
      maxLength: 6,
    }),
  },
)

/** Tables that answer a key always in the same way, and how often they were asked. */
function tables(values: readonly string[], away: number) {
  let asked = 0
  return {
    get asked() {
      return asked
    },
    async lookup({ table, key }: { table: string; key: string }): Promise<LookupAnswer> {
      asked++
      const sum = Array.from(table + key.toLowerCase()).reduce(
        (hash, each) => (hash * 31 + (each.codePointAt(0) ?? 0)) % 9_973,
        7,
      )
      if (sum % 100 < away) return { kind: 'tryAgain', reason: 'away' }
      const found = sum % 3 === 0 ? values[sum % values.length] : undefined
      return found === undefined ? { kind: 'notFound' } : { kind: 'found', value: found }
    },
    async lookupUser({ user }: { user: string }) {
      return user.length % 2 === 0
        ? ({ kind: 'noSuchUser' } as const)
        : ({ kind: 'found', user, account: accountId(user) } as const)
    },
  }
}

const router = new Router({
  ...ROUTING_RULES,
  origin: 'site.example',
  destinations: ['site.example'],
  delimiter: '+-',
  virtualAliasDomains: ['v.example'],
  virtualAliasMaps: ['hash:v', 'pcre:v'],
  virtualMailboxDomains: ['boxes.example'],
  relayDomains: ['relayed.example'],
  aliasMaps: ['hash:a'],
  canonicalMaps: ['hash:c'],
  senderCanonicalMaps: ['hash:s'],
  recipientCanonicalMaps: ['hash:r'],
  transportMaps: ['hash:t'],
  luserRelay: '$user@far.example',
})

const worlds = fc.tuple(mailbox, fc.array(value, { minLength: 1, maxLength: 12 }), fc.constantFrom(0, 0, 0, 5))

describe('whatever peers and tables say', () => {
  test('a recipient comes to somebody, or is refused; nobody becomes a program, and it ends', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async ([recipient, values, away]) => {
        const adapter = tables(values, away)
        const perform = performer([adapter])
        const address = writeMailbox(recipient)
        const expansion = await runFlow(expandRecipient(router, { address }), perform, signal)
        expect(adapter.asked).toBeLessThan(60_000)
        if (expansion.kind === 'refused') {
          expect(expansion.reply.code).toBeGreaterThanOrEqual(450)
          return
        }
        expect(expansion.recipients.length).toBeGreaterThan(0)
        for (const { recipient: final } of expansion.recipients) {
          expect(parseProgram(final.address)).toBeUndefined()
          expect([final.address, parseMailbox(final.address) !== undefined]).toEqual([final.address, true])
          const routed = await runFlow(router.route(final.address, { reversePath: '' }), perform, signal)
          if (routed.kind === 'route') expect(['command', 'file']).not.toContain(routed.route.transport)
        }
      }),
      { numRuns: 3_000 },
    )
  })

  test('a sender stays an address', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async ([sender, values, away]) => {
        const perform = performer([tables(values, away)])
        const canonical = await runFlow(canonicalSender(router, writeMailbox(sender)), perform, signal)
        if (canonical !== null) expect([canonical, parseMailbox(canonical) !== undefined]).toEqual([canonical, true])
      }),
      // A value that is no address is a local part, which grows with each look.
      { numRuns: 1_000, examples: [[[{ localPart: '/file', domain: null }, ['@<aaa'], 0]]] },
    )
  })
})
