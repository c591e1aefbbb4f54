import {
  ATTACHMENTS,
  COMMON,
  DAYS,
  DOMAINS,
  EIGHT_BIT,
  ENCODED_WORDS,
  FIRST_NAMES,
  LAST_NAMES,
  MONTHS,
  SYLLABLES,
} from './words.mjs'

const CRLF = '\r\n'
/** 1 January 2023, in seconds. */
const FIRST = 1_672_531_200
const SPAN_DAYS = 1_000
/** Messages that may be answered. */
const OPEN_THREADS = 60

/** Numbers from 0 to 1, the same ones from the same seed (mulberry32). */
function seeded(seed) {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0 || 1
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/**
 * Mail as it arrives: plain, quoted-printable, base64 and 8-bit text in seven charsets, HTML beside text, attachments of 1 KB to 5 MB,
 * enclosed messages and digests, threads, signatures, lists. The same octets from the same seed, on every machine.
 */
class Writer {
  #random
  #rare
  #noise
  #recent = []

  constructor(seed) {
    this.#random = seeded(seed)
    this.#rare = Array.from({ length: 4_000 }, () => {
      let word = ''
      for (let left = 2 + this.#int(3); left > 0; left--) word += this.#pick(SYLLABLES)
      return word
    })
    this.#noise = Buffer.allocUnsafe(6 << 20)
    for (let at = 0; at < this.#noise.length; at += 4) {
      this.#noise.writeUInt32LE((this.#random() * 4_294_967_296) >>> 0, at)
    }
  }

  #int(below) {
    return Math.floor(this.#random() * below)
  }

  #pick(choices) {
    return choices[this.#int(choices.length)]
  }

  #chance(share) {
    return this.#random() < share
  }

  #hex(digits) {
    let text = ''
    while (text.length < digits) text += ((this.#random() * 4_294_967_296) >>> 0).toString(16).padStart(8, '0')
    return text.slice(0, digits)
  }

  #word() {
    return this.#chance(0.6) ? this.#pick(COMMON) : this.#pick(this.#rare)
  }

  #text(octets) {
    const lines = []
    let length = 0
    let line = ''
    while (length < octets) {
      const word = this.#word()
      if (line.length + word.length > 71) {
        lines.push(line)
        length += line.length + 2
        line = word
        if (this.#chance(0.08)) {
          lines.push('')
          length += 2
        }
      } else line = line ? `${line} ${word}` : word
    }
    lines.push(line)
    return lines.join(CRLF) + CRLF
  }

  /** Lines of base64 that hold `octets` of noise. */
  #base64(octets) {
    const length = Math.max(1, octets - (octets % 57))
    const from = this.#int(this.#noise.length - length - 1)
    const text = this.#noise.subarray(from, from + length).toString('base64')
    return inLines(text, 76) + CRLF
  }

  #html(octets) {
    const paragraphs = this.#text(octets)
      .split(CRLF + CRLF)
      .map((text) => {
        const link = `<a href="https://www.example.com/t/${this.#hex(12)}">${this.#word()}</a>`
        return `<p style="font-family:Arial,sans-serif">${text} ${link} &amp; café – <b>${this.#word()}</b></p>`
      })
    const style = '<style>p{margin:0 0 1em}.x td{padding:4px}</style>'
    const head = `<!DOCTYPE html><html><head><meta charset="utf-8">${style}</head><body>`
    return `${head}${CRLF}${paragraphs.join(CRLF)}${CRLF}</body></html>${CRLF}`
  }

  #address() {
    const first = this.#pick(FIRST_NAMES)
    const last = this.#pick(LAST_NAMES)
    const spec = `${first.toLowerCase()}.${last.toLowerCase()}@${this.#pick(DOMAINS)}`
    const form = this.#random()
    if (form < 0.7) return `${first} ${last} <${spec}>`
    if (form < 0.8) return `"${last}, ${first} (Ext.)" <${spec}>`
    return form < 0.92 ? `${this.#pick(ENCODED_WORDS)} <${spec}>` : spec
  }

  #date(time) {
    const date = new Date(time * 1_000)
    const two = (number) => String(number).padStart(2, '0')
    const clock = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':')
    const zone = this.#pick(['+0000', '+0000', '+0100', '-0500', '+0900'])
    const day = `${DAYS[date.getUTCDay()]}, ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`
    return `${day} ${clock} ${zone}`
  }

  /** An entity: the lines of its Content- fields, and its body. */
  #multipart(subtype, parts) {
    const boundary = `----=_Part_${this.#int(1e6)}_${this.#hex(16)}`
    const pieces = [Buffer.from(subtype === 'mixed' ? `This is a multi-part message in MIME format.${CRLF}` : '')]
    for (const { head, body } of parts) {
      pieces.push(Buffer.from(`${CRLF}--${boundary}${CRLF}${head}${CRLF}${CRLF}`), Buffer.from(body))
    }
    pieces.push(Buffer.from(`${CRLF}--${boundary}--${CRLF}`))
    return { head: `Content-Type: multipart/${subtype}; boundary="${boundary}"`, body: Buffer.concat(pieces) }
  }

  #plain(octets, marker) {
    return entity('text/plain; charset=us-ascii', '7bit', this.#text(octets) + marker)
  }

  #quotedPrintable(octets, marker) {
    const text = this.#text(octets).replace(/ the /g, ' thé ') + marker
    return entity('text/plain; charset="utf-8"; format=flowed', 'quoted-printable', quotedPrintable(text))
  }

  #base64Text(octets, marker) {
    const text = Buffer.from(this.#text(octets) + marker).toString('base64')
    return entity('text/plain; charset=utf-8', 'base64', text.replace(/.{76}/g, `$&${CRLF}`) + CRLF)
  }

  #eightBit(octets, marker) {
    const [charset, text] = this.#pick(EIGHT_BIT)
    const rows = []
    for (let length = 0; length < octets; length += text.length * 2 + 40) {
      rows.push(text, Buffer.from(`${this.#word()} ${this.#word()} `), text, Buffer.from(CRLF))
    }
    const encoding = charset === 'iso-2022-jp' ? '7bit' : '8bit'
    return entity(`text/plain; charset=${charset}`, encoding, Buffer.concat([...rows, Buffer.from(marker)]))
  }

  #htmlPart(octets) {
    return entity('text/html; charset=utf-8', 'quoted-printable', quotedPrintable(this.#html(octets)))
  }

  #attachment(octets) {
    const [type, ending] = this.#pick(ATTACHMENTS)
    const name = this.#chance(0.25)
      ? `filename*=utf-8''r%C3%A9sum%C3%A9-${this.#int(999)}.${ending}`
      : `filename="file ${this.#int(9999)}.${ending}"`
    const { head } = entity(`${type}; name="f${this.#int(999)}.${ending}"`, 'base64', '')
    return { head: `${head}${CRLF}Content-Disposition: attachment; ${name}`, body: this.#base64(octets) }
  }

  /** 1 KB to 3.7 MB, which base64 makes 5 MB of. */
  #attachmentOctets() {
    const size = this.#random()
    if (size < 0.35) return Math.floor(1e3 + this.#random() * 9e3)
    if (size < 0.8) return Math.floor(1e4 + this.#random() * 9e4)
    return Math.floor(size < 0.97 ? 1e5 + this.#random() * 9e5 : 1e6 + this.#random() * 2.7e6)
  }

  #textOctets() {
    return Math.floor(300 + this.#random() * this.#random() * 9_000)
  }

  #content(number, count, depth) {
    const marker = depth === 0 && this.#chance(0.001) ? `the xylophone marker${CRLF}` : ''
    const kind = this.#random()
    if (kind < 0.28) return this.#plain(this.#textOctets(), marker)
    if (kind < 0.38) return this.#quotedPrintable(this.#textOctets(), marker)
    if (kind < 0.43) return this.#base64Text(this.#textOctets(), marker)
    if (kind < 0.52) return this.#eightBit(this.#textOctets(), marker)
    if (kind < 0.8) {
      const text = this.#quotedPrintable(this.#textOctets(), marker)
      return this.#multipart('alternative', [text, this.#htmlPart(this.#textOctets() * 2)])
    }
    if (kind < 0.95 || depth > 0) return this.#withAttachments(marker)
    const subtype = this.#chance(0.3) ? 'digest' : 'mixed'
    const parts = [this.#plain(400, marker)]
    for (let left = 1 + this.#int(2); left > 0; left--) {
      const head = `Content-Type: message/rfc822${CRLF}Content-Disposition: inline`
      parts.push({ head, body: this.#message(number, count, depth + 1) })
    }
    return this.#multipart(subtype, parts)
  }

  #withAttachments(marker) {
    const attachments = 1 + this.#int(3)
    const parts = []
    if (this.#chance(0.5)) {
      const text = this.#quotedPrintable(this.#textOctets(), marker)
      parts.push(this.#multipart('alternative', [text, this.#htmlPart(this.#textOctets())]))
    } else parts.push(this.#plain(this.#textOctets(), marker))
    for (let left = attachments; left > 0; left--) parts.push(this.#attachment(this.#attachmentOctets()))
    return this.#multipart('mixed', parts)
  }

  #signature(time) {
    const domain = this.#pick(DOMAINS)
    const first = `v=1; a=rsa-sha256; c=relaxed/relaxed; d=${domain};`
    const second = `s=s${this.#int(99)}; t=${time}; h=from:to:subject:date:message-id;`
    const from = this.#int(9999)
    const hash = `bh=${this.#noise.subarray(from, 0).toString('base64')}${this.#noise.subarray(100, 132).toString('base64')};`
    const signature = `b=${this.#base64(256).trim().split(CRLF).join(`${CRLF}\t `)}`
    return `DKIM-Signature: ${[first, second, hash, signature].join(`${CRLF}\t`)}`
  }

  #received(time) {
    const from = `mx${this.#int(9)}.${this.#pick(DOMAINS)} (mx${this.#int(9)}.${this.#pick(DOMAINS)} [192.0.2.${this.#int(255)}])`
    const by = `by mail.${this.#pick(DOMAINS)} (Postfix) with ESMTPS id ${this.#hex(10).toUpperCase()}`
    return `Received: from ${from}${CRLF}\t${by}${CRLF}\tfor <user@example.com>; ${this.#date(time)}`
  }

  #message(number, count, depth) {
    const time = FIRST + Math.floor((number / count) * SPAN_DAYS * 86_400) + this.#int(600)
    const id = `<${this.#hex(8)}.${number}.${this.#hex(6)}@${this.#pick(DOMAINS)}>`
    const parent = this.#recent.length > 0 && this.#chance(0.45) ? this.#pick(this.#recent) : null
    let subject = parent === null ? this.#subject() : `Re: ${parent.subject}`
    let from = this.#address()
    if (depth === 0) {
      if (parent === null && this.#chance(0.0182)) subject += ' quarterly report'
      if (this.#chance(0.02)) from = `Alice Example <alice@${this.#pick(DOMAINS)}>`
    }
    const references = parent === null ? [] : [...parent.references, parent.id].slice(-40)
    if (depth === 0) {
      this.#recent.push({ id, references, subject: parent === null ? subject : parent.subject })
      if (this.#recent.length > OPEN_THREADS) this.#recent.splice(this.#int(30), 1)
    }
    const fields = [`Return-Path: <bounce-${this.#int(1e6)}@${this.#pick(DOMAINS)}>`]
    for (let left = 2 + this.#int(4); left > 0; left--) fields.push(this.#received(time))
    if (this.#chance(0.6)) fields.push(this.#signature(time))
    fields.push(`Message-ID: ${id}`, `Date: ${this.#date(time)}`, `From: ${from}`, `To: ${this.#recipients()}`)
    if (this.#chance(0.2)) fields.push(`Cc: ${this.#address()},${CRLF} ${this.#address()}`)
    fields.push(`Subject: ${subject}`)
    if (parent !== null) fields.push(`In-Reply-To: ${parent.id}`, `References: ${references.join(`${CRLF} `)}`)
    if (this.#chance(0.3)) {
      fields.push(`List-Id: <${this.#word()}.lists.example.org>`)
      fields.push(`List-Unsubscribe: <https://lists.example.org/u/${this.#hex(20)}>`, 'Precedence: list')
    }
    if (this.#chance(0.5)) {
      fields.push(`X-Mailer: ${this.#pick(['Exampler 1.0', 'Mailbox/16.0 (3774)', 'Desk 102.9'])}`)
      fields.push(`X-Spam-Status: No, score=-${this.#int(9)}.${this.#int(9)} required=5.0`)
    }
    const { head, body } = this.#content(number, count, depth)
    fields.push('MIME-Version: 1.0', head)
    return Buffer.concat([Buffer.from(fields.join(CRLF) + CRLF + CRLF), Buffer.from(body)])
  }

  #subject() {
    if (this.#chance(0.15)) return `${this.#pick(ENCODED_WORDS)} ${this.#word()} ${this.#word()}`
    return Array.from({ length: 3 + this.#int(6) }, () => this.#word()).join(' ')
  }

  #recipients() {
    const count = this.#chance(0.8) ? 1 : 1 + this.#int(8)
    return Array.from({ length: count }, () => this.#address()).join(`,${CRLF}\t`)
  }

  message(number, count) {
    return this.#message(number, count, 0)
  }
}

function entity(type, encoding, body) {
  return { head: `Content-Type: ${type}${CRLF}Content-Transfer-Encoding: ${encoding}`, body }
}

function inLines(text, length) {
  const lines = []
  for (let at = 0; at < text.length; at += length) lines.push(text.slice(at, at + length))
  return lines.join(CRLF)
}

function quotedPrintable(text) {
  const octets = Buffer.from(text)
  let out = ''
  let line = ''
  for (let at = 0; at < octets.length; at++) {
    const octet = octets[at]
    if (octet === 13 && octets[at + 1] === 10) {
      out += line + CRLF
      line = ''
      at++
      continue
    }
    const isPlain = (octet >= 33 && octet <= 126 && octet !== 61) || (octet === 32 && octets[at + 1] !== 13)
    const written = isPlain ? String.fromCharCode(octet) : `=${octet.toString(16).toUpperCase().padStart(2, '0')}`
    if (line.length + written.length > 75) {
      out += `${line}=${CRLF}`
      line = ''
    }
    line += written
  }
  return out + line
}

/** `count` messages in wire form. */
export function corpus({ count, seed }) {
  const writer = new Writer(seed)
  return Array.from({ length: count }, (_, number) => writer.message(number, count))
}
