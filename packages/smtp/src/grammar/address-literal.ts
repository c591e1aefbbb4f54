/**
 *     address-literal = "[" ( IPv4-address-literal / IPv6-address-literal / General-address-literal ) "]"
 *
 * RFC 5321 §4.1.3. A general literal begins with a tag that is registered for it, and IPv6 is the only one that ever was; so
 * `[2001:db8::1]` is none.
 */
export function isAddressLiteral(text: string): boolean {
  if (!text.startsWith('[') || !text.endsWith(']')) return false
  const inside = text.slice(1, -1)
  if (/^IPv6:/i.test(inside)) return isIpv6(inside.slice('IPv6:'.length))
  return isIpv4(inside)
}

/** An IP address in the form it has in an envelope or a `Received` field: `[192.0.2.1]`, `[IPv6:2001:db8::1]`. */
export function addressLiteral(address: string): string {
  return address.includes(':') ? `[IPv6:${address}]` : `[${address}]`
}

/**
 *     IPv4-address-literal = Snum 3("."  Snum)
 *     Snum                 = 1*3DIGIT ; 0 through 255
 */
function isIpv4(text: string): boolean {
  const numbers = text.split('.', 5)
  return numbers.length === 4 && numbers.every((number) => /^\d{1,3}$/.test(number) && Number(number) <= 255)
}

/**
 *     IPv6-addr = IPv6-full / IPv6-comp / IPv6v4-full / IPv6v4-comp
 *     IPv6-hex  = 1*4HEXDIG
 *
 * RFC 5321 §4.1.3: "::" stands at most once and for at least two groups; an IPv4 address may stand for the last two.
 */
function isIpv6(text: string): boolean {
  const tail = text.lastIndexOf(':') + 1
  const isMixed = text.includes('.', tail)
  if (isMixed && !isIpv4(text.slice(tail))) return false
  // The IPv4 part counts as two groups.
  const hex = isMixed ? `${text.slice(0, tail)}0:0` : text
  const halves = hex.split('::', 3)
  if (halves.length > 2) return false
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':', 9)))
  if (!groups.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return false
  return halves.length === 1 ? groups.length === 8 : groups.length <= 6
}
