import { caller, type Flow, type LookupTables, type RecipientEnvelope } from '@mailwright/core'
import { type Reply, reply } from '@mailwright/smtp'
import type { Expansion, FinalRecipient } from '../receiving/policy.js'
import { type AliasDestination, parseDestinations } from '../tables/destinations.js'
import { joinAddress, type SplitAddress, splitExtension } from './address.js'
import { ROUTING_LIMITS, type RoutingLimits } from './limits.js'
import { firstOf } from './lookups.js'
import { unquoted } from './quoting.js'
import type { Router } from './router.js'

const { call } = caller<LookupTables>()

/** An address on its way to who gets the mail. */
interface Step {
  readonly address: string
  readonly depth: number
  /** Addresses it came from: none of them is expanded again. */
  readonly ancestors: ReadonlySet<string>
  /** Set by the last list that has an owner (owner-, aliases(5)). */
  readonly sender?: string
  /** `\user`: aliases are not looked at. */
  readonly isUser: boolean
  /** A command or file of an alias, as aliases(5) writes it. No address of a peer becomes one: they have a domain, and come as addresses. */
  readonly program?: string
}

type Outcome =
  | { readonly kind: 'next'; readonly steps: readonly Step[] }
  | { readonly kind: 'final'; readonly address: string; readonly place: FinalRecipient['place'] }
  | { readonly kind: 'refused'; readonly reply: Reply }

/**
 * Finds who gets mail for an address: canonical addresses, virtual aliases, aliases, as often as they name each other, each once. What is unknown in the
 * middle of a list stays in it, and is told to the sender later; only an address that nobody has at all is refused.
 *
 * virtual(5), aliases(5), canonical(5).
 */
export function* expandRecipient(
  router: Router,
  recipient: RecipientEnvelope,
  limits: RoutingLimits = ROUTING_LIMITS,
): Flow<Expansion> {
  const start = joinAddress(router.qualify(recipient.address))
  const finals = new Map<string, FinalRecipient>()
  const steps: Step[] = [{ address: start, depth: 0, ancestors: new Set(), isUser: false }]
  let count = 0
  for (let step = steps.shift(); step !== undefined; step = steps.shift()) {
    if (++count > limits.expansion || step.depth > limits.depth) return { kind: 'refused', reply: TOO_MANY }
    const outcome = yield* expandStep(router, step)
    switch (outcome.kind) {
      case 'next':
        steps.push(...outcome.steps)
        break
      case 'final': {
        const key = `${outcome.address.toLowerCase()} ${step.sender ?? ''}`
        if (!finals.has(key)) finals.set(key, finalOf(recipient, start, outcome, step.sender))
        break
      }
      case 'refused':
        // What cannot be looked up now lets all of it wait; what is unknown within a list bounces by itself.
        if (step.depth === 0 || outcome.reply.code < 500) return outcome
        finals.set(step.address, finalOf(recipient, start, { address: step.address, place: 'elsewhere' }, step.sender))
        break
      default:
        outcome satisfies never
    }
  }
  const recipients = [...finals.values()]
  return { kind: 'expanded', recipients, ...(recipients.length > 1 ? { list: 'several' } : {}) }
}

const TOO_MANY = reply(451, '4.3.0', 'Temporary lookup failure')
const LATER: Outcome = { kind: 'refused', reply: reply(451, '4.3.0', 'Temporary lookup failure') }

function finalOf(
  recipient: RecipientEnvelope,
  start: string,
  { address, place }: { readonly address: string; readonly place: FinalRecipient['place'] },
  sender: string | undefined,
): FinalRecipient {
  const isSame = address === start
  return {
    recipient: { ...recipient, address, ...(isSame ? {} : { originalTo: recipient.originalTo ?? start }) },
    place,
    ...(sender === undefined ? {} : { sender }),
  }
}

