/** What a message has in it, as explanations ask. `octets`: as in the file, one octet a character. */

const FIELD = /^[!-9;-~]+[ \t]*:/

/**
 * Some header in it has a line that is neither a field nor the continuation of one. Every delimiter is taken to begin a header, and
 * what stands in a message/rfc822, or in a part of a digest, for a message.
 */
export function hasBrokenHeader(octets: string): boolean {
  const isDigest = /multipart\/digest/i.test(octets)
  let isHeader = true
  let isInField = false
  let type = ''
  let isPart = false
  for (const line of octets.split(/\r?\n/)) {
    const isDelimiter = line.startsWith('--')
    if (isDelimiter) {
      isHeader = isPart = true
      isInField = false
      type = ''
    } else if (line === '') {
      const isMessage =
        /^content-type\s*:\s*message\/(rfc822|global)/i.test(type) || (isDigest && isPart && type === '')
      isHeader = isHeader && isMessage
      isPart = isInField = false
      type = ''
    } else if (isHeader) {
      if (FIELD.test(line)) isInField = true
      else if (!/^[ \t]/.test(line) || !isInField) return true
      if (/^content-type/i.test(line)) type = line
    }
  }
  return false
}

/** A field that may stand once stands twice in one header. */
export function hasDoubledField(octets: string): boolean {
  const names = /^(date|from|sender|reply-to|subject|message-id|in-reply-to|content-[a-z0-9-]+)[ \t]*:/gim
  return octets.split(/\r?\n\r?\n/).some((block) => {
    const found = [...block.matchAll(names)].map(([, name]) => name?.toLowerCase())
    return new Set(found).size < found.length
  })
}

/** No field `Date` in the form of today, or a day that no calendar has. */
export function hasOddDate(octets: string): boolean {
  const value = /^date[ \t]*:(.*(?:\n[ \t].*)*)/im.exec(header(octets))?.[1] ?? ''
  const form =
    /^\s*(?:[A-Z][a-z]{2},)? ?(?:0?[1-9]|[12]\d|30) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (?:20[0-2]\d|19[7-9]\d) (?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)? [+-](?:0\d|1[0-4])\d\d\s*$/
  return !form.test(value) || / (?:29|30) Feb /.test(value)
}

/** Header and body are not apart. */
export function hasNoBlankLine(octets: string): boolean {
  return !/(^|\n)\r?\n/.test(octets)
}

/** Some Content-Type says no type and subtype, or they are followed by what is no parameter. */
export function hasOddType(octets: string): boolean {
  const types = [...octets.matchAll(/^content-type[ \t]*:(.*(?:\n[ \t].*)*)/gim)].map(([, value]) => value ?? '')
  return types.some((value) => !/^\s*[a-z0-9.-]+\/[a-z0-9.+-]+\s*(?:;.*)?$/is.test(value))
}

/** Some multipart says no boundary of the characters of RFC 2046 §5.1.1, quoted where it must be. */
export function hasOddBoundary(octets: string): boolean {
  const types = [...octets.matchAll(/^content-type[ \t]*:\s*multipart\b(.*(?:\n[ \t].*)*)/gim)].map(
    ([, value]) => value ?? '',
  )
  return types.some((value) => {
    const found = /;\s*boundary=(?:"([^"]*)"|([^\s;()<>@,:\\"/[\]?=]+))\s*(?:;(?!\s*boundary)|$)/i.exec(value)
    const boundary = found?.[1] ?? found?.[2] ?? ''
    return !/^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/.test(boundary) || boundary.startsWith(' ')
  })
}

/** A boundary that another line than its own delimiters begins with: another boundary, or text. */
export function hasBoundaryAsPrefix(octets: string): boolean {
  const found = [...octets.matchAll(/boundary="?([^";\r\n]+)"?/gi)].map(([, boundary]) => boundary ?? '')
  return found.some((boundary, at) => found.some((other, index) => index !== at && `${other}--`.startsWith(boundary)))
}

/** A delimiter stands right below the fields of a header. */
export function hasDelimiterBelowField(octets: string): boolean {
  return /:[^\n]*\n--/.test(octets)
}

/** An encoding that is none, or damage to one. */
export function hasOddEncoding(octets: string): boolean {
  const encodings = [...octets.matchAll(/^content-transfer-encoding[ \t]*:(.*)/gim)].map(([, value]) => value ?? '')
  return (
    encodings.length > 1 ||
    encodings.some((value) => !/^\s*(7bit|8bit|binary|quoted-printable)\s*$/i.test(value)) ||
    /=(?![0-9A-F]{2}|[ \t]*\r?\n)/.test(octets)
  )
}

/** Octets beyond ASCII, or encoded words that are in no known charset, in two halves, or in a language. */
export function hasOddWords(octets: string): boolean {
  return /[\x80-\xff]|=\?[^?\s]*\*|=\?x-unknown|\?=\s+=\?/i.test(octets)
}

/** Delimiters directly one after the other, or behind a header. */
export function hasEmptyPart(octets: string): boolean {
  return /(^|\n)--[^\n]*\n(?:[^\r\n:]+:[^\n]*\n)*(?:\r?\n)*--/.test(octets)
}

function header(octets: string): string {
  const end = octets.search(/(^|\n)\r?\n/)
  return end < 0 ? octets : octets.slice(0, end)
}
