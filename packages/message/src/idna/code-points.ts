/**
 * Which code points a label may hold, derived as RFC 5892 §3 says from the properties of Unicode, so every new version of
 * Unicode that the runtime learns is known here.
 */
export type CodePointClass = 'valid' | 'contextual' | 'disallowed'

/** `LetterDigits: gc in {Ll, Lu, Lo, Nd, Lm, Mn, Mc}`. RFC 5892 §2.1. */
const LETTER_DIGITS = /^[\p{Ll}\p{Lu}\p{Lo}\p{Nd}\p{Lm}\p{Mn}\p{Mc}]$/u
/** `IgnorableProperties`, RFC 5892 §2.3. */
const IGNORABLE = /^[\p{Default_Ignorable_Code_Point}\p{White_Space}\p{Noncharacter_Code_Point}]$/u
/** `IgnorableBlocks` (combining marks for symbols, musical symbols) and `OldHangulJamo`. RFC 5892 §2.4, §2.9. */
const LEFT_OUT = /^(?:[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]|[\u20d0-\u20ff]|[\u{1d100}-\u{1d24f}])$/u
/** `Exceptions`. RFC 5892 §2.6. */
const EXCEPTIONS: ReadonlyMap<string, CodePointClass> = new Map<string, CodePointClass>([
  ...Array.from('\u00df\u03c2\u06fd\u06fe\u0f0b\u3007', (char) => [char, 'valid'] as const),
  ...Array.from('\u00b7\u0375\u05f3\u05f4\u30fb', (char) => [char, 'contextual'] as const),
  ...Array.from(
    '\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669',
    (char) => [char, 'contextual'] as const,
  ),
  ...Array.from(
    '\u06f0\u06f1\u06f2\u06f3\u06f4\u06f5\u06f6\u06f7\u06f8\u06f9',
    (char) => [char, 'contextual'] as const,
  ),
  ...Array.from(
    '\u0640\u07fa\u302e\u302f\u3031\u3032\u3033\u3034\u3035\u303b',
    (char) => [char, 'disallowed'] as const,
  ),
])

/** The derived property of one code point. RFC 5892 §3. */
export function codePointClass(char: string): CodePointClass {
  const exception = EXCEPTIONS.get(char)
  if (exception !== undefined) return exception
  // LDH, RFC 5892 §2.5: capitals are mapped before.
  if (/^[a-z0-9-]$/.test(char)) return 'valid'
  // JoinControl, RFC 5892 §2.8.
  if (char === ZWNJ || char === ZWJ) return 'contextual'
  const isStable = char.normalize('NFKC').toLowerCase().normalize('NFKC') === char
  if (!isStable || IGNORABLE.test(char) || LEFT_OUT.test(char)) return 'disallowed'
  return LETTER_DIGITS.test(char) ? 'valid' : 'disallowed'
}

const ZWNJ = '\u200c'
const ZWJ = '\u200d'

/** Code points of canonical combining class Virama (9), which JavaScript's expressions have no name for. Unicode 14. */
const VIRAMA =
  /[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d3b\u0d3c\u0d4d\u0dca\u0e3a\u0eba\u0f84\u1039\u103a\u1714\u1715\u1734\u17d2\u1a60\u1b44\u1baa\u1bab\u1bf2\u1bf3\u2d7f\ua806\ua82c\ua8c4\ua953\ua9c0\uaaf6\uabed\u{10a3f}\u{11046}\u{11070}\u{1107f}\u{110b9}\u{11133}\u{11134}\u{111c0}\u{11235}\u{112ea}\u{1134d}\u{11442}\u{114c2}\u{115bf}\u{1163f}\u{116b6}\u{1172b}\u{11839}\u{1193d}\u{1193e}\u{119e0}\u{11a34}\u{11a47}\u{11a99}\u{11c3f}\u{11d44}\u{11d45}\u{11d97}]$/u

/**
 * Whether a contextual code point may stand between `before` and `after` in its label. RFC 5892 appendix A.
 *
 * The joining types of Arabic cursive script (the second half of A.1) have no table here: a ZWNJ there is refused.
 */
export function isAllowedInContext(char: string, before: string, after: string): boolean {
  switch (char) {
    case ZWNJ:
    case ZWJ:
      return VIRAMA.test(before)
    case '\u00b7':
      return before.endsWith('l') && after.startsWith('l')
    case '\u0375':
      return /^\p{Script=Greek}/u.test(after)
    case '\u05f3':
    case '\u05f4':
      return /\p{Script=Hebrew}$/u.test(before)
    case '\u30fb':
      return /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u.test((before + after).replaceAll('\u30fb', ''))
    default:
      // Arabic-Indic digits and extended ones must not be mixed.
      return !(char < '\u06f0' ? /[\u06f0-\u06f9]/ : /[\u0660-\u0669]/).test(before + after)
  }
}