function* expandStep(router: Router, step: Step): Flow<Outcome> {
  const { rules } = router
  if (step.program !== undefined) return { kind: 'final', address: step.program, place: 'elsewhere' }
  const canonical = yield* canonicalOf(router, router.qualify(step.address))
  if (canonical === null) return LATER
  const address = joinAddress(canonical)
  const virtual = yield* router.mapped(rules.virtualAliasMaps, canonical)
  if (virtual.kind === 'unavailable') return LATER
  if (virtual.kind === 'mapped' && !step.isUser) {
    const members = parseDestinations(virtual.value).flatMap((each) => (each.kind === 'address' ? [each.address] : []))
    const targets = members.map((each) => joinAddress(mappedTo(router, canonical, each, virtual.extension)))
    const seen = new Set([...step.ancestors, address.toLowerCase()])
    const fresh = targets.filter((each) => !seen.has(each.toLowerCase()))
    // An alias that names itself ends there: it is delivered as well as sent on.
    const self = targets.some((each) => each.toLowerCase() === address.toLowerCase())
    const next = fresh.map(
      (each): Step => ({ ...step, address: each, depth: step.depth + 1, ancestors: seen, isUser: false }),
    )
    if (!self) return { kind: 'next', steps: next }
    if (next.length > 0) {
      const own: Step = { ...step, address, depth: step.depth + 1, ancestors: seen, isUser: true }
      return { kind: 'next', steps: [own, ...next] }
    }
  }
  return yield* byClass(router, canonical, step)
}

/** canonical(5): the recipient's table, then everybody's; each once. `null`: one cannot be asked now. */
function canonicalOf(router: Router, address: SplitAddress): Flow<SplitAddress | null> {
  const { recipientCanonicalMaps, canonicalMaps } = router.rules
  return canonicalBy(router, address, [recipientCanonicalMaps, canonicalMaps])
}

/**
 * What a sender's address is called outside: sender_canonical_maps, then canonical_maps. Empty for the null sender, whatever tables say.
 *
 * @returns `null`: a table cannot be asked now.
 */
export function* canonicalSender(router: Router, address: string): Flow<string | null> {
  if (address === '') return ''
  const { senderCanonicalMaps, canonicalMaps } = router.rules
  const canonical = yield* canonicalBy(router, router.qualify(address), [senderCanonicalMaps, canonicalMaps])
  return canonical === null ? null : joinAddress(canonical)
}

function* canonicalBy(
  router: Router,
  address: SplitAddress,
  lists: readonly (readonly string[])[],
): Flow<SplitAddress | null> {
  let current = address
  for (const tables of lists) {
    const mapped = yield* router.mapped(tables, current)
    if (mapped.kind === 'unavailable') return null
    if (mapped.kind === 'mapped') current = mappedTo(router, current, mapped.value.trim(), mapped.extension)
  }
  return current
}

/** What a table's value makes of an address: `@domain` keeps the user, a suffix that was not looked up is kept (propagate_unmatched_extensions). */
function mappedTo(router: Router, from: SplitAddress, value: string, extension: string): SplitAddress {
  if (value.startsWith('@')) return router.qualify(`${from.local}${value}`)
  const target = router.qualify(value)
  if (extension === '' || splitExtension(target.local, router.rules.delimiter) !== null) return target
  return { ...target, local: target.local + extension }
}

function* byClass(router: Router, split: SplitAddress, step: Step): Flow<Outcome> {
  const address = joinAddress(split)
  const name = yield* router.classOf(split.domain)
  if (typeof name === 'object') return LATER
  if (name === 'local' && !step.isUser) {
    const aliased = yield* aliasesOf(router, split, step)
    if (aliased !== null) return aliased
  }
  if (name === 'relay' || name === 'default') return { kind: 'final', address, place: 'elsewhere' }
  // Aliases were looked at: what is left must be somebody's.
  const missing = name === 'local' ? yield* fallbackOf(router, split, step) : yield* missingFrom(router, address)
  if (missing !== null) return missing
  const routed = yield* router.route(address, { reversePath: '' })
  const isStore =
    routed.kind === 'route' && (routed.route.transport === 'local' || routed.route.transport === 'virtual')
  return { kind: 'final', address, place: isStore ? 'store' : 'elsewhere' }
}

/** `null`: the address is in its class's table. */
function* missingFrom(router: Router, address: string): Flow<Outcome | null> {
  const exists = yield* router.exists(address)
  if (exists.kind === 'unavailable') return LATER
  return exists.kind === 'known' ? null : unknownUser(address, exists.table)
}

