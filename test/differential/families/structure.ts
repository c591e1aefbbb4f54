import { Buffer } from 'node:buffer'
import { type Draw, type Entity, type Family, message, usualFields, written } from '../hard-message.js'

/** One part that holds no other. */
export function leaf(draw: Draw): Entity {
  switch (draw.int(7)) {
    case 0:
      return { fields: ['Content-Type: text/plain; charset=utf-8'], body: draw.text(draw.int(4)) }
    case 1:
      return {
        fields: ['Content-Type: text/html', 'Content-Transfer-Encoding: quoted-printable'],
        body: `<p>${draw.words(3)}=\n${draw.word()} =C3=A9=20\n</p>\n`,
      }
    case 2:
      return {
        fields: [
          `Content-Type: application/pdf; name="${draw.word()}.pdf"`,
          'Content-Transfer-Encoding: base64',
          `Content-Disposition: attachment; filename=${draw.word()}.pdf`,
        ],
        body: `${Buffer.from(draw.words(20)).toString('base64').replace(/.{60}/g, '$&\n')}\n`,
      }
    case 3:
      return { fields: [], body: draw.text(2) }
    case 4:
      return { fields: ['Content-Type: image/png', 'Content-ID: <img@example.com>'], body: '' }
    case 5:
      return { fields: ['Content-Type: message/delivery-status'], body: 'Reporting-MTA: dns; example.com\n' }
    default:
      return {
        fields: ['Content-Type: text/plain; charset=iso-8859-1', 'Content-Transfer-Encoding: 8bit'],
        body: `Gr\xfc\xdfe ${draw.words(2)}\n`,
      }
  }
}

export interface MultipartShape {
  readonly boundary?: string
  readonly preamble?: string
  readonly epilogue?: string
  /** Default whole: `--boundary--` and a line end. */
  readonly close?: string
}

export function multipart(draw: Draw, subtype: string, parts: readonly string[], shape: MultipartShape = {}): Entity {
  const boundary = shape.boundary ?? draw.boundary()
  const { preamble = '', epilogue = '', close = `\n--${boundary}--\n` } = shape
  const delimited = parts.map((part, at) => `${at === 0 && preamble === '' ? '' : '\n'}--${boundary}\n${part}`)
  return {
    fields: [`Content-Type: multipart/${subtype}; boundary="${boundary}"`],
    body: `${preamble}${delimited.join('')}${close}${epilogue}`,
  }
}

/** Something nested up to `depth` levels. */
export function tree(draw: Draw, depth: number): Entity {
  if (depth === 0 || draw.chance(0.25)) return leaf(draw)
  if (draw.chance(0.25)) return enclosed(draw, depth)
  const subtype = draw.pick(['mixed', 'alternative', 'related', 'digest', 'parallel', 'report', 'x-unknown', 'signed'])
  const parts = draw.times(draw.int(4), () => written(tree(draw, depth - 1)))
  return multipart(draw, subtype, parts, {
    preamble: draw.chance(0.3) ? draw.text(1) : '',
    epilogue: draw.chance(0.3) ? draw.text(1) : '',
  })
}

/** A message in a message. */
function enclosed(draw: Draw, depth: number): Entity {
  const type = draw.pick(['message/rfc822', 'message/rfc822', 'MESSAGE/RFC822', 'message/global'])
  return { fields: [`Content-Type: ${type}`], body: message(draw, tree(draw, depth - 1)) }
}

export const nested: Family = {
  name: 'nested',
  count: 60,
  make: (draw) => message(draw, tree(draw, 1 + draw.int(5))),
}

/** Messages cut off anywhere. */
export const truncated: Family = {
  name: 'truncated',
  count: 40,
  make(draw) {
    const whole = message(draw, tree(draw, 2 + draw.int(3)))
    return whole.slice(0, 40 + draw.int(Math.max(1, whole.length - 40)))
  },
}

/** Messages with a line lost, doubled, moved, broken, joined, or an octet changed. */
export const damaged: Family = {
  name: 'damaged',
  count: 60,
  make(draw) {
    const lines = message(draw, tree(draw, 3)).split('\n')
    for (let count = 1 + draw.int(3); count > 0; count--) {
      const at = draw.int(lines.length)
      const line = lines[at] ?? ''
      const cut = draw.int(line.length + 1)
      switch (draw.int(6)) {
        case 0:
          lines.splice(at, 1)
          break
        case 1:
          lines.splice(at, 0, line)
          break
        case 2:
          lines.splice(draw.int(lines.length), 0, ...lines.splice(at, 1))
          break
        case 3:
          lines.splice(at, 1, line.slice(0, cut), line.slice(cut))
          break
        case 4:
          lines.splice(at, 2, `${line}${lines[at + 1] ?? ''}`)
          break
        default:
          lines[at] =
            `${line.slice(0, cut)}${draw.pick(['\t', '"', ';', ':', '\\', '\xe9', '(', '<', '='])}${line.slice(cut + 1)}`
      }
    }
    return lines.join('\n')
  },
}

