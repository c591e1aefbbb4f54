import { caller, type Flow, HostError, type LookupTables, type RecipientEnvelope } from '@mailwright/core'
import { parseMailbox, type Reply, reply } from '@mailwright/smtp'
import type { Expansion, FinalRecipient } from '../receiving/policy.js'
import { type AliasDestination, parseDestinations } from '../tables/destinations.js'
import { joinAddress, type SplitAddress, splitExtension } from './address.js'
import { ROUTING_LIMITS, type RoutingLimits } from './limits.js'
import { firstOf } from './lookups.js'
import { Paths } from './paths.js'
import { writeProgram } from './program.js'
import { extended, unquoted } from './quoting.js'
import type { Router } from './router.js'

const { call } = caller<LookupTables>()

/** An address on its way to who gets the mail. */
interface Step {
  readonly address: string
  readonly depth: number
  /** Names whose aliases it came from: an alias that leads back to one of them means that user. */
  readonly ancestors: ReadonlySet<string>
  /** Set by the last list that has an owner (owner-, aliases(5)). */
  readonly sender?: string
  /**
   * What may still become of it. `all`: it came in, or an alias gave it. `virtual`: a virtual alias gave it, and it is not made canonical any more
   * (cleanup(8)). `aliases`: its virtual alias names itself, and is not asked again; the user's own aliases are. `nothing`: an alias that leads back,
   * or `\user`: the user is meant.
   */
  readonly expands: 'all' | 'virtual' | 'aliases' | 'nothing'
  /** A command or file of an alias, as the queue has it. */
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
  const keep = (found: Pick<FinalRecipient, 'place'> & { readonly address: string }, sender?: string): void => {
    // One copy of one list, whoever's part of it comes first.
    const key = found.address.toLowerCase()
    if (!finals.has(key)) finals.set(key, finalOf(recipient, start, found, sender))
  }
  const steps: Step[] = [{ address: start, depth: 0, ancestors: new Set(), expands: 'all' }]
  const paths = new Paths()
  let count = 0
  for (let step = steps.shift(); step !== undefined; step = steps.shift()) {
    const isEndless = step.depth > limits.depth || step.address.length > limits.address
    if (++count > limits.expansion || isEndless) return { kind: 'refused', reply: TOO_MANY }
    if (paths.enter(markOf(step)) === 'seen') continue
    const outcome = yield* expandStep(router, step)
    switch (outcome.kind) {
      case 'next':
        paths.lead(markOf(step), outcome.steps.map(markOf))
        steps.unshift(...outcome.steps)
        break
      case 'final':
        keep(outcome, step.sender)
        break
      case 'refused':
        // What cannot be looked up now lets all of it wait; what is unknown within a list bounces by itself.
        if (step.depth === 0 || outcome.reply.code < 500) return outcome
        keep({ address: step.address, place: 'elsewhere' }, step.sender)
        break
      default:
        outcome satisfies never
    }
  }
  // Of aliases that only lead to each other nobody gets anything: such mail waits for somebody who mends them.
  if (!paths.allEnd()) return { kind: 'refused', reply: TOO_MANY }
  const recipients = [...finals.values()]
  return { kind: 'expanded', recipients, ...(recipients.length > 1 ? { list: 'several' } : {}) }
}

const TOO_MANY = reply(451, '4.3.0', 'Temporary lookup failure')
const LATER: Outcome = { kind: 'refused', reply: reply(451, '4.3.0', 'Temporary lookup failure') }

/** What makes two steps the same. */
function markOf({ expands, address, program = '', sender = '' }: Step): string {
  return [expands, address.toLowerCase(), program, sender].join(' ')
}

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

const NOT_FOUND = { kind: 'notFound' } as const

