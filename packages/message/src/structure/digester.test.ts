import { fromLatin1, HostError, type MessageDigest, type PartLayout } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { MESSAGE_LIMITS, SLICE_PARTS } from '../limits.js'
import { Digester, digestMessage } from './digester.js'

function crlf(text: string): string {
  return text.replaceAll('\n', '\r\n')
}

function digest(text: string, limits = MESSAGE_LIMITS): MessageDigest {
  return digestMessage([fromLatin1(text)], limits)
}

/** The octets of BODY[path], BODY[path.MIME] before them; a path through a message goes on in its multipart. */
function section(text: string, digest: MessageDigest, path: readonly number[]): { mime: string; body: string } {
  let part: PartLayout = digest.sections
  for (const number of path) {
    const within: PartLayout = part.kind === 'message' ? (part.parts[0] ?? part) : part
    const next = within.kind === 'multipart' ? within.parts[number - 1] : number === 1 ? within : undefined
    if (next === undefined) throw new Error(`no part ${path.join('.')}`)
    part = next
  }
  return { mime: text.slice(part.start, part.body), body: text.slice(part.body, part.end) }
}

const NO_EXTENSION = 'NIL NIL NIL NIL'
const TEXT = '"text" "plain" ("charset" "us-ascii") NIL NIL "7bit"'

