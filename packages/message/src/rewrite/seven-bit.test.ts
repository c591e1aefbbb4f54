import { fromLatin1, latin1 } from '@mailwright/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { digestMessage } from '../structure/digester.js'
import { decodeTransfer } from '../transfer/transfer-decoder.js'
import { toSevenBit } from './seven-bit.js'

const wire = (text: string): Uint8Array => fromLatin1(text.replaceAll('\n', '\r\n'))

function converted(text: string): string {
  const result = toSevenBit(wire(text))
  return result.kind === 'cannot' ? 'cannot' : latin1(result.message).replaceAll('\r\n', '\n')
}

/** Each pair is written by hand from RFC 2045 §6.7, §6.8, RFC 1428 §3 and RFC 6152 §3. */
describe('a message for a server that takes 7 bits', () => {
  test.each([
    ['7 bits already', 'Subject: x\n\nHello\n', 'Subject: x\n\nHello\n'],
    [
      'text becomes quoted-printable',
      'MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nGr\xc3\xbc\xc3\x9fe =\n',
      'MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nGr=C3=BC=C3=9Fe =3D\n',
    ],
    [
      'a message without MIME: its charset is not known',
      'Subject: x\n\nGr\xfc\xdfe\n',
      'Subject: x\nMIME-Version: 1.0\nContent-Type: text/plain; charset=unknown-8bit\nContent-Transfer-Encoding: quoted-printable\n\nGr=FC=DFe\n',
    ],
    [
      'one part of two; the rest stays octet by octet',
      'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: 8bit\n\n--b\n\nHello\n--b\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: 8bit\n\n\xff\xfe\n--b--\n',
      'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: 7bit\n\n--b\n\nHello\n--b\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\n//4=\n\n--b--\n',
    ],
    [
      'a message in a message',
      'MIME-Version: 1.0\nContent-Type: message/rfc822\nContent-Transfer-Encoding: 8bit\n\nSubject: y\nContent-Type: text/plain; charset=iso-8859-1\n\n\xe4\n',
      'MIME-Version: 1.0\nContent-Type: message/rfc822\nContent-Transfer-Encoding: 7bit\n\nSubject: y\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n=E4\n',
    ],
    [
      'what stands between parts is nobody’s to read',
      'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\nf\xfcr Menschen\n--b\n\nHello\n--b--\n',
      'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\nf?r Menschen\n--b\n\nHello\n--b--\n',
    ],
    [
      'what is signed would not be signed any more',
      'MIME-Version: 1.0\nContent-Type: multipart/signed; boundary=b\n\n--b\nContent-Type: text/plain\nContent-Transfer-Encoding: 8bit\n\n\xe4\n--b\n\nsignature\n--b--\n',
      'cannot',
    ],
    ['a header past US-ASCII', 'Subject: \xe4\n\n\xe4\n', 'cannot'],
    ['an encoding that is not true', 'Content-Transfer-Encoding: base64\n\n\xe4\n', 'cannot'],
  ])('%s', (_, text, expected) => {
    expect(converted(text)).toBe(expected)
  })

  test('a line that is too long for text, and octets without lines', () => {
    expect(converted(`Subject: x\n\n${'a'.repeat(998)}\n`)).toBe(`Subject: x\n\n${'a'.repeat(998)}\n`)
    expect(converted(`Subject: x\n\n${'a'.repeat(999)}\n`)).toContain('quoted-printable')
    const binary = toSevenBit(fromLatin1('Content-Type: image/x\r\nContent-Transfer-Encoding: binary\r\n\r\n\n\r\0'))
    expect(binary.kind === 'converted' && latin1(binary.message)).toBe(
      'Content-Type: image/x\r\nContent-Transfer-Encoding: base64\r\nMIME-Version: 1.0\r\n\r\nCg0A\r\n',
    )
  })

  test('of any octets: 7 bits come out, and decode to what went in', () => {
    const types = fc.constantFrom('text/plain', 'image/png')
    fc.assert(
      fc.property(types, fc.uint8Array({ maxLength: 300 }), (type, body) => {
        const header = `MIME-Version: 1.0\r\nContent-Type: ${type}\r\nContent-Transfer-Encoding: binary\r\n\r\n`
        const result = toSevenBit(fromLatin1(header + latin1(body)))
        if (result.kind === 'cannot') return false
        const { sections: layout } = digestMessage([result.message])
        const decoder = decodeTransfer(layout.encoding)
        const encoded = result.message.subarray(layout.body, layout.end)
        const decoded = latin1(decoder.push(encoded)) + latin1(decoder.end())
        return result.message.every((octet) => octet < 128) && decoded === latin1(body)
      }),
    )
  })
})
