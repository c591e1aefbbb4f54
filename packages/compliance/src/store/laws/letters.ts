const HEAD = 'From: a@example.org\r\nSubject: octets\r\n\r\n'

function everyOctet(): Uint8Array {
  const head = new TextEncoder().encode(HEAD)
  const bytes = new Uint8Array(head.length + 512)
  bytes.set(head)
  for (let at = 0; at < 512; at++) bytes[head.length + at] = at & 255
  return bytes
}

/** Messages that storage forms are known to change. */
export const LETTERS: readonly (readonly [title: string, wire: string | Uint8Array])[] = [
  ['ordinary', `${HEAD}Hello.\r\n`],
  ['empty', ''],
  ['one-octet', 'x'],
  ['only-line-end', '\r\n'],
  ['header-only', 'Subject: nothing follows\r\n\r\n'],
  ['header-without-its-blank-line', 'Subject: nothing follows\r\n'],
  ['body-only', '\r\nNo header at all.\r\n'],
  ['no-final-line-end', `${HEAD}The last line does not end`],
  ['eight-bit', `${HEAD}Grüße, 世界\r\n`],
  ['every-octet-twice', everyOctet()],
  ['nul', `${HEAD}a\0b\0\r\n\0`],
  ['bare-lf', `${HEAD}one\ntwo\nthree\r\nfour\n`],
  ['bare-cr', `${HEAD}one\rtwo\r\r\nthree\r`],
  ['lf-only', 'Subject: unix\n\nline\n'],
  ['ends-with-cr', `${HEAD}half a line end\r`],
  ['dots', `${HEAD}.\r\n..\r\n.x\r\n\r\n.\r\n`],
  ['mbox-from-lines', `${HEAD}From nobody Thu Jan  1 00:00:00 1970\r\n>From me\r\n>>From you\r\n`],
  ['long-line', `${HEAD}${'long '.repeat(30_000)}\r\n`],
  ['many-empty-lines', `${HEAD}${'\r\n'.repeat(5_000)}`],
  ['line-end-across-64-kib', `${HEAD}${'x'.repeat(65_536 - HEAD.length - 1)}\r\nnext\r\n`],
  ['status-fields', 'Status: RO\r\nX-Status: A\r\nX-UID: 7\r\nX-Keywords: \r\nX-IMAPbase: 1 7\r\n\r\n'],
]
