const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,'

/** Sextet of each US-ASCII character of the alphabet; -1 for the others. */
const SEXTETS = Int8Array.from({ length: 128 }, (_, code) => ALPHABET.indexOf(String.fromCharCode(code)))

/** A run that may not represent itself: everything but the printable US-ASCII characters. */
const ENCODED_RUN = /[^\u0020-\u007e]+/g

/** Text that is printable US-ASCII and holds no shift: the same in both forms. */
const PLAIN = /^[\u0020-\u0025\u0027-\u007e]*$/

/**
 * Writes Unicode text as modified UTF-7, the mailbox names of IMAP4rev1 and of Maildir++ folders.
 *
 * @returns printable US-ASCII, or `undefined` when `text` holds a lone surrogate, which no encoding of Unicode has.
 * @see RFC 3501 §5.1.3
 */
export function encodeModifiedUtf7(text: string): string | undefined {
  if (PLAIN.test(text)) return text
  if (/\p{Surrogate}/u.test(text)) return undefined
  return text.replaceAll('&', '&-').replace(ENCODED_RUN, (run) => `&${encodeRun(run)}-`)
}

/**
 * Reads modified UTF-7. Strict, so that a name has exactly one form: null shifts, printable US-ASCII inside a shift,
 * a missing end of shift, left-over bits and 8-bit characters are refused.
 *
 * @returns the text, or `undefined` when `encoded` is malformed.
 * @see RFC 3501 §5.1.3
 */
export function decodeModifiedUtf7(encoded: string): string | undefined {
  if (PLAIN.test(encoded)) return encoded
  let text = ''
  let at = 0
  while (at < encoded.length) {
    const shift = encoded.indexOf('&', at)
    const plain = encoded.slice(at, shift < 0 ? encoded.length : shift)
    if (!PLAIN.test(plain)) return undefined
    text += plain
    if (shift < 0) return text
    const end = encoded.indexOf('-', shift)
    if (end < 0) return undefined
    at = end + 1
    if (end === shift + 1) {
      text += '&'
      continue
    }
    const run = decodeRun(encoded, shift + 1, end)
    // A shift right after this one is a null shift unless it stands for "&" itself.
    if (run === undefined || (encoded[at] === '&' && encoded[at + 1] !== '-')) return undefined
    text += run
  }
  return text
}

/** UTF-16BE of `run` in base64 without padding. */
function encodeRun(run: string): string {
  let encoded = ''
  let bits = 0
  let held = 0
  for (let at = 0; at < run.length; at++) {
    held = ((held & 0x3f) << 16) | run.charCodeAt(at)
    bits += 16
    while (bits >= 6) {
      bits -= 6
      encoded += ALPHABET.charAt((held >>> bits) & 0x3f)
    }
  }
  return bits === 0 ? encoded : encoded + ALPHABET.charAt((held << (6 - bits)) & 0x3f)
}

function decodeRun(encoded: string, start: number, end: number): string | undefined {
  let text = ''
  let bits = 0
  let held = 0
  for (let at = start; at < end; at++) {
    const sextet = SEXTETS[encoded.charCodeAt(at)] ?? -1
    if (sextet < 0) return undefined
    held = ((held & 0xffff) << 6) | sextet
    bits += 6
    if (bits < 16) continue
    bits -= 16
    const unit = (held >>> bits) & 0xffff
    if (unit === 0 || (unit >= 0x20 && unit <= 0x7e)) return undefined
    text += String.fromCharCode(unit)
  }
  const isWhole = bits < 6 && (held & ((1 << bits) - 1)) === 0
  return isWhole && !/\p{Surrogate}/u.test(text) ? text : undefined
}
