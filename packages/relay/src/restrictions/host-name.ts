import { parseAddress } from '@mailwright/core'

/**
 * Whether a text is a host's name, as Postfix sees it: labels of letters, digits, hyphens and underscores, at most 63 and 255 octets, and not all digits (RFC 1123 §2.1).
 *
 * @param characters `unicode`: U-labels are names too (RFC 5890 §2.3.2.1).
 */
export function isHostName(name: string, characters: 'ascii' | 'unicode'): boolean {
  const letter = characters === 'unicode' ? 'A-Za-z0-9_\\u0080-\\u{10ffff}' : 'A-Za-z0-9_'
  const label = new RegExp(`^(?!-)[${letter}-]{1,63}(?<!-)$`, 'u')
  return name.length <= 255 && name.split('.').every((each) => label.test(each)) && /[^\d.]/.test(name)
}

/** An address as it may stand for a host: `literal`, with `IPv6:` before IPv6 (RFC 5321 §4.1.3); `bare`, without. */
export function isMailHostAddress(text: string, form: 'literal' | 'bare'): boolean {
  const ipv6 = /^IPv6:(.+)$/i.exec(text)?.[1]
  if (ipv6 !== undefined) return form === 'literal' && ipv6.includes(':') && parseAddress(ipv6) !== undefined
  if (text.includes(':')) return form === 'bare' && parseAddress(text) !== undefined
  return parseAddress(text) !== undefined
}
