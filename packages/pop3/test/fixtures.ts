/** Messages of one maildrop, each one octet a character. */
export const FIXTURES: { readonly [name: string]: readonly string[] } = {
  empty: [],
  /** Sizes as in RFC 1939 §10. */
  rfc1939: [sized('first', 120), sized('second', 200)],
  /** Leading dots, and a last line without its end. */
  mixed: ['Subject: one\r\n\r\n.dot\r\n..two\r\nlast', 'Subject: two\r\nX: y\r\n\r\nbody\r\n'],
  lines: [
    `Subject: lines\r\nX-Long: a\r\n folded\r\n\r\n${lines(1, 12)}`,
    'Subject: header only\r\n',
    '\r\nno header\r\n',
    '',
    `Subject: wide\r\n\r\n${`${'x'.repeat(998)}\r\n`.repeat(200)}the end\r\n`,
  ],
  /** UTF-8 in a header; eight-bit text in a body only. */
  utf8: ['Subject: Gr\xc3\xbc\xc3\x9fe\r\n\r\nHallo\r\n', 'Subject: plain\r\n\r\nGr\xc3\xbc\xc3\x9fe\r\n'],
}

function sized(subject: string, octets: number): string {
  const header = `Subject: ${subject}\r\n\r\n`
  return `${header}${'x'.repeat(octets - header.length - 2)}\r\n`
}

function lines(from: number, to: number): string {
  let text = ''
  for (let number = from; number <= to; number++) text += `line ${number}\r\n`
  return text
}
