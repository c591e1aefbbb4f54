import { accountId } from '@mailwright/core'
import { performer, runFlow } from '@mailwright/core/driver'
import { systemClock } from '@mailwright/core/node'
import { expandRecipient, ROUTING_RULES, Router, type RoutingRules } from '@mailwright/relay'
import { TableFiles } from '@mailwright/relay/node'
import { Postfix } from './postfix.js'
import { eventually } from './wait.js'

/** Where one mail goes: to whom, and what the way is called. */
export type Way = string

export interface RoutedSiteOptions {
  /** Tables, by the names under which rules have them as `hash:NAME`. */
  readonly files: { readonly [name: string]: string }
  readonly rules: Partial<RoutingRules>
}

/** Rules by what main.cf calls them. */
const LISTS = {
  destinations: 'mydestination',
  virtualAliasDomains: 'virtual_alias_domains',
  virtualAliasMaps: 'virtual_alias_maps',
  relayDomains: 'relay_domains',
  canonicalMaps: 'canonical_maps',
  recipientCanonicalMaps: 'recipient_canonical_maps',
  transportMaps: 'transport_maps',
  senderRelayHostMaps: 'sender_dependent_relayhost_maps',
} as const

/**
 * A site as Postfix's main.cf has it, and as ours: it delivers nothing, but tells which way mail would go. Local mail goes to `discard`, relayed mail to
 * `error`, other mail to `retry`, which all tell their nexthop. Everybody is a local user.
 */
export class RoutedSite {
  readonly #postfix: Postfix
  readonly #router: Router

  private constructor(postfix: Postfix, router: Router) {
    this.#postfix = postfix
    this.#router = router
  }

  static async start({ files, rules }: RoutedSiteOptions): Promise<RoutedSite> {
    const lists = Object.entries(LISTS).flatMap(([rule, setting]) => {
      // The keys of a constant object are exactly its type's.
      const names = rules[rule as keyof typeof LISTS]
      return names === undefined ? [] : [`${setting} = ${names.map(postfixName).join(', ')}`]
    })
    const settings = [
      ...lists,
      'virtual_mailbox_domains =',
      'local_transport = discard',
      'relay_transport = error',
      'default_transport = retry',
      `relayhost = ${rules.relayHost ?? ''}`,
      `recipient_delimiter = ${rules.delimiter ?? ''}`,
      `append_dot_mydomain = ${rules.dotless === 'append' ? 'yes' : 'no'}`,
    ]
    const postfix = await Postfix.start({ domain: 'here.example', files, settings })
    const router = new Router({
      ...ROUTING_RULES,
      origin: 'here.example',
      domain: 'here.example',
      destinations: ['here.example'],
      localTransport: 'discard',
      relayTransport: 'error',
      defaultTransport: 'retry',
      ...rules,
    })
    return new RoutedSite(postfix, router)
  }

  /** Postfix's ways: `sendmail -bv` follows them and delivers nothing; error(8) and discard(8) tell their nexthop. */
  async theirs(address: string, sender = 'sender@here.example'): Promise<readonly Way[]> {
    const mark = this.#postfix.log().length
    const { code, stderr } = await this.#postfix.command('sendmail', ['-bv', '-f', sender, `<${address}>`])
    if (code !== 0 || stderr !== '') throw new Error(`sendmail -bv ${address}: ${code} ${stderr}`)
    const lines = await eventually(20_000, `Postfix knows the ways of ${address}`, () => {
      const log = this.#postfix.log().slice(mark)
      const [, id] = /pickup\[\d+\]: ([0-9A-F]+): uid=/.exec(log) ?? []
      // It would be tried again for ever.
      if (/ warning: .*(?:unreasonable|exceeds length limit)/.test(log)) return []
      return id !== undefined && log.includes(`${id}: removed`)
        ? log.split('\n').filter((line) => line.includes(`${id}: to=<`))
        : undefined
    })
    if (lines.length === 0) {
      await this.#postfix.command('postsuper', ['-d', 'ALL'])
      return ['451 Temporary lookup failure']
    }
    return lines
      .map((line) => {
        const [, to = '', reason] = /: to=<(.*?)>,.* status=\w+ \((.*)\)$/.exec(line) ?? []
        // Domains are without case; ours are in lower case from then on.
        return `${to.replace(/[^@]*$/, (domain) => domain.toLowerCase())}: ${reason}`
      })
      .sort()
  }

  async ours(address: string, sender = 'sender@here.example'): Promise<readonly Way[]> {
    const tables = new TableFiles({ clock: systemClock, folder: this.#postfix.config })
    const users = { lookupUser: async () => ({ kind: 'found', user: 'any', account: accountId('any') }) as const }
    const perform = performer([tables, users])
    const { signal } = new AbortController()
    const expansion = await runFlow(expandRecipient(this.#router, { address }), perform, signal)
    if (expansion.kind === 'refused') {
      const [why] = /User unknown in .*$/.exec([expansion.reply.text].flat().join(' ')) ?? []
      if (why === undefined) return [`${expansion.reply.code} ${[expansion.reply.text].flat().join(' ')}`]
      const [, to] = /<(.*)>:/.exec([expansion.reply.text].flat().join(' ')) ?? []
      return [`${to}: ${why}`]
    }
    const ways = expansion.recipients.map(async ({ recipient }) => {
      const routed = await runFlow(this.#router.route(recipient.address, { reversePath: sender }), perform, signal)
      if (routed.kind !== 'route') return `${recipient.address}: ${routed.text}`
      return `${routed.route.address}: ${routed.route.nexthop.replace(/^[45]\.\d\.\d /, '')}`
    })
    return (await Promise.all(ways)).sort()
  }

  async dispose(): Promise<void> {
    await this.#postfix.dispose()
  }
}

/** Files are in Postfix's folder; its text tables are `texthash:`. */
function postfixName(name: string): string {
  return name.replace(/^hash:/, 'texthash:').replace(/^(texthash|regexp|pcre):/, '$1:$config_directory/')
}
