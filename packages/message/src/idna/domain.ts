/// <reference path="./punycode.d.ts" />
import punycode from 'punycode/punycode.js'
import { codePointClass, isAllowedInContext } from './code-points.js'

/** Octets of one label, and of a name. RFC 1035 §2.3.4, RFC 5321 §4.5.3.1.2. */
const LABEL_OCTETS = 63
const DOMAIN_OCTETS = 255

const ACE_PREFIX = 'xn--'

/** `Let-dig [Ldh-str]`; an underscore is not one of a mail domain's characters. RFC 5321 §4.1.2. */
const LDH = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/

/** `.` and what input methods write for it. RFC 3490 §3.1. */
const DOTS = /[.\u3002\uff0e\uff61]/

/**
 * A mail domain as the DNS and SMTP without SMTPUTF8 have it: A-labels, in lower case.
 *
 *     Domain = sub-domain *("." sub-domain)
 *     sub-domain =/ U-label
 *
 * RFC 5321 §4.1.2, RFC 6531 §3.3, RFC 5891 §5. What people type is mapped first: case, width, ideographic dots (RFC 5895 §2). Labels are then
 * checked by RFC 5892, but for its Arabic joining rule and for RFC 5893 on writing direction, which look-ups may leave out
 * (RFC 5891 §5.4). An address literal stands as it is.
 *
 * @returns `null` for what is no domain: an empty or long label, a disallowed character, an A-label that decodes to none.
 */
export function domainToAscii(domain: string): string | null {
  if (isLiteral(domain)) return domain
  // A code point gives at least one octet: a longer text is no name, and is not normalised.
  if (domain.length > DOMAIN_OCTETS) return null
  const labels: string[] = []
  for (const label of domain.split(DOTS)) {
    const ascii = labelToAscii(label.normalize('NFKC').toLowerCase().normalize('NFC'))
    if (ascii === null) return null
    labels.push(ascii)
  }
  const name = labels.join('.')
  return name.length > DOMAIN_OCTETS ? null : name
}

/**
 * A mail domain as people read it: A-labels decoded. A label that is no valid A-label stands as it is, so that what is
 * shown always means what was there. RFC 5891 §5.2, §5.5.
 */
export function domainToUnicode(domain: string): string {
  if (isLiteral(domain) || domain.length > DOMAIN_OCTETS) return domain
  return domain
    .split('.')
    .map((label) => unicodeLabel(label.toLowerCase()) ?? label)
    .join('.')
}

/** `address-literal = "[" … "]"`. RFC 5321 §4.1.3. */
function isLiteral(domain: string): boolean {
  return domain.startsWith('[') && domain.endsWith(']')
}

function labelToAscii(label: string): string | null {
  if (LDH.test(label)) {
    const isALabel = label.startsWith(ACE_PREFIX)
    // Hyphens in the third and fourth place are for A-labels only. RFC 5891 §5.4.
    if (label.length > LABEL_OCTETS || (isALabel ? unicodeLabel(label) === null : label.slice(2, 4) === '--'))
      return null
    return label
  }
  if (label.length > LABEL_OCTETS || /^[\0-\x7f]*$/.test(label) || !isULabel(label)) return null
  const ascii = ACE_PREFIX + punycode.encode(label)
  return ascii.length > LABEL_OCTETS ? null : ascii
}

/** The U-label of an A-label; `null` when it is none. RFC 5891 §5.4: both forms must give each other. */
function unicodeLabel(label: string): string | null {
  if (!label.startsWith(ACE_PREFIX) || label.length > LABEL_OCTETS) return null
  try {
    const decoded = punycode.decode(label.slice(ACE_PREFIX.length))
    return isULabel(decoded) && ACE_PREFIX + punycode.encode(decoded) === label ? decoded : null
  } catch {
    // RangeError: not Punycode.
    return null
  }
}

/** Whether a label beyond ASCII is valid. RFC 5891 §4.2.3, §5.4. */
function isULabel(label: string): boolean {
  if (label !== label.normalize('NFC') || /^[\0-\x7f]*$/.test(label)) return false
  if (label.startsWith('-') || label.endsWith('-') || label.slice(2, 4) === '--' || /^\p{M}/u.test(label)) return false
  let at = 0
  for (const char of label) {
    const before = label.slice(0, at)
    at += char.length
    const kind = codePointClass(char)
    if (kind === 'disallowed' || (kind === 'contextual' && !isAllowedInContext(char, before, label.slice(at))))
      return false
  }
  return true
}
