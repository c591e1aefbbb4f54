import { type Draw, type Family, message, written } from '../hard-message.js'
import { leaf, multipart } from './structure.js'

/** Delimiters that are missing, alike, prefixes of each other, or dressed up. */
export const boundaries: Family = {
  name: 'boundaries',
  count: 72,
  make: (draw, at) => CASES[at % CASES.length]?.(draw) ?? '',
}

const part = (draw: Draw): string => written(leaf(draw))

const CASES: readonly ((draw: Draw) => string)[] = [
  // No parameter, an empty one, one of spaces.
  (draw) => message(draw, { fields: ['Content-Type: multipart/mixed'], body: `--x\n${part(draw)}\n--x--\n` }),
  (draw) =>
    message(draw, { fields: ['Content-Type: multipart/mixed; boundary=""'], body: `--\n${part(draw)}\n----\n` }),
  (draw) => message(draw, { fields: ['Content-Type: multipart/mixed; boundary="  "'], body: `--  \n${part(draw)}\n` }),
  // The inner one begins as the outer one does, and the other way round.
  (draw) => nestedAs(draw, 'a', 'ab'),
  (draw) => nestedAs(draw, 'ab', 'a'),
  (draw) => nestedAs(draw, 'a', 'a'),
  (draw) => nestedAs(draw, 'x', 'x--'),
  (draw) => nestedAs(draw, 'x--', 'x'),
  // The same one among siblings.
  (draw) =>
    message(
      draw,
      multipart(
        draw,
        'mixed',
        draw.times(2, () => written(multipart(draw, 'mixed', [part(draw), part(draw)], { boundary: 'twin' }))),
        { boundary: 'outer' },
      ),
    ),
  // Never closed, the inner one or both.
  (draw) => message(draw, multipart(draw, 'mixed', [part(draw), part(draw)], { close: draw.pick(['', '\n', '\n\n']) })),
  (draw) =>
    message(
      draw,
      multipart(
        draw,
        'mixed',
        [written(multipart(draw, 'mixed', [part(draw)], { close: draw.pick(['', '\n']) })), part(draw)],
        { boundary: 'outer', close: draw.pick(['', '\n--outer--', '\n--outer--\n']) },
      ),
    ),
  // Closed twice; parts after the end.
  (draw) =>
    message(
      draw,
      multipart(draw, 'mixed', [part(draw)], { boundary: 'b', epilogue: `--b--\n--b\n${part(draw)}\n--b--\n` }),
    ),
  // Spaces, tabs and other octets behind the delimiter; a delimiter that is longer than the boundary.
  (draw) =>
    body(draw, 'b', `--b${draw.pick([' ', '\t', '  \t '])}\n${part(draw)}\n--b--${draw.pick([' ', '\t', ' x'])}\n`),
  (draw) => body(draw, 'b', `--b${draw.pick(['x', '-', ' x', '-x'])}\n${part(draw)}\n--b\n${part(draw)}\n--b--\n`),
  (draw) => body(draw, 'b', `--b\n${part(draw)}\n --b\n${part(draw)}\n--b--\n`),
  // Directly behind the header of a part or of the message.
  (draw) => body(draw, 'b', `--b\nContent-Type: text/plain\n--b\n\n${draw.text(1)}\n--b--\n`),
  (draw) => `Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n--b\n\n${draw.text(1)}--b--\n`,
  (draw) => body(draw, 'b', `--b\n--b\n--b--\n`),
  (draw) => body(draw, 'b', `--b--\n${draw.text(1)}`),
  (draw) => body(draw, 'b', `${draw.text(1)}--b--`),
  // As long as may be, and longer.
  ...[69, 70, 71, 79, 80, 81, 100].map(
    (length) => (draw: Draw) =>
      message(draw, multipart(draw, 'mixed', [part(draw), part(draw)], { boundary: 'z'.repeat(length) })),
  ),
  // Alike for 80 octets.
  (draw) => nestedAs(draw, `${'z'.repeat(85)}1`, `${'z'.repeat(85)}2`),
  // Every octet a boundary may have, and some it may not.
  (draw) => body(draw, `=_ '()+,./:?`, `--=_ '()+,./:?\n${part(draw)}\n--=_ '()+,./:?--\n`),
  (draw) => body(draw, 'a\\"b', `--a"b\n${part(draw)}\n--a"b--\n`),
  (draw) => body(draw, 'gr\xfcn', `--gr\xfcn\n${part(draw)}\n--gr\xfcn--\n`),
  (draw) => body(draw, 'b ', `--b\n${part(draw)}\n--b--\n`),
  (draw) => body(draw, ' b', `-- b\n${part(draw)}\n-- b--\n`),
  // Not quoted, continued, in a charset, given twice.
  (draw) => raw(draw, 'multipart/mixed; boundary=b/c=d', `--b/c=d\n${part(draw)}\n--b\n${part(draw)}--b/c=d--\n`),
  (draw) => raw(draw, 'multipart/mixed; boundary*0=b; boundary*1=c', `--bc\n${part(draw)}\n--bc--\n`),
  (draw) => raw(draw, "multipart/mixed; boundary*=us-ascii''b%20c", `--b c\n${part(draw)}\n--b c--\n`),
  (draw) => raw(draw, 'multipart/mixed; boundary=b; boundary=c', `--b\n${part(draw)}\n--c\n${part(draw)}\n--b--\n`),
  (draw) => raw(draw, 'multipart/mixed; BOUNDARY = "b" (c)', `--b\n${part(draw)}\n--b--\n`),
  (draw) => raw(draw, 'multipart/mixed; charset="x"; boundary=b;', `--b\n${part(draw)}\n--b--\n`),
  (draw) => raw(draw, 'multipart; boundary=b', `--b\n${part(draw)}\n--b--\n`),
  (draw) => raw(draw, 'multipart/; boundary=b', `--b\n${part(draw)}\n--b--\n`),
  (draw) => raw(draw, 'text/plain; boundary=b', `--b\n${part(draw)}\n--b--\n`),
  // A delimiter that a longer line only begins with, in base64 and in a preamble.
  (draw) => body(draw, 'b', `--bravo\n${draw.text(1)}\n--b\n${part(draw)}\n--b--\n--bravo\n`),
  // In the message within, the delimiter of the outer multipart counts.
  (draw) => body(draw, 'b', `--b\nContent-Type: message/rfc822\n\nSubject: in\n--b\n\n${draw.text(1)}\n--b--\n`),
  (draw) =>
    body(
      draw,
      'b',
      `--b\nContent-Type: message/rfc822\n\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nx\n--b\n\ny\n--c--\n--b--\n`,
    ),
  // Encoded multiparts, which must not be decoded.
  (draw) => {
    const made = multipart(draw, 'mixed', [part(draw)], { boundary: 'b' })
    return message(draw, { fields: [...made.fields, 'Content-Transfer-Encoding: base64'], body: made.body })
  },
]

function nestedAs(draw: Draw, outer: string, inner: string): string {
  const within = multipart(draw, 'alternative', [part(draw), part(draw)], {
    boundary: inner,
    epilogue: draw.chance(0.3) ? draw.text(1) : '',
  })
  return message(draw, multipart(draw, 'mixed', [part(draw), written(within), part(draw)], { boundary: outer }))
}

function body(draw: Draw, boundary: string, text: string): string {
  return raw(draw, `multipart/mixed; boundary="${boundary}"`, text)
}

function raw(draw: Draw, type: string, text: string): string {
  return message(draw, { fields: [`Content-Type: ${type}`], body: text })
}
