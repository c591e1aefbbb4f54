import { Buffer } from 'node:buffer'
import { type Draw, type Family, message, written } from '../hard-message.js'
import { leaf, multipart } from './structure.js'

/** Parameters of Content-Type and Content-Disposition (RFC 2045 §5.1, RFC 2231). */
export const parameters: Family = {
  name: 'parameters',
  count: 56,
  make(draw, at) {
    const value = PARAMETERS[at % PARAMETERS.length] ?? ''
    const fields = [`Content-Type: application/octet-stream; ${value}`, `Content-Disposition: attachment; ${value}`]
    const text = message(draw, { fields, body: draw.text(1) })
    if (at % 2 === 0) return text
    const part = written({ fields: [...fields, 'Content-Description: odd'], body: draw.text(1) })
    return message(draw, multipart(draw, 'mixed', [part, written(leaf(draw))]))
  },
}

const PARAMETERS = [
  'name=a.txt',
  'name="a b.txt"',
  'name="a\\"b.txt"',
  'name=a b.txt',
  'name="unterminated',
  'name=',
  'name',
  '=a',
  ';;; name=a ;;',
  'name = a',
  'name="a" x="b"',
  'name=a; name=b',
  'NAME=a; Name=b',
  "name*=utf-8''caf%C3%A9.txt",
  "name*=utf-8'en'caf%C3%A9.txt",
  "name*=iso-8859-1''caf%E9.txt",
  "name*=x-unknown''caf%E9.txt",
  'name*=caf%C3%A9.txt',
  "name*=utf-8''caf%ZZ",
  'name*0=a; name*1=b; name*2=c',
  'name*1=b; name*0=a',
  'name*0=a; name*2=c',
  'name*1=b; name*2=c',
  'name*0="a b"; name*1=" c d"',
  "name*0*=utf-8''a%C3%; name*1*=A9b; name*2=c",
  "name*0*=utf-8''caf%C3%A9; name*1=%20x",
  'name*0=plain; name*1*=%C3%A9',
  'name=short; name*0=long; name*1=er',
  "name=plain; name*=utf-8''fancy",
  'name*00=a; name*01=b',
  'name*a=b',
  'name=caf\xc3\xa9.txt',
  'name="caf\xe9.txt"',
  'name="=?utf-8?Q?caf=C3=A9.txt?="',
  'name="=?utf-8?Q?caf=C3?=\n =?utf-8?Q?=A9.txt?="',
  'name="a\n b.txt"',
  'name=(comment)a.txt(comment)',
  'name=a(comment)b',
  '(comment) name=a',
  'name="a"b"c"',
  'name=a/b?c=d',
  "name='single'",
  'name="a;b"; x=y',
  'x=1; y=2; z=3; w="4"',
  'name="back\\\\slash"',
  'name="tab\there"',
]

/** Content fields as they should not be. */
export const content: Family = {
  name: 'content',
  count: 72,
  make(draw, at) {
    const fields = FIELDS[at % FIELDS.length] ?? []
    const part = written({ fields, body: draw.text(2) })
    return at < FIELDS.length
      ? message(draw, { fields, body: draw.text(2) })
      : message(draw, multipart(draw, 'mixed', [part, written(leaf(draw)), part]))
  },
}

const FIELDS: readonly (readonly string[])[] = [
  ['Content-Type:'],
  ['Content-Type: '],
  ['Content-Type: text'],
  ['Content-Type: text/'],
  ['Content-Type: /plain'],
  ['Content-Type: text/plain/extra'],
  ['Content-Type: text plain'],
  ['Content-Type: text / plain ; charset = utf-8'],
  ['Content-Type: (a) text (b) / (c) plain (d) ; (e) charset (f) = (g) utf-8 (h)'],
  ['Content-Type: TEXT/PLAIN; CHARSET=UTF-8'],
  ['Content-Type: text/plain charset=utf-8'],
  ['Content-Type: text/plain, charset=utf-8'],
  ['Content-Type: "text/plain"'],
  ['Content-Type: "text"/"plain"'],
  ['Content-Type: x-foo/x-bar; a=b'],
  ['Content-Type: te\xe9t/plain'],
  ['Content-Type: text/plain\n ; charset=utf-8\n ; format=flowed'],
  ['Content-Type: text/html; charset'],
  ['Content-Type: text/plain; charset=""'],
  ['Content-Transfer-Encoding:'],
  ['Content-Transfer-Encoding: BASE64'],
  ['Content-Transfer-Encoding: base64 (comment)'],
  ['Content-Transfer-Encoding: "base64"'],
  ['Content-Transfer-Encoding: base64; x=y'],
  ['Content-Transfer-Encoding: x-uuencode'],
  ['Content-Transfer-Encoding: 8 bit'],
  ['Content-Transfer-Encoding: 7bit', 'Content-Transfer-Encoding: base64'],
  ['Content-Disposition:'],
  ['Content-Disposition: attachment'],
  ['Content-Disposition: ATTACHMENT; FILENAME=a'],
  ['Content-Disposition: ; filename=a'],
  ['Content-Disposition: "attachment"; filename=a'],
  ['Content-Disposition: attachment filename=a'],
  ['Content-Disposition: inline; size=17; creation-date="Mon, 1 Jun 2020 10:00:00 +0000"'],
  ['Content-ID: <a@example.com>', 'Content-ID: <b@example.com>'],
  ['Content-ID: a', 'Content-Description: a "b" \\c'],
  ['Content-Description:', 'Content-ID:'],
  ['Content-Description: =?utf-8?Q?caf=C3=A9?=', 'Content-Description: other'],
  ['Content-Description: caf\xe9\n folded\n\tagain'],
  ['Content-Language: en'],
  ['Content-Language: en, de (comment),fr'],
  ['Content-Language: ,'],
  ['Content-Language: en de'],
  ['Content-Language: EN-us', 'Content-Language: de'],
  ['Content-Language:'],
  ['Content-Location: http://example.com/a b'],
  ['Content-Location: http://example.com/a\n  /b'],
  ['Content-Location:'],
  ['Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ=='],
  ['Content-MD5: (c) Q2hlY2s= x', 'Content-MD5: y'],
  ['Content-MD5:'],
  ['Content-Base: x', 'Content-Features: y', 'Content-Odd: z'],
]