function* expandStep(router: Router, step: Step): Flow<Outcome> {
  const { rules } = router
  if (step.program !== undefined) return { kind: 'final', address: step.program, place: 'elsewhere' }
  const given = router.qualify(step.address)
  const canonical = step.expands === 'all' ? yield* canonicalOf(router, given) : given
  if (canonical === null) return LATER
  const isMapped = step.expands === 'all' || step.expands === 'virtual'
  const virtual = isMapped ? yield* router.mapped(rules.virtualAliasMaps, canonical) : NOT_FOUND
  if (virtual.kind === 'unavailable') return LATER
  if (virtual.kind === 'mapped') {
    const members = parseDestinations(virtual.value).flatMap((each) => (each.kind === 'address' ? [each.address] : []))
    if (members.length === 0) return { kind: 'refused', reply: reply(451, '4.3.5', 'Server configuration error') }
    return {
      kind: 'next',
      steps: members.map((member) => {
        const target = joinAddress(mappedTo(router, canonical, member, virtual.extension))
        // A virtual alias may name itself, to be delivered as well as sent on.
        const isSelf = target.toLowerCase() === joinAddress(canonical).toLowerCase()
        return { ...step, address: target, depth: step.depth + 1, expands: isSelf ? 'aliases' : 'virtual' }
      }),
    }
  }
  return yield* byClass(router, canonical, step)
}

/** canonical(5): the recipient's table as often as it knows the address, then everybody's. `null`: one cannot be asked now, or they never end. */
function canonicalOf(router: Router, address: SplitAddress): Flow<SplitAddress | null> {
  const { recipientCanonicalMaps, canonicalMaps } = router.rules
  return canonicalBy(router, address, [recipientCanonicalMaps, canonicalMaps])
}

/**
 * What a sender's address is called outside: sender_canonical_maps, then canonical_maps; as it was given where they know nothing of it. The null sender is
 * empty, whatever tables say.
 *
 * @returns `null`: a table cannot be asked now, or what it says can be no address.
 */
export function* canonicalSender(router: Router, address: string): Flow<string | null> {
  if (address === '') return ''
  const { senderCanonicalMaps, canonicalMaps } = router.rules
  const given = router.qualify(address)
  const canonical = yield* canonicalBy(router, given, [senderCanonicalMaps, canonicalMaps])
  if (canonical === null) return null
  return joinAddress(canonical) === joinAddress(given) ? address : joinAddress(canonical)
}

function* canonicalBy(
  router: Router,
  address: SplitAddress,
  lists: readonly (readonly string[])[],
): Flow<SplitAddress | null> {
  let current = address
  for (const tables of lists) {
    let isOver = false
    for (let count = 0; !isOver; count++) {
      const mapped = yield* router.mapped(tables, current)
      // Addresses that name each other in a circle are never canonical.
      if (mapped.kind === 'unavailable' || count > ROUTING_LIMITS.depth) return null
      if (mapped.kind !== 'mapped') break
      const next = canonicalTarget(router, current, mapped)
      // What no peer could be told (a local part that grew past its limit) is nobody's address.
      if (parseMailbox(joinAddress(next)) === undefined) return null
      isOver = joinAddress(next).toLowerCase() === joinAddress(current).toLowerCase()
      current = next
    }
  }
  return current
}

/** Of several addresses the first is canonical. */
function canonicalTarget(
  router: Router,
  from: SplitAddress,
  { value, extension }: { readonly value: string; readonly extension: string },
): SplitAddress {
  const [first] = parseDestinations(value)
  return first?.kind === 'address' ? mappedTo(router, from, first.address, extension) : from
}

/** What a table's value makes of an address: `@domain` keeps the user, a suffix that was not looked up is kept (propagate_unmatched_extensions). */
function mappedTo(router: Router, from: SplitAddress, value: string, extension: string): SplitAddress {
  if (value.startsWith('@')) return router.qualify(`${from.local}${value}`)
  const target = router.qualify(value)
  return extension === '' ? target : { ...target, local: extended(target.local, extension) }
}

