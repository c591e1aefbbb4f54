/** What a server of one kind and version tells of itself. */
export interface CapabilityProfile {
  readonly banner: string
  /** Whether its replies say how long their commands took. */
  readonly timings: 'told' | 'none'
  /** Capabilities in the order they are told after login; those that are told before it keep their order. */
  readonly capabilities: readonly string[]
}

/** Between IDLE and what came with Dovecot 2.2. */
const SORT_TO_LIST_STATUS: readonly string[] = words(`
  UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN
  CONTEXT=SEARCH LIST-STATUS`)

const SORT_2_2: readonly string[] = words(`
  SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE`)

const LOGIN_2_3: readonly string[] = words('IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE')

/**
 * The servers a host may look like, by name: the strings of Dovecot's releases as the distributions ship them.
 *
 * `dovecot-2.0` (RHEL 6), `dovecot-2.2` (Ubuntu 16.04), `dovecot-2.3.4` (Debian 10), `dovecot-2.3.7` (Ubuntu 20.04),
 * `dovecot-2.3` (2.3.19, Debian 12).
 */
export const CAPABILITY_PROFILES = {
  'dovecot-2.0': {
    banner: 'Dovecot ready.',
    timings: 'none',
    capabilities: [
      ...words('IMAP4rev1 LITERAL+ SASL-IR LOGIN-REFERRALS ID ENABLE IDLE'),
      ...words('SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS MULTIAPPEND'),
      ...SORT_TO_LIST_STATUS,
    ],
  },
  'dovecot-2.2': {
    banner: 'Dovecot ready.',
    timings: 'told',
    capabilities: [
      ...words('IMAP4rev1 LITERAL+ SASL-IR LOGIN-REFERRALS ID ENABLE IDLE'),
      ...SORT_2_2,
      ...SORT_TO_LIST_STATUS,
      ...words('BINARY MOVE SNIPPET=FUZZY SPECIAL-USE'),
    ],
  },
  'dovecot-2.3.4': {
    banner: 'Dovecot (Debian) ready.',
    timings: 'told',
    capabilities: [
      ...LOGIN_2_3,
      ...SORT_2_2,
      ...SORT_TO_LIST_STATUS,
      ...words('BINARY MOVE SNIPPET=FUZZY LITERAL+ NOTIFY SPECIAL-USE'),
    ],
  },
  'dovecot-2.3.7': {
    banner: 'Dovecot (Ubuntu) ready.',
    timings: 'told',
    capabilities: [
      ...LOGIN_2_3,
      ...SORT_2_2,
      ...SORT_TO_LIST_STATUS,
      ...words('BINARY MOVE SNIPPET=FUZZY PREVIEW=FUZZY LITERAL+ NOTIFY SPECIAL-USE'),
    ],
  },
  'dovecot-2.3': {
    banner: 'Dovecot (Debian) ready.',
    timings: 'told',
    capabilities: [
      ...LOGIN_2_3,
      ...SORT_2_2,
      ...SORT_TO_LIST_STATUS,
      ...words('BINARY MOVE SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE LITERAL+ NOTIFY SPECIAL-USE'),
    ],
  },
} as const satisfies { readonly [name: string]: CapabilityProfile }

export type CapabilityProfileName = keyof typeof CAPABILITY_PROFILES

function words(text: string): string[] {
  return text.trim().split(/\s+/)
}
