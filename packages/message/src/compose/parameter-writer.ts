import { fromUtf8, HostError, latin1 } from '@mailwright/core'

/** `token` of RFC 2045 §5.1. */
const TOKEN = /^[!#$%&'*+\-.0-9A-Z^_`a-z{|}~]+$/

/** Characters of one parameter, name included: with a space before and a semicolon behind a folded line stays within 78. */
const PARAMETER_CHARACTERS = 75

/**
 * Writes a parameter of Content-Type or Content-Disposition: `; name=value`, each piece of a long or extended value with its own
 * `; name*n*=`. Fold with `writeField`.
 *
 *     extended-initial-value := [charset] "'" [language] "'" extended-other-values
 *
 * RFC 2045 §5.1, RFC 2231 §3, §4. Beyond ASCII the value is written in UTF-8.
 *
 * @throws {HostError} for a name that is no attribute, and for control characters.
 */
export function writeParameter(name: string, value: string): string {
  if (!/^[!#$&+\-.0-9A-Z^_`a-z{|}~]+$/.test(name)) throw new HostError(`not a parameter: ${JSON.stringify(name)}`)
  if (/[\0-\x1f\x7f]/.test(value)) throw new HostError(`control character in the parameter ${name}`)
  if (/^[\x20-\x7e]*$/.test(value)) {
    const plain = `${name}=${TOKEN.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`}`
    if (plain.length <= PARAMETER_CHARACTERS) return `; ${plain}`
  }
  const pieces: string[] = []
  let piece = "utf-8''"
  for (const char of value) {
    const encoded = latin1(fromUtf8(char)).replace(/[^A-Za-z0-9!#$&+\-.^_`{|}~]/g, (octet) => {
      return `%${octet.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
    })
    const isFull = `${name}*${pieces.length}*=${piece}${encoded}`.length > PARAMETER_CHARACTERS
    if (isFull) {
      pieces.push(piece)
      piece = ''
    }
    piece += encoded
  }
  if (pieces.length === 0) return `; ${name}*=${piece}`
  return [...pieces, piece].map((text, index) => `; ${name}*${index}*=${text}`).join('')
}
