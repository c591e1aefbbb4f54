import { afterAll, beforeAll, expect, test } from 'vitest'
import { DnsServerProcess } from '../support/dns.js'
import { Postfix } from '../support/postfix.js'
import type { SiteName, SmtpDialogue } from './dialogue.js'
import { firstDifference, type SmtpDifference } from './difference.js'
import { WAYS_TABLE } from './ends.js'
import { explanationOf } from './explanation.js'
import { EXPLANATIONS } from './explanations.js'
import { CHUNKING } from './families/chunks.js'
import { DATA_AND_LIMITS } from './families/data.js'
import { LOGINS_FAMILY } from './families/logins.js'
import { ORDER_AND_SYNTAX } from './families/order.js'
import { PARAMETERS } from './families/parameters.js'
import { PATHS } from './families/paths.js'
import { RELAYING } from './families/relaying.js'
import { RESTRICTIONS } from './families/restrictions.js'
import { SPEAKERS_FAMILY } from './families/speakers.js'
import { WAYS } from './families/ways.js'
import { OurServer } from './our-server.js'
import { play } from './play.js'
import { TABLES, ZONES } from './restriction-sites.js'
import { DOMAIN, SETTINGS, SITES, USERS } from './sites.js'

const DIALOGUES: readonly SmtpDialogue[] = [
  ...PATHS,
  ...PARAMETERS,
  ...ORDER_AND_SYNTAX,
  ...DATA_AND_LIMITS,
  ...CHUNKING,
  ...LOGINS_FAMILY,
  ...RELAYING,
  ...RESTRICTIONS,
  ...WAYS,
  ...SPEAKERS_FAMILY,
]
const PATIENCE = 120_000
/** At once: neither server is slowed by so few, and what one waits for another does meanwhile. */
const TOGETHER = 6
/** As many as can be read of what went wrong. */
const SHOWN = 30

let postfix: Postfix
let dns: DnsServerProcess
const ours = new Map<string, OurServer>()

beforeAll(async () => {
  const sites = Object.entries(SITES)
  dns = await DnsServerProcess.start(ZONES)
  postfix = await Postfix.start({
    domain: DOMAIN,
    users: USERS,
    settings: SETTINGS,
    logins: 'users',
    files: { ...TABLES, ways: WAYS_TABLE },
    nameserver: dns.port,
    listeners: Object.fromEntries(sites.map(([name, { theirs }]) => [name, ['smtpd_sasl_auth_enable=no', ...theirs]])),
  })
  for (const [name, site] of sites)
    ours.set(name, await OurServer.start(site, { folder: postfix.config, nameserver: dns.port }))
})
afterAll(async () => {
  for (const server of ours.values()) await server.dispose()
  await postfix?.dispose()
  await dns?.dispose()
})

function ourPort(site: SiteName): number {
  return ours.get(site)?.port ?? expect.fail(`no server for ${site}`)
}

async function differences(): Promise<readonly SmtpDifference[]> {
  const left = [...DIALOGUES]
  const found: SmtpDifference[] = []
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [own, other] = await Promise.all([play(next, ourPort(next.site)), play(next, postfix.port(next.site))])
      const difference = firstDifference(next, own, other)
      if (difference !== undefined) found.push(difference)
    }
  }
  await Promise.all(Array.from({ length: TOGETHER }, work))
  return found
}

test(
  '[B15] [B17] [C1] [C6] [C7] [C8] [C9] [C10] [C11] [C12] [C13] the answers to every dialogue are those of Postfix, or the table of explanations says why not',
  async () => {
    expect(DIALOGUES.length).toBeGreaterThan(1_000)
    expect(new Set(DIALOGUES.map(({ name }) => name)).size, 'names are told apart').toBe(DIALOGUES.length)
    const all = (await differences()).map((difference) => ({
      difference,
      explanation: explanationOf(EXPLANATIONS, difference),
    }))
    const unexplained = all.filter(({ explanation }) => explanation === undefined)
    expect(unexplained.slice(0, SHOWN).map(({ difference }) => difference)).toEqual([])
    const used = new Set(all.map(({ explanation }) => explanation))
    const unused = EXPLANATIONS.filter((explanation) => !used.has(explanation))
    expect(
      unused.map(({ source, why }) => `${source}: ${why}`),
      'explanations of what no longer differs',
    ).toEqual([])
  },
  PATIENCE,
)
