/** One parameter of MAIL or RCPT. */
export interface EsmtpParameter {
  /** In upper case. */
  readonly keyword: string
  /** `null` without `=`. */
  readonly value: string | null
  /** As the peer wrote it. */
  readonly text: string
}

export type ParametersResult =
  | { readonly kind: 'parameters'; readonly parameters: readonly EsmtpParameter[] }
  /** `text` is what is wrong: against the grammar, or a keyword that stood there before. */
  | { readonly kind: 'bad'; readonly text: string }

const PARAMETER = {
  ascii: /^([A-Za-z0-9][A-Za-z0-9-]*)(?:=([!-<>-~]+))?$/,
  utf8: /^([A-Za-z0-9][A-Za-z0-9-]*)(?:=([!-<>-~\x80-\xff]+))?$/,
} as const

/**
 * Reads what follows a path.
 *
 *     Mail-parameters = esmtp-param *(SP esmtp-param)
 *     esmtp-param     = esmtp-keyword ["=" esmtp-value]
 *     esmtp-keyword   = (ALPHA / DIGIT) *(ALPHA / DIGIT / "-")
 *     esmtp-value     = 1*(%d33-60 / %d62-126)
 *
 * RFC 5321 §4.1.2. Several blanks count as one. A keyword may stand once. Characters are octets (latin1); with SMTPUTF8 a value
 * may hold some past US-ASCII (`esmtp-value =/ UTF8-non-ascii`, RFC 6531 §3.3).
 */
export function parseParameters(text: string, characters: 'ascii' | 'utf8' = 'ascii'): ParametersResult {
  const parameters: EsmtpParameter[] = []
  const seen = new Set<string>()
  for (const word of text.split(/[ \t]+/)) {
    if (word === '') continue
    const match = PARAMETER[characters].exec(word)
    const keyword = match?.[1]?.toUpperCase()
    if (keyword === undefined || seen.has(keyword)) return { kind: 'bad', text: word }
    seen.add(keyword)
    parameters.push({ keyword, value: match?.[2] ?? null, text: word })
  }
  return { kind: 'parameters', parameters }
}