/** message/rfc822 and its kin, in good and bad shape. */
export const messages: Family = {
  name: 'enclosed',
  count: 40,
  make(draw, at) {
    const inner = message(draw, tree(draw, 2))
    const outer = (fields: readonly string[], body: string): string => message(draw, { fields, body })
    const type = `Content-Type: message/${draw.pick(['rfc822', 'rfc822', 'global'])}`
    switch (at % 10) {
      case 0:
        return outer([type], inner)
      case 1:
        return outer(
          [type, 'Content-Transfer-Encoding: base64'],
          `${Buffer.from(inner, 'latin1').toString('base64')}\n`,
        )
      case 2:
        return outer([type], '')
      case 3:
        return outer([type], `${usualFields(draw).join('\n')}${draw.pick(['', '\n', '\n\n'])}`)
      case 4:
        return outer([type], `\n${draw.text(2)}`)
      case 5:
        return outer([`${type}; charset=utf-8; name="a.eml"`, 'Content-Disposition: attachment'], inner)
      case 6:
        return outer(
          [
            `Content-Type: message/${draw.pick(['partial; id=a; number=1', 'external-body; access-type=x', 'news', 'feedback-report', 'x'])}`,
          ],
          inner,
        )
      case 7:
        return message(
          draw,
          multipart(draw, 'digest', [
            `\n${inner}`,
            inner,
            written({ fields: ['Content-Type: text/plain'], body: inner }),
          ]),
        )
      case 8:
        return outer([type], written({ fields: [type], body: written({ fields: [type], body: inner }) }))
      default:
        return message(
          draw,
          multipart(draw, 'mixed', [
            `${type}\n${draw.pick(['', '\n'])}${inner}`,
            written({ fields: [type], body: '' }),
          ]),
        )
    }
  },
}

/** Nothing where something is expected. */
export const empty: Family = {
  name: 'empty',
  count: 16,
  make(draw, at) {
    const field = `Subject: ${draw.word()}`
    return (
      [
        '\n',
        '\n\n',
        field,
        `${field}\n`,
        `${field}\n\n`,
        `\n${draw.text(1)}`,
        draw.text(2),
        ' \n',
        message(draw, multipart(draw, 'mixed', [])),
        message(draw, multipart(draw, 'mixed', [''])),
        message(draw, multipart(draw, 'mixed', ['', ''])),
        message(draw, multipart(draw, 'mixed', ['\n', '\n'])),
        message(draw, { ...multipart(draw, 'mixed', []), body: '' }),
        message(draw, { ...multipart(draw, 'mixed', []), body: draw.text(2) }),
        message(draw, { fields: ['Content-Type: message/rfc822'], body: '\n' }),
        message(draw, multipart(draw, 'digest', ['', '\n'])),
      ][at] ?? field
    )
  },
}

/** Deeper and wider than any mail program writes. */
export const large: Family = {
  name: 'large',
  count: 8,
  make(draw, at) {
    const deep = (levels: number): Entity =>
      draw
        .times(levels, () => 0)
        .reduce<Entity>(
          (inside, _, level) => multipart(draw, 'mixed', [written(inside)], { boundary: `level${level}` }),
          leaf(draw),
        )
    const enclosedDeep = (levels: number): string =>
      draw
        .times(levels, () => 0)
        .reduce<string>(
          (inside) => `Subject: ${draw.word()}\nContent-Type: message/rfc822\n\n${inside}`,
          message(draw, leaf(draw)),
        )
    switch (at) {
      case 0:
        return message(
          draw,
          multipart(
            draw,
            'mixed',
            draw.times(300, () => written(leaf(draw))),
          ),
        )
      case 1:
        return message(
          draw,
          multipart(
            draw,
            'mixed',
            draw.times(2_000, () => `\n${draw.word()}`),
          ),
        )
      case 2:
        return message(draw, deep(20))
      case 3:
        return message(draw, deep(60))
      case 4:
        return enclosedDeep(30)
      case 5:
        return message(
          draw,
          multipart(
            draw,
            'mixed',
            draw.times(40, () => written(tree(draw, 2))),
          ),
        )
      case 6:
        return message(draw, { fields: ['Content-Type: text/plain'], body: draw.text(3_000) })
      default:
        return message(draw, { fields: [`X-Long: ${draw.words(3_000)}`], body: `${draw.words(20_000)}\n` })
    }
  },
}
