import {
  hasBoundaryAsPrefix,
  hasBrokenHeader,
  hasDelimiterBelowField,
  hasDoubledField,
  hasEmptyPart,
  hasNoBlankLine,
  hasOddBoundary,
  hasOddDate,
  hasOddEncoding,
  hasOddType,
  hasOddWords,
} from './content-tests.js'
import type { Explanation } from './explanation.js'

const PARAMETERS = /^BODY(STRUCTURE)?(\.\d+|\.body)*\.(parameters|disposition\.2)(\.\d+)?$/
const ADDRESSES = /^(ENVELOPE|BODY(STRUCTURE)?\b.*\.envelope)\.(from|sender|replyTo|to|cc|bcc)/

/** Every way in which our answers differ from those of Dovecot 2.3. The first that fits counts. */
export const EXPLANATIONS: readonly Explanation[] = [
  // What is not there.
  {
    what: /^(BODY|BINARY)\[[\d.]+[^\]]*\]/,
    ours: /^NIL$/,
    theirs: /^""$/,
    source: 'RFC 3501 §4.5',
    right: 'ours',
    why: 'NIL says that the message has no such part, or the part no such text; the empty string is a text that is there and empty.',
  },
  {
    what: /^BODY\[HEADER\.FIELDS/,
    fits: isEnd,
    where: hasNoBlankLine,
    source: 'RFC 3501 §6.4.5',
    right: 'ours',
    why: 'The blank line is in all headers, except of a message that has no body and no blank line; and what is given is as it stands.',
  },
  {
    what: /^BODY\[[\d.]+HEADER\.FIELDS/,
    fits: isEnd,
    source: 'RFC 3501 §6.4.5',
    right: 'ours',
    why: 'So it is of an enclosed message that a delimiter ends within its header.',
  },
  {
    what: /^BODY\[1(\.1)+\]/,
    ours: /^NIL$/,
    where: (octets) => /^(Content-Type: message\/rfc822\s[\s\S]*){3}/im.test(octets),
    source: 'RFC 3501 §6.4.5',
    right: 'ours',
    why: 'Every message/rfc822 adds one number, for its part 1, and a part that is neither multipart nor message has none below it: Dovecot takes one too many.',
  },
  {
    what: /^BODY\[[\d.]*(MIME|HEADER)/,
    where: hasEmptyPart,
    source: 'RFC 2046 §5.1.1',
    right: 'both',
    why: 'Of a line end between a header and a delimiter only one is there for two: ours ends the header, Dovecot gives it to the delimiter.',
  },
  {
    what: /(octets|lines)$/,
    fits: (ours, theirs) => Number(theirs) - Number(ours) === 2 || Number(theirs) - Number(ours) === 1,
    source: 'RFC 2046 §5.1.1',
    right: 'ours',
    why: 'The line end before a delimiter belongs to it, also where the delimiter is that of an outer multipart; Dovecot counts it to what it ends.',
  },
  {
    what: /^BODY\[[\d.]+(TEXT)?\]$/,
    fits: (ours, theirs) => theirs === `${ours.slice(0, -1)}\\r\\n"`,
    source: 'RFC 2046 §5.1.1',
    right: 'ours',
    why: 'The line end before a delimiter belongs to it, also where the delimiter is that of an outer multipart; Dovecot gives it to what it ends.',
  },
  // How headers end, and what of them counts.
  {
    what: /^(ENVELOPE|BODYSTRUCTURE|BODY|BINARY)\b/,
    where: hasDoubledField,
    source: 'RFC 5322 §3.6',
    right: 'both',
    why: 'Of a field that may stand once and stands twice ours is the first, Dovecot the last.',
  },
  {
    what: /^ENVELOPE\.(subject|from|to|cc)/,
    fits: (ours, theirs) => ours !== theirs && ours.replace(/( |\\t|\\r)+/g, ' ') === theirs,
    source: 'RFC 5322 §2.2.3',
    right: 'ours',
    why: 'Unfolding takes line ends away and nothing else: two spaces stay two, a TAB a TAB; Dovecot makes one space of them.',
  },
  // Content-Type and its kin.
  {
    what: /^(BODY|BINARY|SEARCH)/,
    where: (octets) => /^content-type:\s*message\/global/im.test(octets),
    source: 'RFC 6532 §3.7',
    right: 'ours',
    why: 'message/global is a message as message/rfc822 is, with an envelope and parts of its own; Dovecot 2.3 takes it for a file.',
  },
  {
    what: /^BODY(STRUCTURE)?(\.\d+|\.body)*(\.(type|subtype|encoding)|\.disposition\.1|\.(parameters|disposition\.2)(\.\d*[13579])?)$/,
    fits: (ours, theirs) => ours !== theirs && ours.toLowerCase() === theirs.toLowerCase(),
    source: 'RFC 2045 §5.1',
    right: 'both',
    why: 'Types, encodings and names of parameters are the same in any case.',
  },
  {
    what: /^(BODY|BINARY|SEARCH)/,
    where: hasOddType,
    source: 'RFC 2045 §5.2',
    right: 'ours',
    why: 'A Content-Type that cannot be read counts as text/plain, and is searched as such; Dovecot shows a type without a name.',
  },
  {
    what: /^(BODY|BINARY|SEARCH)/,
    where: hasOddBoundary,
    source: 'RFC 2046 §5.1.1',
    right: 'both',
    why: 'A multipart without a boundary that could be one has no parts: ours is plain text (RFC 2045 §5.2), Dovecot makes one empty part, or takes of the boundary what it can.',
  },
  {
    what: /^(BODY|BINARY|SEARCH)/,
    where: hasBoundaryAsPrefix,
    source: 'RFC 2046 §5.1.2',
    right: 'ours',
    why: 'Of two delimiters that fit a line the longer is meant, that of an outer multipart too; Dovecot takes the inner.',
  },
  {
    what: /^BODY(STRUCTURE)?(\.\d+|\.body)*\.encoding$/,
    ours: /^"(base64|quoted-printable|\d)"$/,
    theirs: /^"7bit"$/,
    source: 'RFC 2045 §6.1',
    right: 'both',
    why: 'An encoding in quotes, or with parameters behind it, is none: ours is what is meant, Dovecot says 7bit.',
  },
  {
    what: /^BODY(STRUCTURE)?(\.\d+|\.body)*\.(id|description|md5|location)$/,
    ours: /^NIL$/,
    theirs: /^""$/,
    source: 'RFC 9051 §7.5.2',
    right: 'both',
    why: 'A field without content says nothing of the part: ours counts as absent. Only for the envelope is the empty string asked for.',
  },
  {
    what: /\.disposition(\.1)?$/,
    theirs: /^\(?""/,
    source: 'RFC 2183 §2',
    right: 'ours',
    why: 'A disposition has a type: one in quotes is read, one without is none; Dovecot shows a type without a name.',
  },
  {
    what: /\.language\.\d+$/,
    fits: isCut,
    source: 'RFC 3282 §2',
    right: 'both',
    why: 'Language tags without a comma between them are none.',
  },
  {
    what: /\.location$/,
    theirs: / /,
    source: 'RFC 2557 §4.4',
    right: 'ours',
    why: 'A URI holds no white space: what is there came by folding, and goes.',
  },
  // Parameters.
  {
    what: PARAMETERS,
    ours: /"name\*00"/,
    theirs: /"ab"/,
    source: 'RFC 2231 §3',
    right: 'ours',
    why: 'Sections are numbered without leading zeros: `name*00` is no continuation.',
  },
  {
    what: PARAMETERS,
    fits: (ours, theirs) => isExtended(ours) || isExtended(theirs),
    source: 'RFC 2231 §4',
    right: 'both',
    why: 'Extended values are shown in UTF-8 (RFC 9051 §7.5.2) and written anew, their continuations joined up to a gap; Dovecot leaves them in their charset.',
  },
  {
    what: PARAMETERS,
    fits: (ours, theirs) => isCut(ours, theirs) || theirs === 'NIL' || ours === 'NIL',
    source: 'RFC 2045 §5.1',
    right: 'both',
    why: 'What should be in quotes and is not, or has no name, value or end: ours reads a value up to the semicolon, Dovecot up to the first character that may not be there.',
  },
  {
    what: PARAMETERS,
    fits: (ours, theirs) => theirs.toLowerCase().startsWith(ours.slice(0, -1).toLowerCase()),
    source: 'RFC 2045 §5.1',
    right: 'both',
    why: 'A parameter that stands twice has two values, or none: ours is the first (the one that is used, as a boundary is), Dovecot shows both.',
  },
  // Addresses.
  {
    what: ADDRESSES,
    fits: (ours, theirs) =>
      ours === named(theirs.replaceAll(/ ?\(NIL NIL "MISSING_MAILBOX" "MISSING_DOMAIN"\) ?/g, ' ')),
    source: 'RFC 5322 §4.4',
    right: 'ours',
    why: 'Members of a list that are not there count as nothing; Dovecot makes an address of each.',
  },
  {
    what: ADDRESSES,
    theirs: /"SYNTAX_ERROR"|"INVALID_ROUTE"/,
    source: 'RFC 5322 §3.4',
    right: 'both',
    why: 'What is no address: Dovecot marks it, ours is what can be recognised.',
  },
  {
    what: ADDRESSES,
    in: /^(address|damaged|truncated|words|handmade)/,
    source: 'RFC 5322 §4.4',
    right: 'both',
    why: 'Obsolete and broken lists: ours reads local parts with white space or quotes around dots, and loses no address behind a mistake; Dovecot stops at what it cannot read, or makes a name of it.',
  },
  {
    what: /^(BODY|BINARY|SEARCH)/,
    where: hasDelimiterBelowField,
    source: 'RFC 2046 §5.1.1',
    right: 'both',
    why: 'A delimiter right below the fields of a header, without a blank line: ours ends the header there, Dovecot takes it for one of its lines.',
  },
  {
    what: /^ENVELOPE\./,
    fits: (ours, theirs) => ours === theirs.replaceAll('\u00ef\u00bf\u00bd', ''),
    source: 'RFC 3501 §9',
    right: 'both',
    why: 'NUL cannot be sent: ours leaves it out of the envelope, Dovecot puts U+FFFD in its place.',
  },
  // Searches.
  {
    what: /^SEARCH (NOT |OR )?(SENTBEFORE|SENTON|SENTSINCE)/,
    where: hasOddDate,
    source: 'RFC 3501 §6.4.4',
    right: 'ours',
    why: 'Without a Date field that can be read nothing was sent on a day; Dovecot takes 1970, or what the arithmetic of its clock makes of it.',
  },
  {
    what: /^SEARCH (NOT |OR SUBJECT lunch )?(BODY|TEXT)/,
    where: (octets) => /message\/rfc822|multipart\/digest/i.test(octets),
    source: 'RFC 3501 §6.4.4',
    right: 'ours',
    why: 'The header of a message that is in the body is of the body; Dovecot looks only into texts.',
  },
  {
    what: /^SEARCH (NOT |OR SUBJECT lunch )?(BODY|TEXT)|^SEARCH BODY quarterly TEXT/,
    where: hasOddEncoding,
    source: 'RFC 2045 §6.4',
    right: 'both',
    why: 'An encoding nobody knows, or one that is damaged: ours searches what can be read, Dovecot nothing of it, or up to the damage.',
  },
  {
    what: /^SEARCH /,
    where: hasOddWords,
    source: 'RFC 2047 §6.2',
    right: 'both',
    why: 'Octets without a charset, encoded words in two halves, in a language (RFC 2231 §5) or an unknown charset: ours finds what a reader would be shown, Dovecot none of them.',
  },
  {
    what: /^SEARCH (FROM|TO|CC|BCC|CHARSET UTF-8 CC) /,
    in: /^(address|damaged|truncated|headers|words|handmade)/,
    source: 'RFC 5322 §4.4',
    right: 'both',
    why: 'The envelope is searched, and for lists that are obsolete or broken the two envelopes differ (see above); Dovecot also finds the words it puts where something is missing.',
  },
  // What is decoded.
  {
    what: /^BINARY\[/,
    theirs: /^closed/,
    source: 'RFC 3516 §4.3',
    right: 'ours',
    why: 'Damaged base64 is decoded as far as it goes; Dovecot has promised octets that do not come, and closes the connection.',
  },
  {
    what: /^BINARY\[/,
    where: hasOddEncoding,
    theirs: /^NO \[(PARSE|UNKNOWN-CTE)\]/,
    source: 'RFC 3516 §4.3',
    right: 'both',
    why: 'Damaged base64 and quoted-printable is decoded as far as it goes; Dovecot refuses, and for every part of a message in which one has an encoding that is damaged or unknown.',
  },
  // Orders.
  {
    what: /^SORT .*DATE/,
    where: hasOddDate,
    source: 'RFC 5256 §2.2',
    right: 'both',
    why: 'Of dates that are none, or in no form of RFC 5322, the servers understand different parts; what nobody can read sorts by its arrival.',
  },
  {
    what: /^SORT .*(FROM|TO|CC)/,
    in: /^(address|damaged|truncated|headers|words|handmade)/,
    source: 'RFC 5256 §3',
    right: 'both',
    why: 'The mailbox of the first address is compared, and for lists that are obsolete or broken it differs (see above).',
  },
  {
    what: /^(SORT .*SUBJECT|THREAD)/,
    where: (octets) => hasOddWords(octets) || /^subject:.*(=\?|\0)/im.test(octets),
    source: 'RFC 5256 §2.1',
    right: 'both',
    why: 'Subjects with octets without a charset or NUL, or with encoded words in two halves, malformed, in a language or an unknown charset, read differently (see SEARCH).',
  },
  // What is left.
  {
    what: /^(BODY|BINARY|ENVELOPE|SEARCH|SORT|THREAD)/,
    where: hasBrokenHeader,
    source: 'RFC 5322 §2.1',
    right: 'both',
    why: 'A header with lines that are no fields: where the first is none, as of text typed without a header, ours is all body, so that the text is seen; Dovecot takes all up to the next blank line for a header.',
  },
]

/** Text that is cut off somewhere. */
function isCut(ours: string, theirs: string): boolean {
  return ours.startsWith(theirs.slice(0, -1)) && ours.length > theirs.length
}

function isExtended(value: string): boolean {
  return /''|%[0-9A-Fa-f]{2}|\*\d|name\*/.test(value)
}

/** The same text, but for the line ends behind it. */
function isEnd(ours: string, theirs: string): boolean {
  const bare = (text: string): string => text.replace(/(\\r|\\n)*"$/, '')
  return bare(ours) === bare(theirs)
}

/** A list of which members were taken away; NIL when none is left. */
function named(list: string): string {
  const text = list.replaceAll('( ', '(').replaceAll(' )', ')').replaceAll('  ', ' ')
  return text === '()' || text === '( )' ? 'NIL' : text
}