function* byClass(router: Router, split: SplitAddress, step: Step): Flow<Outcome> {
  const address = joinAddress(split)
  const name = yield* router.classOf(split.domain)
  if (typeof name === 'object') return LATER
  if (name === 'local' && step.expands !== 'nothing') {
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

/** `null`: the address is in its class's table, or its way ends: that is told when it is gone. */
function* missingFrom(router: Router, address: string): Flow<Outcome | null> {
  const exists = yield* router.exists(address)
  if (exists.kind === 'unavailable') return LATER
  return exists.kind === 'unknown' ? unknownUser(address, exists.table) : null
}

/** Who gets mail where no user is: postmaster's stand-in, luser_relay. `null`: there is a user. */
function* fallbackOf(router: Router, split: SplitAddress, step: Step): Flow<Outcome | null> {
  const { luserRelay, postmaster } = router.rules
  const found = yield* router.user(split)
  if (found.kind === 'unavailable') return LATER
  if (found.kind === 'found') return null
  const isPostmaster = unquoted(split.local).toLowerCase() === 'postmaster'
  const stand = isPostmaster && postmaster !== undefined ? postmaster : luserRelay
  const target = joinAddress(router.qualify(standIn(stand ?? '', split)))
  if (stand === undefined || step.ancestors.has(target.toLowerCase()))
    return unknownUser(joinAddress(split), 'local recipient table')
  return { kind: 'next', steps: [{ ...step, address: target, depth: step.depth + 1, ancestors: grown(step, split) }] }
}

/** Names in the value of luser_relay; what they stand for is a peer's, and names nothing in turn. */
function standIn(value: string, { local, domain }: SplitAddress): string {
  return value.replace(/\$(?:\{(\w+)\}|\((\w+)\)|(user|domain))/g, (whole, braced, bracketed, bare) => {
    const name: unknown = braced ?? bracketed ?? bare
    return name === 'user' ? local : name === 'domain' ? domain : whole
  })
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
  // Names are without case, and so is what an owner is called.
  const bare = unquoted(split.local).toLowerCase()
  const base = splitExtension(bare, delimiter)?.base
  for (const name of base === undefined ? [bare] : [bare, base]) {
    const answer = yield* firstOf(aliasTables, name, name === bare ? 'whole' : 'part')
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
  let restricted: AliasDestination['kind'] | null = null
  for (const destination of parseDestinations(value)) {
    const members = yield* listed(router, destination)
    if (members === 'unavailable') return LATER
    for (const member of members) {
      if (!mayBe(router, member.kind)) {
        restricted = member.kind
        continue
      }
      const target = targetOf(router, split, member)
      // A user whose alias names the user himself is meant (aliases(5)): the mail is delivered.
      const expands = ancestors.has(target.address.toLowerCase()) ? 'nothing' : target.expands
      steps.push({ ...step, ...target, expands, depth: step.depth + 1, ancestors })
    }
  }
  return steps.length > 0 ? { kind: 'next', steps } : nobody(split, restricted)
}

/** Mail for a list that comes to nobody is not taken: it would be lost. */
function nobody(split: SplitAddress, restricted: AliasDestination['kind'] | null): Outcome {
  const why = restricted === null ? 'mailing list has no members' : `mail to ${restricted} is restricted`
  const text = `<${joinAddress(split)}>: Recipient address rejected: ${why}`
  return { kind: 'refused', reply: reply(550, restricted === null ? '5.2.4' : '5.7.1', text) }
}

/** What aliases of this site may not do is left out of lists, and `newaliases` tells. */
function mayBe({ rules: { aliasesMay } }: Router, kind: AliasDestination['kind']): boolean {
  return kind === 'address' || kind === 'user' || aliasesMay.has(kind)
}

function targetOf(
  router: Router,
  split: SplitAddress,
  destination: AliasDestination,
): Pick<Step, 'address' | 'expands' | 'program'> {
  switch (destination.kind) {
    case 'address':
      return { address: joinAddress(router.qualify(destination.address)), expands: 'all' }
    case 'user':
      return { address: joinAddress({ local: destination.name, domain: split.domain }), expands: 'nothing' }
    case 'command':
      return { address: '', expands: 'nothing', program: writeProgram({ kind: 'command', text: destination.command }) }
    case 'file':
      return { address: '', expands: 'nothing', program: writeProgram({ kind: 'file', text: destination.path }) }
    case 'include':
      // Read before; a list does not name lists.
      throw new HostError(`a list is no destination: ${destination.path}`)
    default:
      return destination satisfies never
  }
}

/** A list's members where the destination is a file of them; itself for any other. Lists do not name lists. */
function* listed(router: Router, destination: AliasDestination): Flow<readonly AliasDestination[] | 'unavailable'> {
  if (destination.kind !== 'include' || !mayBe(router, 'include')) return [destination]
  const answer = yield* call('lookup', { table: `include:${destination.path}`, key: '' })
  if (answer.kind === 'tryAgain') return 'unavailable'
  const members = answer.kind === 'found' ? parseDestinations(answer.value) : []
  return members.filter(({ kind }) => kind !== 'include')
}

function grown({ ancestors }: Step, split: SplitAddress): ReadonlySet<string> {
  return new Set([...ancestors, joinAddress(split).toLowerCase()])
}
