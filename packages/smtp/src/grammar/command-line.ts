/** A command line taken apart: its verb in upper case, and what follows without the blanks around it. */
export interface CommandLine {
  readonly verb: string
  readonly argument: string
}

/**
 * Splits a command line; `undefined` when there is no verb or the line holds control characters (RFC 5321 §4.1.2).
 * Characters are octets (latin1).
 *
 * Verbs are not case-sensitive (RFC 5321 §2.4), blanks at the end are tolerated (RFC 5321 §4.1.1), and so are blanks
 * before the verb, as Postfix does.
 */
export function parseCommandLine(text: string): CommandLine | undefined {
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(text)) return undefined
  const [verb, argument] = firstWord(trimBlanks(text))
  return verb === '' ? undefined : { verb: verb.toUpperCase(), argument }
}

/**
 * What stands behind `FROM:` or `TO:`, or `undefined` when the argument does not begin so.
 *
 *     mail = "MAIL FROM:" Reverse-path [SP Mail-parameters] CRLF
 *     rcpt = "RCPT TO:" ( "<Postmaster@" Domain ">" / "<Postmaster>" / Forward-path ) [SP Rcpt-parameters] CRLF
 *
 * RFC 5321 §4.1.1.2, §4.1.1.3. Nothing behind the colon counts as not so begun.
 */
export function behindKeyword(argument: string, keyword: 'FROM:' | 'TO:'): string | undefined {
  if (argument.slice(0, keyword.length).toUpperCase() !== keyword) return undefined
  const rest = argument.slice(keyword.length)
  return rest === '' ? undefined : rest
}

/** The first word of trimmed text, and the rest. */
export function firstWord(text: string): readonly [word: string, rest: string] {
  const end = text.search(/[ \t]/)
  return end === -1 ? [text, ''] : [text.slice(0, end), trimBlanks(text.slice(end))]
}

/** Without the blanks around it, and only blanks: `trim` would take octets of UTF-8 away. */
export function trimBlanks(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text[start])) start++
  while (end > start && isBlank(text[end - 1])) end--
  return text.slice(start, end)
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t'
}
