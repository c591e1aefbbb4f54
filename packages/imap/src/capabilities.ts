import { HostError } from '@mailwright/core'
import { CAPABILITY_PROFILES } from './capability-profiles.js'
import { CAPABILITY_ROWS, type CapabilityName, type CapabilityRow } from './capability-table.js'
import type { HostSettings } from './options.js'
import type { Session } from './session.js'

/** What a host offers. */
export interface Offer {
  /** Rows in the order they are told. */
  readonly told: readonly CapabilityRow[]
  /** What may be used: what is told, and what that brings along. */
  readonly usable: ReadonlySet<CapabilityName>
}

const ROWS: ReadonlyMap<string, CapabilityRow> = new Map(CAPABILITY_ROWS.map((row) => [row.name, row]))

/** Every name, in Dovecot 2.3's order and then the table's. */
const ORDER: readonly CapabilityRow[] = known([
  ...new Set([...CAPABILITY_PROFILES['dovecot-2.3'].capabilities, ...ROWS.keys()]),
])

/**
 * Settles what is offered: the host's list, else its profile's, else everything, without what it switched off and without what
 * it or its store is not able to.
 *
 * @throws {HostError} for a name that nobody knows, and for names that exclude one another.
 */
export function offer(host: HostSettings): Offer {
  const { capabilities, profile, switchedOff } = host
  for (const name of [...(capabilities ?? []), ...switchedOff]) {
    if (!ROWS.has(name)) throw new HostError(`there is no capability ${name}`)
  }
  const chosen = capabilities ?? (profile === null ? null : CAPABILITY_PROFILES[profile].capabilities)
  const rows =
    chosen !== null
      ? known(chosen)
      : ORDER.filter(({ insteadOf = [] }) => insteadOf.every((excluded) => switchedOff.includes(excluded)))
  const able = rows.filter((row) => !switchedOff.includes(row.name) && (row.when?.(host) ?? true))
  const told = able.filter(({ needs = [] }) => needs.every((name) => able.some((row) => row.name === name)))
  const names = new Set(told.map((row) => row.name))
  if (!names.has('IMAP4rev1')) throw new HostError('IMAP4rev1 cannot be left out')
  for (const { name, insteadOf = [] } of told) {
    const other = insteadOf.find((excluded) => names.has(excluded))
    if (other !== undefined) throw new HostError(`${name} and ${other} cannot be offered together`)
  }
  return shared(told)
}

/** Offers by the names that are told: a host has few, and every one of its connections holds the same. */
const OFFERS = new Map<string, Offer>()

function shared(told: readonly CapabilityRow[]): Offer {
  const key = told.map((row) => row.name).join(' ')
  let offered = OFFERS.get(key)
  if (offered === undefined) OFFERS.set(key, (offered = { told, usable: usable(told) }))
  return offered
}

function usable(told: readonly CapabilityRow[]): ReadonlySet<CapabilityName> {
  const names = new Set(told.map((row) => row.name))
  // A set takes what is added while it is walked.
  for (const name of names) for (const brought of ROWS.get(name)?.brings ?? []) names.add(brought)
  // Every name came out of the table, or out of a row's `brings`, whose names a test looks up there.
  return names as ReadonlySet<string> as ReadonlySet<CapabilityName>
}

/** A profile may name what this version does not have: that is left out. */
function known(names: readonly string[]): CapabilityRow[] {
  return names.flatMap((name) => ROWS.get(name) ?? [])
}

/**
 *     capability-data = "CAPABILITY" *(SP capability) SP "IMAP4rev1" *(SP capability)
 *
 * RFC 3501 §9, as it is true now. Before login: how to encrypt and how to log in, too (RFC 3501 §6.2, §11.1).
 */
export function writeCapabilities(session: Session): string {
  const { settings, state } = session
  const { told } = settings.offer
  const isLoggedIn = state.name !== 'notAuthenticated'
  const names = told
    .filter((row) => row.since === 'always' || isLoggedIn)
    .filter((row) => row.name !== 'UNAUTHENTICATE' || !session.isCompressed)
    .map((row) => row.written?.(settings) ?? row.name)
  if (!isLoggedIn) {
    if (session.mayStartTls) names.push('STARTTLS')
    if (!session.takesPasswords) names.push('LOGINDISABLED')
    const mechanisms = session.usableMechanisms
    names.push(...mechanisms.map((mechanism) => `AUTH=${mechanism.name}`))
  }
  return `CAPABILITY ${names.join(' ')}`
}
