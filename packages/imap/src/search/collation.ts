/**
 * How texts are compared (RFC 4790). Each is a folding behind which texts are compared as Unicode code points, which order as
 * their UTF-8 octets do.
 */
export interface Collation {
  /** `collation-id` of RFC 4790 §3.1. */
  readonly name: string
  /**
   * Texts that are equal have equal forms. A text may be cut anywhere but before a combining mark and folded in pieces; no form
   * has less than half as many characters as its text.
   */
  fold(text: string): string
  /** Texts order the other way round (RFC 4790 §3.3). Default no. */
  readonly isDescending?: boolean
}

/** The collation with its order turned round. */
export function descending(collation: Collation): Collation {
  return { name: `-${collation.name}`, fold: collation.fold, isDescending: true }
}

/**
 * RFC 5051 §2: each character in its titlecase, then decomposed for compatibility. SEARCH, SORT and THREAD go by it unless the
 * client chose otherwise (RFC 5255 §4.2).
 */
export const UNICODE_CASEMAP: Collation = {
  name: 'i;unicode-casemap',
  fold: (text) => (isAscii(text) ? text.toUpperCase() : titlecase(text).normalize('NFKD')),
}

/** RFC 4790 §9.2: only letters of US-ASCII are alike in upper and lower case. */
export const ASCII_CASEMAP: Collation = {
  name: 'i;ascii-casemap',
  fold: (text) => (isAscii(text) ? text.toUpperCase() : text.replace(/[a-z]+/g, (letters) => letters.toUpperCase())),
}

/** RFC 4790 §9.3: octets as they are, here those of the decoded text in UTF-8. */
export const OCTET: Collation = { name: 'i;octet', fold: (text) => text }

/** Every collation, the default first. */
export const COLLATIONS: readonly Collation[] = [UNICODE_CASEMAP, ASCII_CASEMAP, OCTET]

/**
 * Characters whose upper case in JavaScript is not the one character that Unicode's titlecase property names: those that have
 * none and become two or three letters, Georgian ones, digraphs, and Greek ones with an iota below.
 */
const ODD =
  /[\u00df\u0149\u01c4-\u01cc\u01f0-\u01f3\u0390\u03b0\u0587\u10d0-\u10ff\u1e96-\u1e9a\u1f50-\u1f56\u1f80-\u1fff\ufb00-\ufb17]/
const RUNS = new RegExp(`[^${ODD.source.slice(1, -1)}]+|${ODD.source}`, 'g')

/** Each character in its simple titlecase, as UnicodeData.txt has it. */
function titlecase(text: string): string {
  if (!ODD.test(text)) return text.toUpperCase()
  return text.replace(RUNS, (run) => (ODD.test(run) ? titleOf(run) : run.toUpperCase()))
}

/** The titlecase of one odd character. */
function titleOf(char: string): string {
  const code = char.charCodeAt(0)
  // Digraphs: DŽ, LJ, NJ and DZ in three cases each, the middle one being the title.
  if (code >= 0x1c4 && code <= 0x1cc) return String.fromCharCode(0x1c5 + 3 * Math.floor((code - 0x1c4) / 3))
  if (code >= 0x1f1 && code <= 0x1f3) return '\u01f2'
  // Greek with an iota below: capitals stand eight places on.
  if (code >= 0x1f80 && code <= 0x1faf) return String.fromCharCode(code | 8)
  if (code === 0x1fb3 || code === 0x1fc3 || code === 0x1ff3) return String.fromCharCode(code + 9)
  if (code >= 0x10d0 && code <= 0x10ff) return char
  const upper = char.toUpperCase()
  return upper.length === 1 ? upper : char
}

/**
 * A folded text in a form that JavaScript's `<` orders by code points: its order of UTF-16 units puts characters beyond the
 * basic plane before U+E000 to U+FFFF.
 */
export function orderable(folded: string): string {
  if (!/[\ud800-\uffff]/.test(folded)) return folded
  return folded.replace(/[\ud800-\uffff]/g, (unit) => {
    const code = unit.charCodeAt(0)
    return String.fromCharCode(code < 0xe000 ? code + 0x2000 : code - 0x800)
  })
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text)
}
