import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { RoutedSite } from '../support/routed-site.js'

/** Few names, so that tables and addresses meet often. */
const local = fc.constantFrom('a', 'b', 'c', 'a+x', 'b+x', 'b+x+y', 'owner-a', 'a%b', '"q q"', 'd')
const domain = fc.constantFrom(
  ...['here.example', 'v1.example', 'v2.example', 'r.example', 'e.example', 's.e.example', 't.s.e.example'],
)
const address = fc.tuple(local, domain).map((parts) => parts.join('@'))
const name = fc.constantFrom('a', 'b', 'c', 'd', 'a+x')
const member = fc.oneof({ weight: 6, arbitrary: address }, { weight: 2, arbitrary: name })
const list = fc.array(member, { minLength: 1, maxLength: 3 }).map((all) => all.join(', '))
/** The same users in another domain. Alone: Postfix makes nonsense of such a value within a list. */
const sameUsers = domain.map((each) => `@${each}`)
const target = fc.oneof({ weight: 8, arbitrary: member }, { weight: 1, arbitrary: sameUsers })
const key = fc.oneof(
  { weight: 6, arbitrary: address },
  { weight: 2, arbitrary: name },
  { weight: 1, arbitrary: domain.map((each) => `@${each}`) },
)

/** A table's text; of a key that comes twice the first holds, so that is left to the tables' own tests. */
function table(entry: fc.Arbitrary<readonly [key: string, value: string]>, most: number): fc.Arbitrary<string> {
  return fc
    .uniqueArray(entry, { selector: ([each]) => each.toLowerCase(), maxLength: most, size: 'max' })
    .map((entries) => entries.map(([each, value]) => `${each} ${value}\n`).join(''))
}

const way = fc.constantFrom('error:one', 'retry:two', 'discard:three', 'error:', 'discard:', ':four', ':', 'retry:')
const world = fc.record({
  virtual: table(fc.tuple(key, fc.oneof({ weight: 6, arbitrary: list }, { weight: 1, arbitrary: sameUsers })), 14),
  canonical: table(fc.tuple(key, target), 3),
  transport: table(
    fc.tuple(
      fc.oneof(
        address,
        domain,
        domain.map((each) => `.${each}`),
        fc.constant('.example'),
        fc.constant('*'),
      ),
      way,
    ),
    8,
  ),
})

/** Asked for in capitals as well. Values are not: in a circle, Postfix takes them for others. */
const asked = address.chain((each) =>
  fc.constantFrom(
    each,
    each,
    each.replace(/^[^@]*/, (user) => user.toUpperCase()),
  ),
)

/** Other worlds each time; a failure names its own. Each address takes Postfix some milliseconds. */
const seed = Date.now() % 1_000_000
const WORLDS = fc.sample(world, { numRuns: 3, seed })
const ADDRESSES = fc.sample(fc.oneof({ weight: 5, arbitrary: asked }, { weight: 1, arbitrary: name }), {
  numRuns: 60,
  seed,
})

/** How many addresses were compared in all. */
let compared = 0

for (const [at, files] of WORLDS.entries()) {
  let site: RoutedSite
  beforeAll(async () => {
    site = await RoutedSite.start({
      files,
      rules: {
        delimiter: '+',
        virtualAliasDomains: ['v1.example', 'v2.example'],
        virtualAliasMaps: ['hash:virtual'],
        canonicalMaps: ['hash:canonical'],
        transportMaps: ['hash:transport'],
        relayDomains: ['r.example'],
      },
    })
  })
  afterAll(() => site?.dispose())

  test(`[C12] [C16] tables nobody thought of, seed ${seed}, world ${at}`, async () => {
    for (const each of new Set(ADDRESSES)) {
      const theirs = await site.theirs(each)
      // Aliases in a circle that grow: it gives up, where we stop at an address that we came from.
      if (theirs.includes('451 Temporary lookup failure')) continue
      const ours = await site.ours(each)
      const leftovers = await Promise.all(theirs.map(async (way) => ((await isLeftover(site, way, ours)) ? way : '')))
      const meant = theirs.filter((way) => !leftovers.includes(way))
      expect({ address: each, files, ways: ours }).toEqual({ address: each, files, ways: meant })
      compared++
    }
  })
}

test('most of them could be compared', () => {
  expect(compared).toBeGreaterThan(new Set(ADDRESSES).size)
})

/**
 * An address that Postfix met a second time in one expansion, and then left as it is, although it is an alias: of `x: a, b` and `a: b` and `b: c` it
 * sends to c, and to b. We send to c.
 */
async function isLeftover(site: RoutedSite, way: string, ours: readonly string[]): Promise<boolean> {
  if (ours.includes(way)) return false
  const own = await site.ours(way.replace(/: .*$/, ''))
  return !own.includes(way)
}