/** Who gets mail where no user is: postmaster's stand-in, luser_relay. `null`: there is a user. */
function* fallbackOf(router: Router, split: SplitAddress, step: Step): Flow<Outcome | null> {
  const { luserRelay, postmaster } = router.rules
  const found = yield* router.user(split)
  if (found.kind === 'unavailable') return LATER
  if (found.kind === 'found') return null
  const isPostmaster = unquoted(split.local).toLowerCase() === 'postmaster'
  const stand = isPostmaster && postmaster !== undefined ? postmaster : luserRelay
  const target = joinAddress(
    router.qualify((stand ?? '').replaceAll('$user', split.local).replaceAll('$domain', split.domain)),
  )
  if (stand === undefined || step.ancestors.has(target.toLowerCase()))
    return unknownUser(joinAddress(split), 'local recipient table')
  return { kind: 'next', steps: [{ ...step, address: target, depth: step.depth + 1, ancestors: grown(step, split) }] }
}

function unknownUser(address: string, table: string): Outcome {
  const text = `<${address}>: Recipient address rejected: User unknown in ${table}`
  return { kind: 'refused', reply: reply(550, '5.1.1', text) }
}

/** aliases(5): the whole name first, then without its suffix. `null`: there is no alias. */
function* aliasesOf(router: Router, split: SplitAddress, step: Step): Flow<Outcome | null> {
  const { aliasTables } = router
  const { delimiter } = router.rules
  if (aliasTables.length === 0) return null
  const bare = unquoted(split.local)
  const base = splitExtension(bare, delimiter)?.base
  for (const name of base === undefined ? [bare] : [bare, base]) {
    const answer = yield* firstOf(aliasTables, name)
    if (answer.kind === 'tryAgain') return LATER
    if (answer.kind === 'notFound') continue
    const owner = yield* firstOf(aliasTables, `owner-${name}`)
    if (owner.kind === 'tryAgain') return LATER
    const sender = owner.kind === 'found' ? joinAddress(router.qualify(`owner-${name}`)) : step.sender
    return yield* membersOf(router, split, answer.value, { ...step, ...(sender === undefined ? {} : { sender }) })
  }
  return null
}

function* membersOf(router: Router, split: SplitAddress, value: string, step: Step): Flow<Outcome> {
  const ancestors = grown(step, split)
  const steps: Step[] = []
  for (const destination of parseDestinations(value)) {
    const members = destination.kind === 'include' ? yield* included(router, destination.path) : [destination]
    if (members === null) return LATER
    for (const member of members) {
      const target = targetOf(router, split, member)
      if (target === null) continue
      const isLoop = target.isUser === false && ancestors.has(target.address.toLowerCase())
      // A user whose alias names the user himself is meant (aliases(5)): the mail is delivered.
      steps.push({ ...step, ...target, isUser: target.isUser || isLoop, depth: step.depth + 1, ancestors })
    }
  }
  return { kind: 'next', steps }
}

/** `null` for what aliases of this site may not do: it is left out, and `newaliases` tells. */
function targetOf(
  router: Router,
  split: SplitAddress,
  destination: AliasDestination,
): Pick<Step, 'address' | 'isUser' | 'program'> | null {
  const { aliasesMay } = router.rules
  switch (destination.kind) {
    case 'address':
      return { address: joinAddress(router.qualify(destination.address)), isUser: false }
    case 'user':
      return { address: joinAddress({ local: destination.name, domain: split.domain }), isUser: true }
    case 'command':
      return aliasesMay.has('command') ? { address: '', isUser: true, program: `|${destination.command}` } : null
    case 'file':
      return aliasesMay.has('file') ? { address: '', isUser: true, program: destination.path } : null
    case 'include':
      return null
    default:
      return destination satisfies never
  }
}

function* included(router: Router, path: string): Flow<readonly AliasDestination[] | null> {
  if (!router.rules.aliasesMay.has('include')) return []
  const answer = yield* call('lookup', { table: `include:${path}`, key: '' })
  if (answer.kind === 'tryAgain') return null
  return answer.kind === 'found' ? parseDestinations(answer.value) : []
}

function grown({ ancestors }: Step, split: SplitAddress): ReadonlySet<string> {
  return new Set([...ancestors, joinAddress(split).toLowerCase()])
}
