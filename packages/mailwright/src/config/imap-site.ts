import { LOGIN, PLAIN, type SaslMechanism } from '@mailwright/core'
import { CAPABILITY_PROFILES, CAPABILITY_ROWS, type CapabilityProfileName, LANGUAGES } from '@mailwright/imap'
import type { ImapChoices } from '../server/options.js'
import { dictionary, list, oneOf, optional, type RecordOf, record, text, whole } from './shape.js'

// The keys of a constant object are exactly its type's.
const profiles = Object.keys(CAPABILITY_PROFILES) as CapabilityProfileName[]
const capability = oneOf(CAPABILITY_ROWS.map(({ name }) => name))
const MECHANISMS: { readonly [name in 'PLAIN' | 'LOGIN']: SaslMechanism } = { PLAIN, LOGIN }

/** `imap` in `site.json`. */
export const imapSite = {
  profile: optional(oneOf(profiles)),
  capabilities: optional(list(capability)),
  switchedOff: optional(list(capability)),
  mechanisms: optional(list(oneOf(['PLAIN', 'LOGIN']), { atLeast: 1 })),
  id: optional(dictionary(text())),
  timings: optional(oneOf(['told', 'none'])),
  stillHere: optional(whole({ min: 0, max: 86_400_000 })),
  language: optional(oneOf(LANGUAGES)),
  jmapUrl: optional(text()),
  separator: optional(oneOf(['/', '.'])),
  urlAuth: optional(record({ keys: text(), submitters: optional(list(text())), anonymous: optional(list(text())) })),
}

/** What the engines are told of it. */
export function imapChoices(site: RecordOf<typeof imapSite>): ImapChoices {
  const { mechanisms, stillHere, urlAuth: _, ...others } = site
  return {
    ...others,
    ...(mechanisms === undefined ? {} : { mechanisms: mechanisms.map((name) => MECHANISMS[name]) }),
    ...(stillHere === undefined ? {} : { stillHere: stillHere === 0 ? null : stillHere }),
  }
}
