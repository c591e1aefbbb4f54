/** What a client sends at once, and how many replies it waits for then; a text is a line with one reply. */
export type Step = string | { readonly send: string; readonly replies: number }

/** A dialogue that is played to both servers, from the first octet after the greeting. */
export interface SmtpDialogue {
  /** Of its family: a sentence. */
  readonly name: string
  readonly site: SiteName
  readonly steps: readonly Step[]
  /** The address that the client comes from. Default 127.0.0.1. */
  readonly client?: string
}

/** Both servers are configured alike, in several ways. */
export type SiteName =
  | 'mx'
  | 'strict'
  | 'small'
  | 'classic'
  | 'trusted'
  | 'logins'
  // Of restriction lists.
  | 'helo'
  | 'atOnce'
  | 'sender'
  | 'recipient'
  | 'seed'
  | 'defer'
  | 'owners'
  | 'users'
  | 'access'
  | 'lists'
  | 'names'
  | 'reverse'
  | 'data'
  | 'servers'
  | 'moods'
  | 'backup'
  // Of peers that speak for others.
  | 'proxied'
  | 'proxiedNames'
  | 'proxiedAtOnce'
  | 'proxiedPlain'

/** Octets that are sent as they are: no line end is added. */
export function raw(send: string, replies = 1): Step {
  return { send, replies }
}

/** A message after 354, with the dot that ends it. */
export function text(message: string): Step {
  return raw(`${message}.\r\n`)
}

/** A name and what is said; the line breaks of a table. */
export type Row = readonly [name: string, ...steps: readonly Step[]]

/** Rows of one site, each beginning with the same steps. */
export function dialogues(site: SiteName, first: readonly Step[], rows: readonly Row[]): readonly SmtpDialogue[] {
  return rows.map(([name, ...steps]) => ({ name: `${site}: ${name}`, site, steps: [...first, ...steps] }))
}
