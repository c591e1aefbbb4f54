/** A command as it came: what it is called and what stands behind the first space, neither looked at any closer. */
export interface CommandLine {
  /** In upper case. */
  readonly keyword: string
  /** One octet a character; empty when there is none. */
  readonly argument: string
}

/**
 *     command = keyword *(SP param) CRLF ;255 octets maximum
 *     keyword = 3*4VCHAR
 *
 * RFC 2449 §3. The keyword is case-insensitive (RFC 1939 §3). Spaces at the end of the line count only for PASS, which
 * takes them for a part of the password; people who type commands by hand leave them behind.
 *
 * @returns `undefined` for a line with a NUL, which no grammar allows and which other programs cut lines at.
 */
export function commandLine(text: string): CommandLine | undefined {
  if (text.includes('\0')) return undefined
  const space = text.indexOf(' ')
  if (space === -1) return { keyword: text.toUpperCase(), argument: '' }
  const keyword = text.slice(0, space).toUpperCase()
  const argument = text.slice(space + 1)
  return { keyword, argument: keyword === 'PASS' ? argument : argument.replace(/ +$/, '') }
}
