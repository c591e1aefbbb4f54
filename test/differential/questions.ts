import type { ImapValue } from './imap-value.js'

/** Asked of every message at once. */
export const OF_EVERY_MESSAGE: readonly string[] = [
  'UID',
  'FLAGS',
  'INTERNALDATE',
  'RFC822.SIZE',
  'ENVELOPE',
  'BODY',
  'BODYSTRUCTURE',
  'BODY.PEEK[HEADER.FIELDS (From Subject X-Odd Content-Type)]',
  'BODY.PEEK[HEADER.FIELDS (Subject)]<3.20>',
  'BODY.PEEK[HEADER.FIELDS (Nobody-Has-This)]',
  'BODY.PEEK[HEADER.FIELDS.NOT (From To Date)]',
]

/** Asked of each message by itself: what is in it, and what is not. */
export const OF_EACH_MESSAGE: readonly string[] = [
  'BODY.PEEK[]',
  'BODY.PEEK[HEADER]',
  'BODY.PEEK[TEXT]',
  'BODY.PEEK[]<0.40>',
  'BODY.PEEK[]<100000.5>',
  'BODY.PEEK[TEXT]<7.11>',
  'BODY.PEEK[99]',
  'BODY.PEEK[99.MIME]',
  'BODY.PEEK[1.1.1.1.1.1]',
]

/** Asked of every part that one of the servers sees. */
export function ofPart(part: string): readonly string[] {
  return ['', '.MIME', '.HEADER', '.TEXT', '.HEADER.FIELDS (Subject Content-Type)', '.HEADER.FIELDS.NOT (Subject)']
    .map((text) => `BODY.PEEK[${part}${text}]`)
    .concat(`BODY.PEEK[${part}]<2.9>`)
}

/** As much of a message of many parts as is asked for. */
const PARTS = 24

/** A part of a message. */
export interface PartNumber {
  readonly number: string
  /** It holds no other: neither a multipart nor a message. */
  readonly isLeaf: boolean
}

/** The parts of a body structure (RFC 3501 §6.4.5): some of them, spread, where there are very many. */
export function partNumbers(structure: ImapValue | undefined): readonly PartNumber[] {
  const parts: PartNumber[] = []
  const open: { readonly body: ImapValue; readonly number: string; readonly isMessage: boolean }[] = []
  if (structure !== undefined) open.push({ body: structure, number: '', isMessage: true })
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { body, number, isMessage } = next
    if (body.kind !== 'list') continue
    const within = number === '' ? '' : `${number}.`
    if (body.items[0]?.kind === 'list') {
      if (!isMessage) parts.push({ number, isLeaf: false })
      const inside = body.items.slice(
        0,
        body.items.findIndex((item) => item.kind !== 'list'),
      )
      for (const [at, part] of inside.entries())
        open.push({ body: part, number: `${within}${at + 1}`, isMessage: false })
      continue
    }
    const own = isMessage ? `${within}1` : number
    // body-type-msg: the enclosed message's structure is the ninth.
    const enclosed = body.items[8]
    const isEnclosing = enclosed?.kind === 'list' && body.items[7]?.kind === 'list'
    parts.push({ number: own, isLeaf: !isEnclosing })
    if (isEnclosing) open.push({ body: enclosed, number: own, isMessage: true })
  }
  const step = Math.ceil(parts.length / PARTS)
  return parts.filter((_, at) => at % step === 0)
}

/** What of a part is decoded. */
export function ofPartDecoded(part: string): readonly string[] {
  return [`BINARY.PEEK[${part}]`, `BINARY.PEEK[${part}]<1.7>`, `BINARY.SIZE[${part}]`]
}

/** Among all messages; {@link SORTS_OF_DATED} among those whose dates all servers read. */
export const SORTS: readonly string[] = [
  'ARRIVAL',
  'CC',
  'DATE',
  'FROM',
  'SIZE',
  'SUBJECT',
  'TO',
  'DISPLAYFROM',
  'DISPLAYTO',
  'REVERSE DATE',
  'REVERSE SUBJECT REVERSE SIZE',
]

export const SORTS_OF_DATED: readonly string[] = ['DATE', 'SUBJECT REVERSE DATE', 'REVERSE SIZE']

export const THREADS: readonly string[] = ['ORDEREDSUBJECT', 'REFERENCES', 'REFS']

/** Searches; words of `families` are in headers, in bodies, encoded, and where a search should not look. */
export const SEARCHES: readonly string[] = [
  ...['quarterly', 'QUARTERLY', 'xylophone', 'zyzzyva', 'two three'].flatMap((word) =>
    ['SUBJECT', 'BODY', 'TEXT', 'FROM', 'TO'].map((key) => `${key} "${word}"`),
  ),
  ...['report', 'he', '<p>', 'hidden-name'].flatMap((word) => [`SUBJECT "${word}"`, `TEXT "${word}"`]),
  ...['caf\u00e9', 'Gr\u00fc\u00dfe', '\u65e5\u672c'].flatMap((word) =>
    ['SUBJECT', 'BODY', 'TEXT', 'CC'].map((key) => `CHARSET UTF-8 ${key} ${literal(word)}`),
  ),
  ...['\u041f\u0440\u0438', 'cafe', 'CAF\u00c9', 'gru\u00df', 'fish', '\u201cquarterly'].flatMap((word) =>
    ['SUBJECT', 'BODY', 'CC'].map((key) => `CHARSET UTF-8 ${key} ${literal(word)}`),
  ),
  ...['alpha', '@', 'example.com', 'A B', 'a@b', 'G', 'root', '', '<', 'quoted', 'mailto'].flatMap((word) =>
    ['FROM', 'TO', 'CC', 'BCC'].map((key) => `${key} "${word}"`),
  ),
  ...['Message-ID', 'Content-Type', 'Subject', 'Sender', 'Reply-To', 'References', 'In-Reply-To'].flatMap((field) =>
    ['', 'a', 'example', 'text/', 'x'].map((word) => `HEADER ${field} "${word}"`),
  ),
  ...['X-Odd', 'Resent-To', 'X-Part-Header'].flatMap((field) => ['', 'a'].map((word) => `HEADER ${field} "${word}"`)),
  ...['31-May-2020', '1-Jun-2020', '2-Jun-2020', '1-Jan-1970', '10-Jul-2021'].flatMap((day) =>
    ['SENTBEFORE', 'SENTON', 'SENTSINCE', 'BEFORE', 'ON', 'SINCE'].map((key) => `${key} ${day}`),
  ),
  ...[0, 1, 200, 300, 500, 1_000].flatMap((size) => [`LARGER ${size}`, `SMALLER ${size}`]),
  ...['ALL', 'SEEN', 'UNSEEN', 'ANSWERED', 'FLAGGED', 'UNFLAGGED', 'DELETED', 'DRAFT', 'RECENT', 'OLD', 'NEW'],
  'NOT BODY quarterly',
  'OR SUBJECT lunch BODY lunch',
  'NOT (OR SEEN FLAGGED) SUBJECT report',
  'BODY quarterly TEXT xylophone',
  '1:50 UNSEEN',
  'UID 10:60 NOT SEEN',
]

function literal(text: string): string {
  const octets = Buffer.from(text).toString('latin1')
  return `{${octets.length}+}\r\n${octets}`
}
