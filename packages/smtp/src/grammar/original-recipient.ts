import { latin1ToUtf8 } from '@mailwright/core'
import { decodePrintableXtext } from './xtext.js'

/**
 * Reads the value of ORCPT: `addr-type;address`, the address decoded; `undefined` when it is none. Characters are octets (latin1).
 *
 *     original-recipient-address = addr-type ";" xtext
 *     addr-type                  = atom
 *
 * RFC 3461 §4.2. An address of type `utf-8` is written otherwise, and may hold UTF-8 (RFC 6533 §3). Which types there are is not
 * looked at: registering a new one must not need a new server.
 */
export function originalRecipient(value: string): string | undefined {
  const [, type, address] = /^([A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+);(.*)$/.exec(value) ?? []
  if (type === undefined || address === undefined) return undefined
  const decoded = type.toLowerCase() === 'utf-8' ? decodeUnitext(address) : decodePrintableXtext(address)
  return decoded === undefined ? undefined : `${type};${decoded}`
}

/**
 *     utf-8-addr-unitext  = 1*(QUCHAR / EmbeddedUnicodeChar)
 *     QUCHAR              = QCHAR / UTF8-2 / UTF8-3 / UTF8-4
 *     QCHAR               = %x21-2a / %x2c-3c / %x3e-5b / %x5d-7e
 *     EmbeddedUnicodeChar = %x5C.78 "{" HEXPOINT "}"
 *
 * RFC 6533 §3. Control characters are refused in either form: nothing else could name a mailbox by them.
 */
function decodeUnitext(text: string): string | undefined {
  if (!/^(?:[!-*,-<>-[\]-~\x80-\xff]|\\x\{[0-9A-F]{2,6}\})+$/.test(text)) return undefined
  const plain = latin1ToUtf8(text)
  if (plain === undefined) return undefined
  const points = [...plain.matchAll(/\\x\{(.*?)\}/g)].map(([, digits = '']) => Number.parseInt(digits, 16))
  if (!points.every(isScalar)) return undefined
  const decoded = plain.replace(/\\x\{(.*?)\}/g, (_, digits: string) =>
    String.fromCodePoint(Number.parseInt(digits, 16)),
  )
  return /[\x00-\x1f\x7f-\x9f]/.test(decoded) ? undefined : decoded
}

/** A code point of Unicode that is no surrogate. */
function isScalar(point: number): boolean {
  return point <= 0x10ffff && (point < 0xd800 || point > 0xdfff)
}
