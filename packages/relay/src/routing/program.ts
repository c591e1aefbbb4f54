/** What an alias may name besides addresses: a program that gets the message, or a file that it goes into. aliases(5). */
export interface AliasProgram {
  readonly kind: 'command' | 'file'
  /** The command line, or the path. */
  readonly text: string
}

/**
 * How a program stands in the queue, in place of an address: `:command:/bin/program x`, `:file:/var/mail/archive`. What a peer or a table calls an address
 * never begins with a colon: outside of quotes none may stand there (RFC 5321 §4.1.2), and the router puts it into quotes.
 */
export function writeProgram({ kind, text }: AliasProgram): string {
  return `:${kind}:${text}`
}

/** @returns `undefined` for an address. */
export function parseProgram(address: string): AliasProgram | undefined {
  const [, kind, text = ''] = /^:(command|file):(.+)$/s.exec(address) ?? []
  return kind === 'command' || kind === 'file' ? { kind, text } : undefined
}

/** What others may read of a recipient: a program of ours is called by its alias. */
export function shownAddress({
  address,
  originalTo,
}: {
  readonly address: string
  readonly originalTo?: string
}): string {
  return parseProgram(address) === undefined ? address : (originalTo ?? 'a program')
}
