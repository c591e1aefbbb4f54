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
  const cells = Array.from(collapse(pattern))
  if (cells.length === 1 && cells[0] === STAR) return () => true
  const letters = cells.filter((cell) => cell !== STAR && cell !== PERCENT).length
  // A code unit is at least part of a character: a pattern with more of them than the name has matches nothing, however long it is.
  return (name) => letters <= name.length && matches(cells, Array.from(name), isUnderInbox(name))
}

/** Neighbouring wildcards are one: `*` when any of them is. */
function collapse(pattern: string): string {
  return pattern.replace(/[*%]{2,}/g, (run) => (run.includes(STAR) ? STAR : PERCENT))
}

function isUnderInbox(name: string): boolean {
  return name === 'INBOX' || name.startsWith('INBOX/')
}

/** `reached[n]`: the name so far can be matched by the first `n` cells. */
function matches(cells: readonly string[], name: readonly string[], isInbox: boolean): boolean {
  const reached = new Uint8Array(cells.length + 1)
  reached[0] = 1
  passWildcards(cells, reached)
  for (const [at, char] of name.entries()) {
    const ignoresCase = isInbox && at < 5
    let isAlive = false
    for (let n = cells.length; n >= 0; n--) {
      const stays = reached[n] === 1 && (cells[n] === STAR || (cells[n] === PERCENT && char !== '/'))
      const advances = n > 0 && reached[n - 1] === 1 && isSame(cells[n - 1], char, ignoresCase)
      reached[n] = stays || advances ? 1 : 0
      isAlive ||= stays || advances
    }
    if (!isAlive) return false
    passWildcards(cells, reached)
  }
  return reached[cells.length] === 1
}

/** A wildcard also stands for no text at all. */
function passWildcards(cells: readonly string[], reached: Uint8Array): void {
  for (const [n, cell] of cells.entries()) {
    if (reached[n] === 1 && (cell === STAR || cell === PERCENT)) reached[n + 1] = 1
  }
}

function isSame(cell: string | undefined, char: string, ignoresCase: boolean): boolean {
  if (cell === undefined || cell === STAR || cell === PERCENT) return false
  return cell === char || (ignoresCase && cell.toUpperCase() === char)
}