/** Bodies whose transfer encoding is damaged, or hides what is searched for. */
export const encodings: Family = {
  name: 'encodings',
  count: 48,
  make(draw, at) {
    const [encoding, type, body] = BODIES[at % BODIES.length]?.(draw) ?? ['7bit', 'text/plain', '']
    const entity = { fields: [`Content-Type: ${type}`, `Content-Transfer-Encoding: ${encoding}`], body }
    return at % 2 === 0
      ? message(draw, entity)
      : message(draw, multipart(draw, 'mixed', [written(entity), written(leaf(draw))]))
  },
}

const UTF8 = 'text/plain; charset=utf-8'
const base64 = (text: string): string => Buffer.from(text).toString('base64')

const BODIES: readonly ((draw: Draw) => readonly [encoding: string, type: string, body: string])[] = [
  (draw) => ['base64', UTF8, `${base64(`${draw.words(30)} xylophone`).replace(/.{76}/g, '$&\n')}\n`],
  (draw) => ['base64', UTF8, base64(`${draw.words(3)} caf\u00e9`)],
  (draw) => ['base64', UTF8, `${base64('quarterly caf\u00e9').replace(/=+$/, '')}\n${draw.text(1)}`],
  () => ['base64', UTF8, `${base64('quarterly ')}${base64('xylophone')}\n`],
  () => ['base64', UTF8, `${base64('a')}\n${base64('quarterly')}\n`],
  () => ['base64', UTF8, `cXVh!cnRl*cmx5\n`],
  () => ['base64', UTF8, `cXVhcnRlcmx5\n\n-- \nsome list's footer\n`],
  () => ['base64', UTF8, `  cXVh\t\n cnRl \ncmx5  \n`],
  () => ['base64', UTF8, `cXVhcnRlcmx5I\n`],
  () => ['base64', UTF8, '====\n'],
  () => ['base64', UTF8, ''],
  () => ['base64', 'application/octet-stream', `${Buffer.from([0, 1, 2, 255, 0, 10, 13, 10]).toString('base64')}\n`],
  () => ['base64', UTF8, `${base64('line one\r\nline two\nline three\r\n')}\n`],
  () => ['quoted-printable', UTF8, 'quar=\nterly caf=C3=A9=20\nxylo=\n=\nphone\n'],
  () => ['quoted-printable', UTF8, 'a=ZZb =4 =\xe9 ==41\n'],
  () => ['quoted-printable', UTF8, 'trailing   \t\nsoft= \t\nbreak\n'],
  () => ['quoted-printable', UTF8, 'ends with soft='],
  () => ['quoted-printable', UTF8, 'ends with half=4'],
  () => ['quoted-printable', UTF8, 'lower =c3=a9 raw \xc3\xa9\n'],
  () => ['quoted-printable', UTF8, 'nul =00 here =0D=0A bare =0A\n'],
  () => ['quoted-printable', 'text/plain; charset=iso-8859-1', 'Gr=FC=DFe\n'],
  () => ['8bit', 'text/plain; charset=iso-8859-1', 'Gr\xfc\xdfe xylophone\n'],
  () => ['8bit', 'text/plain', 'Gr\xc3\xbc\xc3\x9fe xylophone\n'],
  () => ['8bit', UTF8, 'Gr\xfc\xdfe quarterly\n'],
  () => ['7bit', 'text/plain; charset=iso-2022-jp', '\x1b$BF|K\\\x1b(B quarterly\n'],
  () => ['8bit', 'text/plain; charset=x-unknown', 'Gr\xc3\xbc\xc3\x9fe quarterly\n'],
  () => ['binary', 'application/octet-stream', 'a\0b\xff\n\n\0\n'],
  () => ['x-odd', UTF8, 'quarterly report\n'],
  () => ['uuencode', UTF8, 'begin 644 a\n#86)C\n`\nend\n'],
  () => ['base64', 'text/html; charset=utf-8', `${base64('<p>quar<b>terly</b> &eacute;</p>')}\n`],
  () => ['7bit', 'text/html', '<html><body>quarterly &amp; <i>xylophone</i></body></html>\n'],
  () => ['8bit', UTF8, 'decomposed cafe\xcc\x81 and \xef\xac\x81sh\n'],
]