describe('examples of the RFCs', () => {
  test('the fetched message of the sample connection (RFC 9051 §8)', () => {
    const header = crlf(`Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)
From: Terry Gray <gray@cac.washington.edu>
Subject: IMAP4rev2 WG mtg summary and minutes
To: imap@cac.washington.edu
cc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>
Message-Id: <B27397-0100000@cac.washington.edu>
MIME-Version: 1.0
Content-Type: TEXT/PLAIN; CHARSET=US-ASCII

`)
    const { envelope, bodyStructure, headerOctets } = digest(`${header}${'x'.repeat(30)}\r\n`)
    // The RFC breaks the list for its page, and writes addresses with a space that its grammar has not.
    const gray = '(("Terry Gray" NIL "gray" "cac.washington.edu"))'
    expect(envelope).toBe(
      '("Wed, 17 Jul 1996 02:23:25 -0700 (PDT)" "IMAP4rev2 WG mtg summary and minutes" ' +
        `${gray} ${gray} ${gray} ((NIL NIL "imap" "cac.washington.edu")) ` +
        '((NIL NIL "minutes" "CNRI.Reston.VA.US")("John Klensin" NIL "KLENSIN" "MIT.EDU")) NIL NIL ' +
        '"<B27397-0100000@cac.washington.edu>")',
    )
    expect(bodyStructure).toBe(`("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7bit" 32 1 ${NO_EXTENSION})`)
    // FETCH BODY[HEADER] of the same example.
    expect(headerOctets).toBe(342)
  })

  test('implicit and explicit typing, preamble and epilogue (RFC 2046 §5.1.1)', () => {
    const text = crlf(`From: Nathaniel Borenstein <nsb@bellcore.com>
To: Ned Freed <ned@innosoft.com>
Date: Sun, 21 Mar 1993 23:56:48 -0800 (PST)
Subject: Sample message
MIME-Version: 1.0
Content-type: multipart/mixed; boundary="simple boundary"

This is the preamble.  It is to be ignored, though it
is a handy place for composition agents to include an
explanatory note to non-MIME conformant readers.

--simple boundary

This is implicitly typed plain US-ASCII text.
It does NOT end with a linebreak.
--simple boundary
Content-type: text/plain; charset=us-ascii

This is explicitly typed plain US-ASCII text.
It DOES end with a linebreak.

--simple boundary--

This is the epilogue.  It is also to be ignored.
`)
    const it = digest(text)
    expect(section(text, it, [1])).toEqual({
      mime: '\r\n',
      body: 'This is implicitly typed plain US-ASCII text.\r\nIt does NOT end with a linebreak.',
    })
    expect(section(text, it, [2])).toEqual({
      mime: 'Content-type: text/plain; charset=us-ascii\r\n\r\n',
      body: 'This is explicitly typed plain US-ASCII text.\r\nIt DOES end with a linebreak.\r\n',
    })
    expect(it.bodyStructure).toBe(
      `((${TEXT} 80 1 ${NO_EXTENSION})(${TEXT} 78 2 ${NO_EXTENSION}) ` +
        '"mixed" ("boundary" "simple boundary") NIL NIL NIL)',
    )
  })

  test('five parts, one of them parallel, one a message (RFC 2049 appendix A)', () => {
    const text = crlf(`MIME-Version: 1.0
From: Nathaniel Borenstein <nsb@nsb.fv.com>
To: Ned Freed <ned@innosoft.com>
Date: Fri, 07 Oct 1994 16:15:05 -0700 (PDT)
Subject: A multipart example
Content-Type: multipart/mixed;
              boundary=unique-boundary-1

This is the preamble area of a multipart message.
--unique-boundary-1

  ... Some text appears here ...

--unique-boundary-1
Content-type: text/plain; charset=US-ASCII

This could have been part of the previous part.

--unique-boundary-1
Content-Type: multipart/parallel; boundary=unique-boundary-2

--unique-boundary-2
Content-Type: audio/basic
Content-Transfer-Encoding: base64

  ... base64-encoded audio data goes here ...

--unique-boundary-2
Content-Type: image/jpeg
Content-Transfer-Encoding: base64

  ... base64-encoded image data goes here ...

--unique-boundary-2--

--unique-boundary-1
Content-type: text/enriched

This is <bold><italic>enriched.</italic></bold>

--unique-boundary-1
Content-Type: message/rfc822

From: (mailbox in US-ASCII)
To: (address in US-ASCII)
Subject: (subject in US-ASCII)
Content-Type: Text/plain; charset=ISO-8859-1
Content-Transfer-Encoding: Quoted-printable

  ... Additional text in ISO-8859-1 goes here ...

--unique-boundary-1--
`)
    const it = digest(text)
    expect(it.sections.parts.map(({ kind }) => kind)).toEqual(['leaf', 'leaf', 'multipart', 'leaf', 'message'])
    expect(section(text, it, [3, 2])).toEqual({
      mime: 'Content-Type: image/jpeg\r\nContent-Transfer-Encoding: base64\r\n\r\n',
      body: '  ... base64-encoded image data goes here ...\r\n',
    })
    expect(section(text, it, [5, 1]).body).toBe('  ... Additional text in ISO-8859-1 goes here ...\r\n')
    expect(it.sections.parts[4]?.parts[0]?.encoding).toBe('quoted-printable')
    expect(it.bodyStructure).toContain(
      '("message" "rfc822" NIL NIL NIL "7bit" 232 ' +
        '(NIL "(subject in US-ASCII)" NIL NIL NIL NIL NIL NIL NIL NIL) ' +
        `("Text" "plain" ("charset" "ISO-8859-1") NIL NIL "Quoted-printable" 51 1 ${NO_EXTENSION}) 7 ${NO_EXTENSION})`,
    )
    expect(it.bodyStructure).toMatch(/ "parallel" \("boundary" "unique-boundary-2"\) NIL NIL NIL\)/)
  })

  test('a digest, whose parts are messages unless they say otherwise (RFC 2046 §5.1.5)', () => {
    const text = crlf(`From: Moderator-Address
To: Recipient-List
Date: Mon, 22 Mar 1994 13:34:51 +0000
Subject: Internet Digest, volume 42
MIME-Version: 1.0
Content-Type: multipart/mixed;
              boundary="---- main boundary ----"

------ main boundary ----

  ...Introductory text or table of contents...

------ main boundary ----
Content-Type: multipart/digest;
              boundary="---- next message ----"

------ next message ----

From: someone-else
Date: Fri, 26 Mar 1993 11:13:32 +0200
Subject: my opinion

  ...body goes here ...

------ next message ----

From: someone-else-again
Date: Fri, 26 Mar 1993 10:07:13 -0500
Subject: my different opinion

  ... another body goes here ...

------ next message ------

------ main boundary ------
`)
    const it = digest(text)
    const inner = it.sections.parts[1]
    expect(inner?.parts.map(({ kind }) => kind)).toEqual(['message', 'message'])
    expect(section(text, it, [2, 2, 1]).body).toBe('  ... another body goes here ...\r\n')
    expect(it.bodyStructure).toContain('"my different opinion" ((NIL NIL "someone-else-again" "MISSING_DOMAIN"))')
  })
})

