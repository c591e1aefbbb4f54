import { HostError } from '@mailwright/core'
import { runFlow } from '@mailwright/core/driver'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CheckAnswer, Stage } from '../../src/receiving/policy.js'
import { explainVerdict } from '../../src/restrictions/explain.js'
import { parseRestrictions, writeRestriction } from '../../src/restrictions/restriction-list.js'
import { RESTRICTIONS, type RestrictionName } from '../../src/restrictions/restriction-table.js'
import type { Rule } from '../../src/restrictions/rule.js'
import { factsOf, performerOf, restrictionsOf, signal, type World } from './world.js'

const TABLE = 'hash:/t'
const NAMES = Object.keys(RESTRICTIONS).filter((name): name is RestrictionName => name in RESTRICTIONS)

/** A restriction with an argument that fits. */
const restriction = fc.constantFrom(...NAMES).chain((name) => {
  const { argument }: Rule = RESTRICTIONS[name]
  const texts = {
    table: fc.constant(TABLE),
    dnsList: fc.constantFrom('bl.example', 'bl.example=127.0.0.[2..9]'),
    seconds: fc.constantFrom('1', '30'),
    service: fc.constant('inet:127.0.0.1:10023'),
  }
  const words = argument === undefined ? fc.constant('') : texts[argument]
  return fc
    .tuple(words, fc.boolean())
    .map(([word, isWarned]) => `${isWarned ? 'warn_if_reject ' : ''}${`${name} ${word}`.trim()}`)
})
const list = fc.array(restriction, { maxLength: 6 }).map((words) => words.join(', '))

/** What access tables and policy services may say: what they should, and anything. */
const action = fc.oneof(
  fc.constantFrom(
    'OK',
    'REJECT',
    'REJECT 5.1.1 no',
    'DEFER',
    'DUNNO',
    'DEFER_IF_PERMIT',
    'DEFER_IF_REJECT x',
    'DISCARD',
    'HOLD',
    'PREPEND X: y',
  ),
  fc.constantFrom(
    '450 4.7.1 later',
    '550 go',
    '599 6.6.6 x',
    '550 5.07.1 x',
    '450 5.7.1 x',
    '42',
    '250 2.0.0 Ok',
    'permit',
    'nonsense',
    '',
  ),
  fc.string({ maxLength: 20 }),
)
const records = fc.oneof(
  fc.constant('away' as const),
  fc.constant([]),
  fc.constant(['127.0.0.2']),
  fc.constant(['192.0.2.9']),
)

const CLIENT = { name: 'c.example', reverseName: 'c.example' }
const world = fc
  .record({
    client: fc.constantFrom(CLIENT, { name: null, reverseName: null }),
    helo: fc.constantFrom('there.example', 'bad..name', '[192.0.2.9]', null),
    from: fc.constantFrom('', 'a@from.example', 'joe@ours.example', 'root'),
    values: fc.dictionary(
      fc.constantFrom(
        'c.example',
        '192.0.2.9',
        'there.example',
        'from.example',
        'ours.example',
        '<>',
        'joe@ours.example',
        'far.example',
      ),
      action,
    ),
    policy: action,
    a: records,
    mx: fc.oneof(fc.constant('away' as const), fc.constant([]), fc.constant(['0 .']), fc.constant(['1 c.example'])),
    wait: fc.constantFrom(0, 5_000),
  })
  .map(
    ({ values, a, mx, ...rest }): World => ({
      ...rest,
      tables: { [TABLE]: values },
      loginMaps: [TABLE],
      dns: Object.fromEntries([
        ...['c.example', '9.2.0.192.bl.example', 'from.example', 'there.example', 'far.example'].map((name) => [
          `A ${name}`,
          a,
        ]),
        ...['c.example', 'from.example', 'there.example', 'far.example'].map((name) => [`MX ${name}`, mx]),
      ]),
    }),
  )

async function ask(stage: Stage, text: string, facts: World): Promise<CheckAnswer> {
  const { perform } = performerOf(facts)
  return await runFlow(restrictionsOf({ [stage]: text }, facts).check(stage, factsOf(facts)), perform, signal)
}

describe('laws of restriction lists', () => {
  test('a list that is written and read again is the same', () => {
    fc.assert(
      fc.property(list, (text) => {
        const read = parseRestrictions(text, 'recipient')
        expect(parseRestrictions(read.map(writeRestriction).join('\n\t'), 'recipient')).toEqual(read)
      }),
    )
  })

  test('whatever stands in a configuration is read, or refused in a sentence', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          list.map((text) => text.replace(/e/g, 'é')),
        ),
        (text) => {
          try {
            parseRestrictions(text, 'recipient')
          } catch (error) {
            if (!(error instanceof HostError)) throw error
            expect(error.message).not.toBe('')
          }
        },
      ),
    )
  })

  test('the first verdict counts: what stands behind a refusal changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(list, list, world, async (first, second, facts) => {
        const whole = { ...facts, to: 'joe@ours.example' }
        const alone = await ask('recipient', first, whole)
        fc.pre(alone.kind === 'refused')
        expect(await ask('recipient', `${first}, ${second}`, whole)).toEqual(alone)
      }),
    )
  })

  test('every refusal is a reply that may be sent: its code, its enhanced code of that class, a text', async () => {
    await fc.assert(
      fc.asyncProperty(list, world, async (text, facts) => {
        const answer = await ask('recipient', text, { ...facts, to: 'joe@ours.example' })
        if (answer.kind === 'passed') return
        const { code, enhanced, text: words } = answer.reply
        expect(code).toBeGreaterThanOrEqual(400)
        expect(code).toBeLessThan(600)
        expect(enhanced).toMatch(/^[45](?:\.(?:0|[1-9]\d{0,2})){2}$/)
        expect(enhanced?.charAt(0)).toBe(String(code).charAt(0))
        expect(words.length).toBeGreaterThan(0)
      }),
      { numRuns: 300 },
    )
  })

  test('[B17] no list before it, and no table, DNS list or service, lets a stranger relay', async () => {
    await fc.assert(
      fc.asyncProperty(list, list, list, list, world, async (client, helo, sender, recipient, facts) => {
        const whole = { ...facts, to: 'x@far.example' }
        const { perform } = performerOf(whole)
        const lists = { client, helo, sender, relay: 'reject_unauth_destination', recipient }
        const { verdict } = await runFlow(explainVerdict(restrictionsOf(lists, whole), factsOf(whole)), perform, signal)
        // What is thrown away is relayed to nobody.
        const isDiscarded = verdict.kind === 'permitted' && verdict.notes.some(({ kind }) => kind === 'DISCARD')
        expect(verdict.kind === 'refused' || isDiscarded).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  test('a warning is never a refusal', async () => {
    await fc.assert(
      fc.asyncProperty(restriction, world, async (text, facts) => {
        const bare = text.replace('warn_if_reject ', '')
        const answer = await ask('recipient', `warn_if_reject ${bare}`, { ...facts, to: 'joe@ours.example' })
        // But our own faults are told.
        if (answer.kind === 'refused') expect([451, 450]).toContain(answer.reply.code)
      }),
    )
  })
})
