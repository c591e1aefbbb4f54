import { type Authenticator, caller, type Flow, type LookupTables, type Resolver } from '@mailwright/core'
import type { ClientNames } from '@mailwright/smtp'
import type { Stage, StageFacts } from '../receiving/policy.js'
import type { AddressProbes } from './address-probes.js'
import { findClientNames } from './client-names.js'
import type { Greylist, Patience } from './greylist.js'
import type { RestrictionSite } from './options.js'
import { clientAddress, type Outcome, type Subject } from './outcome.js'
import type { PolicyServices } from './policy-service.js'
import type { ArgumentKind } from './restriction-table.js'

/** What a restriction sees. */
export interface Scene {
  readonly stage: Stage
  readonly facts: StageFacts
  readonly site: RestrictionSite
  /** What `reject` and its kin speak of. */
  readonly subject: Subject
}

/** One row of the table of restrictions. */
export interface Rule {
  readonly argument?: ArgumentKind
  /** `never`: a permission from it is a mistake, for anybody can have such a name (Postfix refuses it too). `unlessRouted`: not for an address that names another place. */
  readonly permits?: 'never' | 'unlessRouted'
  readonly run: (scene: Scene, argument: string) => Flow<Outcome>
}

/** The calls that restrictions make. */
export const { call: askResolver } = caller<Resolver>()
export const { call: askTables } = caller<LookupTables>()
export const { call: askUsers } = caller<Authenticator>()
export const { call: askGreylist } = caller<Greylist>()
export const { call: askPatience } = caller<Patience>()
export const { call: askProbes } = caller<AddressProbes>()
export const { call: askPolicies } = caller<PolicyServices>()

/** What DNS says of the client: what was found when it connected, or what is found now. */
export function* clientOf({ session }: StageFacts): Flow<ClientNames> {
  return session.client ?? (yield* findClientNames(session.peer.address))
}

/** The client as replies name it: `unknown[192.0.2.1]`. */
export function* clientName(facts: StageFacts): Flow<string> {
  const { name } = yield* clientOf(facts)
  return `${name ?? 'unknown'}[${clientAddress(facts.session)}]`
}