describe('structure', () => {
  test('an outer boundary closes what is within, also in a message without end (RFC 2046 §5.1.2)', () => {
    const text = crlf(`Content-Type: multipart/mixed; boundary=out

--out
Content-Type: message/rfc822

Content-Type: multipart/mixed; boundary=in

--in

lost its end
--out

next
--out--
`)
    const it = digest(text)
    expect(section(text, it, [1, 1]).body).toBe('lost its end')
    expect(section(text, it, [2]).body).toBe('next')
  })

  test('of boundaries that begin alike the longest is meant, whichever is outer', () => {
    for (const [outer, inner] of [
      ['b', 'b-in'],
      ['b-in', 'b'],
    ]) {
      const text = crlf(`Content-Type: multipart/mixed; boundary=${outer}

--${outer}
Content-Type: multipart/alternative; boundary=${inner}

--${inner}

one
--${inner}

two
--${inner}--
--${outer}

three
--${outer}--
`)
      const it = digest(text)
      expect(section(text, it, [1, 2]).body).toBe('two')
      expect(section(text, it, [2]).body).toBe('three')
    }
  })

  test('a boundary used twice is the inner one until that closes', () => {
    const text = crlf(`Content-Type: multipart/mixed; boundary=b

--b
Content-Type: multipart/mixed; boundary=b

--b

inner
--b--
--b

outer
--b--
`)
    const it = digest(text)
    expect(section(text, it, [1, 1]).body).toBe('inner')
    expect(section(text, it, [2]).body).toBe('outer')
  })

  test('a delimiter may be padded, and text may follow the boundary on its line (RFC 2046 §5.1.1)', () => {
    const text =
      'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b \t\r\n\r\none\r\n--b junk\r\n\r\ntwo\r\n--b-- \r\n'
    const it = digest(text)
    expect(it.sections.parts.map(({ body, end }) => text.slice(body, end))).toEqual(['one', 'two'])
  })

  test('without the closing delimiter the last part goes to the end', () => {
    const text = 'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n'
    expect(section(text, digest(text), [2]).body).toBe('two\r\n')
  })

  test('a message cut off within a delimiter has no further part', () => {
    const text = 'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b'
    const it = digest(text)
    expect(it.sections.parts.map(({ body, end }) => text.slice(body, end))).toEqual(['one'])
  })

  test('a boundary of 100 characters closes; one that differs past the 80th is the same', () => {
    const boundary = `${'x'.repeat(99)}1`
    const head = `Content-Type: multipart/mixed; boundary=${boundary}\r\n\r\n`
    const text = `${head}--${boundary}\r\n\r\none\r\n--${'x'.repeat(99)}2--\r\n--${boundary}\r\n\r\nepilogue\r\n`
    const it = digest(text)
    expect(it.sections.parts.map(({ body, end }) => text.slice(body, end))).toEqual(['one'])
  })

  test('a multipart in which no delimiter stands has one empty part of plain text', () => {
    const text = 'Content-Type: multipart/mixed; boundary=b\r\n\r\nnothing here\r\n'
    const it = digest(text)
    expect(it.bodyStructure).toBe(`((${TEXT} 0 0 ${NO_EXTENSION}) "mixed" ("boundary" "b") NIL NIL NIL)`)
    expect(section(text, it, [1])).toEqual({ mime: '', body: '' })
  })

  test('a multipart without boundary is plain text (RFC 2045 §5.2)', () => {
    for (const type of ['multipart/mixed', 'multipart/mixed; boundary=""', 'multipart/mixed; boundary=" "']) {
      expect(digest(`Content-Type: ${type}\r\n\r\nhello\r\n`).bodyStructure).toBe(`(${TEXT} 7 1 ${NO_EXTENSION})`)
    }
  })

  test('parts may lack a header, a body, or both', () => {
    const head = 'Content-Type: multipart/mixed; boundary=b\r\n\r\n'
    const text = `${head}--b\r\n--b\r\n\r\n--b\r\nContent-ID: <1@x>\r\n--b\r\nContent-ID: <2@x>\r\n\r\n--b\r\nno header\r\n--b--`
    const it = digest(text)
    const parts = it.sections.parts.map(({ start, body, end }) => [text.slice(start, body), text.slice(body, end)])
    expect(parts).toEqual([
      ['', ''],
      ['\r\n', ''],
      ['Content-ID: <1@x>\r\n', ''],
      ['Content-ID: <2@x>\r\n\r\n', ''],
      ['no header\r\n', ''],
    ])
  })

  test('an enclosed message without body ends before the line end of the delimiter', () => {
    const text =
      'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n--b--\r\n'
    const it = digest(text)
    const enclosed = it.sections.parts[0]?.parts[0]
    expect(text.slice(enclosed?.start, enclosed?.end)).toBe('Subject: x')
    expect(it.bodyStructure).toContain('(NIL "x" NIL NIL NIL NIL NIL NIL NIL NIL)')
  })

  test('a message in a message in a message', () => {
    const wrap = 'Content-Type: message/rfc822\r\n\r\n'
    const text = `Subject: 1\r\n${wrap}Subject: 2\r\n${wrap}Subject: 3\r\n\r\nin\r\n`
    const it = digest(text)
    expect(it.sections.kind).toBe('message')
    expect(it.sections.parts[0]?.parts[0]?.kind).toBe('leaf')
    expect(it.bodyStructure).toMatch(/^\("message" "rfc822" .* "2" .*\("message" "rfc822" .* "3" .* "7bit" 4 1 /)
    expect(it.envelope).toContain('"1"')
  })

  test('message/global is a message, any other message type is not (RFC 9051 §9)', () => {
    expect(digest('Content-Type: Message/GLOBAL\r\n\r\nSubject: x\r\n\r\n').sections.kind).toBe('message')
    const report = digest('Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a\r\n')
    expect(report.bodyStructure).toBe(`("message" "delivery-status" NIL NIL NIL "7bit" 23 ${NO_EXTENSION})`)
  })

  test('line ends may be bare; offsets are those of the octets given', () => {
    const text = 'Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\r\n\r\ntwo\r\n\n--b--\n'
    const it = digest(text)
    expect(it.sections.parts.map(({ body, end }) => text.slice(body, end))).toEqual(['one', 'two\r\n'])
    expect(it.lines).toBe(10)
  })

  test('all extension data', () => {
    const text = crlf(`Content-Type: application/pdf; name="a \\"b\\".pdf"
Content-ID: <id@x>
Content-Description: a file
Content-Transfer-Encoding: BASE64 (comment)
Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==
Content-Disposition: Attachment; FileName=r\xe9sum\xe9.pdf
Content-Language: en, de-AT (Austria)
Content-Location: http://a.example/
 b

`)
    expect(digest(text).bodyStructure).toBe(
      '("application" "pdf" ("name" "a \\"b\\".pdf") "<id@x>" "a file" "BASE64" 0 "Q2hlY2sgSW50ZWdyaXR5IQ==" ' +
        '("Attachment" ("FileName" {10}\r\nr\xe9sum\xe9.pdf)) ("en" "de-AT") "http://a.example/b")',
    )
  })

  test('text without charset gets the default (RFC 2046 §4.1.2)', () => {
    expect(digest('Content-Type: text/plain\r\n\r\n').bodyStructure).toContain('("charset" "us-ascii")')
    expect(digest('Content-Type: text/html\r\n\r\n').bodyStructure).toContain('"html" ("charset" "us-ascii")')
    expect(digest('Content-Type: text\r\n\r\n').bodyStructure).toContain('"plain" ("charset" "us-ascii")')
  })
})

describe('header', () => {
  test('a bad line costs no field behind it', () => {
    const text = 'Subject: hello\r\n>From a\r\nMessage-ID: <1@x>\r\n\r\nGreetings\r\n'
    const it = digest(text)
    expect(text.slice(it.sections.body)).toBe('Greetings\r\n')
    expect(it.bodyStructure).toBe(`(${TEXT} 11 1 ${NO_EXTENSION})`)
    expect(it.thread).toMatchObject({ subject: 'hello', messageId: '1@x', sentDate: null })
  })

  test('[B8] a message without any field is a body', () => {
    const it = digest('My Message\r\n')
    expect([it.headerOctets, it.envelope]).toEqual([0, '(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)'])
  })

  test('a header that runs into a delimiter of the multipart around it', () => {
    const text =
      'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-ID: <1>\r\nno field\r\n--b\r\n\r\ntwo\r\n--b--\r\n'
    const it = digest(text)
    expect(section(text, it, [1])).toEqual({ mime: 'Content-ID: <1>\r\nno field\r\n', body: '' })
    expect(section(text, it, [2]).body).toBe('two')
  })

  test('the usual fields are kept as they stand, in order, others are not', () => {
    const text = crlf(`Received: from a
 by b
SUBJECT : one
 two
X-Other: y
from: a@b

`)
    expect(digest(text).fields).toBe('SUBJECT : one\r\n two\r\nfrom: a@b\r\n')
  })

  test('a last field without line end gets one', () => {
    expect(digest('Subject: cut').fields).toBe('Subject: cut\r\n')
    expect(digest('Subject: cut\r').fields).toBe('Subject: cut\r\n')
  })

  test('a folded, commented and quoted message id and references in normal form (RFC 5256 §3)', () => {
    const text = crlf(`Message-ID: <"01KF8JCEOCBS0045PS"@xxx.yyy.com>
In-Reply-To: Your message of "Monday" <a@b> (c)
References: <1@x>
 <2 @ y (z) . w> <3@z>
Subject: =?ISO-8859-1?Q?Andr=E9?=
 here
Date: 21 Nov 97 09:55:06 GMT

`)
    expect(digest(text).thread).toEqual({
      messageId: '01KF8JCEOCBS0045PS@xxx.yyy.com',
      inReplyTo: ['a@b'],
      references: ['1@x', '2@y.w', '3@z'],
      subject: 'Andr\u00e9 here',
      sentDate: Date.UTC(1997, 10, 21, 9, 55, 6),
    })
  })
})

describe('limits', () => {
  test('a container beyond the depth is opaque', () => {
    const wrap = 'Content-Type: message/rfc822\r\n\r\n'
    const it = digest(`${wrap.repeat(4)}Subject: deep\r\n\r\n`, { ...MESSAGE_LIMITS, depth: 2 })
    expect(it.bodyStructure.match(/"rfc822"/g)).toHaveLength(2)
    expect(it.bodyStructure).toContain('("application" "octet-stream" NIL NIL NIL "7bit" 49 NIL NIL NIL NIL)')
  })

  test('a hundred levels are read by default, and a hundred thousand are no trouble', () => {
    const it = digest('Content-Type: message/rfc822\r\n\r\n'.repeat(100_000))
    let depth = 0
    for (let part = it.sections.parts[0]; part !== undefined; part = part.parts[0]) depth++
    expect(depth).toBe(100)
  })

  test('a thousand multiparts within each other: a hundred are read, the rest is one opaque part', () => {
    const text = Array.from(
      { length: 1_000 },
      (_, level) => `Content-Type: multipart/mixed; boundary=b${level}x\r\n\r\n--b${level}x\r\n`,
    ).join('')
    const it = digest(`${text}\r\ninnermost`)
    let depth = 0
    let end: PartLayout = it.sections
    for (; end.parts[0] !== undefined; end = end.parts[0]) depth++
    expect(depth).toBe(100)
    expect(end.end).toBe(it.octets)
    expect(it.bodyStructure).toContain('("application" "octet-stream"')
  })

  test('a hundred thousand parts: ten thousand are listed, the octets of the others are of the multipart', () => {
    const it = digest(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(100_000)}--b--\r\n`)
    expect(it.sections.parts).toHaveLength(9_999)
    expect(it.sections.end).toBe(it.octets)
    expect(it.bodyStructure.length).toBeLessThan(1_000_000)
  })

  test('a header of a million fields, or of one endless field, keeps what the limits allow', () => {
    const many = digest(`${'To: a@b\r\n'.repeat(1_000_000)}\r\nbody`)
    expect(many.octets - many.headerOctets).toBe(4)
    expect(many.fields).toBe('To: a@b\r\n'.repeat(MESSAGE_LIMITS.headerFields))
    expect(many.envelope.length).toBeLessThan(1_000_000)
    const folded = digest(`Subject:${'\r\n x'.repeat(1_000_000)}\r\n\r\nbody`)
    expect(folded.fields).toHaveLength(MESSAGE_LIMITS.fieldOctets + 2)
    expect(folded.octets - folded.headerOctets).toBe(4)
  })

  test('parts beyond the limit are not listed', () => {
    const text = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(9)}--b--\r\n`
    const it = digest(text, { ...MESSAGE_LIMITS, parts: 4 })
    expect(it.sections.parts).toHaveLength(3)
    expect(section(text, it, [3]).body).toBe('x')
  })

  test('a long field is cut and still a field', () => {
    const it = digest(`Subject: ${'a'.repeat(50)}\r\n b\r\nTo: x@y\r\n\r\n`, { ...MESSAGE_LIMITS, fieldOctets: 12 })
    expect(it.fields).toBe('Subject: aaa\r\nTo: x@y\r\n')
  })

  test('fields past the size of a header are not seen, and its end is', () => {
    const limits = { ...MESSAGE_LIMITS, headerOctets: 60 }
    const text = `Subject: a\r\nX: ${'x'.repeat(50)}\r\nTo: x@y\r\n\r\nbody`
    const it = digest(text, limits)
    expect(it.fields).toBe('Subject: a\r\n')
    expect(text.slice(it.headerOctets)).toBe('body')
  })

  test('what is kept of all headers together is bounded', () => {
    const text = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\nContent-Type: text/html\r\n\r\n'.repeat(3)}`
    const it = digest(text, { ...MESSAGE_LIMITS, keptOctets: 43 + 27 })
    expect(it.bodyStructure.match(/"html"|"plain"/g)).toEqual(['"html"', '"plain"', '"plain"'])
  })

  test('addresses of all envelopes together are bounded', () => {
    const message = 'From: a@x, b@x, c@x\r\nContent-Type: message/rfc822\r\n\r\n'
    const it = digest(`${message}${message}\r\n`, { ...MESSAGE_LIMITS, totalAddresses: 4 })
    const addresses = /\(\(NIL NIL "a" "x"\)\) \(\(NIL NIL "a" "x"\)\) \(\(NIL NIL "a" "x"\)\)/
    expect(it.envelope).toContain('((NIL NIL "a" "x")(NIL NIL "b" "x")(NIL NIL "c" "x"))')
    expect(it.bodyStructure).toMatch(addresses)
  })

  test('octets of address fields that are read for all envelopes together are bounded', () => {
    const field = 'To: a@x, b@x\r\n'
    const message = `${field.repeat(3)}Content-Type: message/rfc822\r\n\r\n`
    const limits = { ...MESSAGE_LIMITS, addressOctets: 'a@x, b@x,a@x,'.length }
    const it = digest(`${message}${message}\r\n`, limits)
    expect(it.envelope).toContain('((NIL NIL "a" "x")(NIL NIL "b" "x")(NIL NIL "a" "x"))')
    expect(it.bodyStructure).not.toContain('"x"')
  })
})

describe('slices', () => {
  const tiny = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(1_000)}`

  test('a chunk of tiny parts is taken a few hundred at a time', () => {
    const digester = new Digester()
    const chunk = fromLatin1(tiny)
    const stops: number[] = []
    for (let at = 0; at < chunk.length; ) {
      at = digester.pushSlice(chunk, at)
      stops.push(at)
    }
    expect(stops).toHaveLength(1_000 / SLICE_PARTS + 1)
    expect(digester.end()).toEqual(digest(tiny))
  })

  test('any other chunk is taken whole', () => {
    const chunk = fromLatin1(`Subject: x\r\n\r\n${'text\r\n'.repeat(10_000)}`)
    expect(new Digester().pushSlice(chunk)).toBe(chunk.length)
    expect(new Digester().pushSlice(chunk, 100)).toBe(chunk.length)
    expect(new Digester().pushSlice(new Uint8Array(0))).toBe(0)
  })
})

test('a digester is for one message', () => {
  const digester = new Digester()
  digester.push(fromLatin1('Subject: x\r\n'))
  digester.end()
  expect(() => digester.push(fromLatin1('y'))).toThrow(HostError)
  expect(() => digester.end()).toThrow(HostError)
})
