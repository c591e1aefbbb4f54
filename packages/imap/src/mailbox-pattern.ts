const STAR = '*'
const PERCENT = '%'

/**
 * Joins the two arguments of LIST: the canonical form is the reference followed by the pattern; a pattern that begins with
 * the separator stands alone (RFC 3501 §6.3.8).
 *
 * @param reference @param pattern in Unicode with `/` between levels.
 */
export function joinReference(reference: string, pattern: string): string {
  return pattern.startsWith('/') ? pattern : reference + pattern
}

/**
 * Makes the test of a LIST pattern: `*` stands for any text, `%` for any text without `/`. INBOX, as the first level, matches in
 * any case (RFC 3501 §5.1, §6.3.8).
 *
 * Time is bounded by length of name × length of pattern, whatever the wildcards: all ways of matching advance together,
 * one character of the name at a time.
 */
export function mailboxPattern(pattern: string): (name: string) => boolean {
  const cells = Int32Array.from(Array.from(collapse(pattern), cellOf))
  if (cells.length === 1 && cells[0] === ANY) return () => true
  const letters = cells.filter((cell) => cell !== ANY && cell !== ANY_IN_LEVEL).length
  // A code unit is at least part of a character: a pattern with more of them than the name has matches nothing, however long it is.
  return (name) =>
    letters <= name.length && matches(cells, Int32Array.from(Array.from(name, codeOf)), isUnderInbox(name))
}

/** Cells of a pattern are code points, and these for its wildcards. */
const ANY = -1
const ANY_IN_LEVEL = -2

function cellOf(char: string): number {
  return char === STAR ? ANY : char === PERCENT ? ANY_IN_LEVEL : codeOf(char)
}

function codeOf(char: string): number {
  return char.codePointAt(0) ?? 0
}

/** Neighbouring wildcards are one: `*` when any of them is. */
function collapse(pattern: string): string {
  return pattern.replace(/[*%]{2,}/g, (run) => (run.includes(STAR) ? STAR : PERCENT))
}

function isUnderInbox(name: string): boolean {
  return name === 'INBOX' || name.startsWith('INBOX/')
}

const SLASH = 0x2f

/** `reached[n]`: the name so far can be matched by the first `n` cells. Numbers only: a step is a nanosecond or two. */
function matches(cells: Int32Array, name: Int32Array, isInbox: boolean): boolean {
  const reached = new Uint8Array(cells.length + 1)
  reached[0] = 1
  passWildcards(cells, reached)
  for (let at = 0; at < name.length; at++) {
    const char = name[at] ?? 0
    const ignoresCase = isInbox && at < 5
    let alive = 0
    for (let n = cells.length; n >= 0; n--) {
      const cell = cells[n]
      const stays = reached[n] === 1 && (cell === ANY || (cell === ANY_IN_LEVEL && char !== SLASH))
      const advances = n > 0 && reached[n - 1] === 1 && isSame(cells[n - 1] ?? ANY, char, ignoresCase)
      const is = stays || advances ? 1 : 0
      reached[n] = is
      alive |= is
    }
    if (alive === 0) return false
    passWildcards(cells, reached)
  }
  return reached[cells.length] === 1
}

/** A wildcard also stands for no text at all. */
function passWildcards(cells: Int32Array, reached: Uint8Array): void {
  for (let n = 0; n < cells.length; n++) if (reached[n] === 1 && (cells[n] ?? 0) < 0) reached[n + 1] = 1
}

/** `ignoresCase` is for INBOX, whose letters are upper-case in a name. Wildcards are no code point, and equal none. */
function isSame(cell: number, char: number, ignoresCase: boolean): boolean {
  return cell === char || (ignoresCase && cell >= 0x61 && cell <= 0x7a && cell - 0x20 === char)
}
