import { MEMORY, type SiteWishes } from './site.js'

/** The stores that every client of IMAP is tried against, by the words tests have for them. */
export const STORES: readonly (readonly [name: string, wishes: Pick<SiteWishes, 'store'>])[] = [
  ['over a Maildir', {}],
  ['in memory', { store: MEMORY }],
]
