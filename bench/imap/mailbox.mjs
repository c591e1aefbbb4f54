import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** 1 January 2023. */
const FIRST = 1_672_531_200
const DAYS = 1_000
/** Messages that are answered: what comes late in a list answers what came shortly before. */
const OPEN_THREADS = 60
const COMMON =
  'the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which one you were all her she there would their we him been has when who will no more if out so up said what its about than into them can only other time new some could these two may first then do any like my now over such our man me even most made after also did many off before must well back through years much where your way down should because long each just'.split(
    ' ',
  )
const SYLLABLES = 'ka ro mi ten lo sha pre con ver dis ta ble ing or en al um ist ra ne gu fi pos tor'.split(' ')
const FIRST_NAMES = 'James Mary Robert Linda Michael Susan David Karen Nancy Daniel Lisa Paul Betty Zoe Andre'.split(
  ' ',
)
const LAST_NAMES = 'Smith Jones Taylor Brown Weber Fischer Dubois Moreau Rossi Garcia Nowak Novak Ivanov'.split(' ')
const DOMAINS = ['example.com', 'example.org', 'example.net', 'lists.example.org', 'corp.example']
const ENCODED = [
  '=?utf-8?Q?R=C3=A9sum=C3=A9_et_caf=C3=A9?=',
  '=?iso-8859-1?Q?Gr=FC=DFe_aus_K=F6ln?=',
  '=?koi8-r?B?8NLJ18XULCDNydIh?=',
]

/** Numbers from 0 to 1, the same ones from the same seed (mulberry32). */
function seeded(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/**
 * Mail of people and lists, most of it small: plain, HTML beside text, attachments of some KB, enclosed messages; threads; and words
 * that are searched for: `quarterly` in 2 % of subjects, `alice` in 2 % of From, `xylophone` in 0.1 % of bodies.
 */
class Writer {
  #random
  #recent = []

  constructor(seed) {
    this.#random = seeded(seed)
  }

  #int(below) {
    return Math.floor(this.#random() * below)
  }

  #chance(share) {
    return this.#random() < share
  }

  #pick(choices) {
    return choices[this.#int(choices.length)]
  }

  #times(count, make) {
    return Array.from({ length: count }, make)
  }

  #hex(digits) {
    return this.#times(digits, () => this.#int(16).toString(16)).join('')
  }

  #word() {
    if (this.#chance(0.6)) return this.#pick(COMMON)
    return this.#times(2 + this.#int(3), () => this.#pick(SYLLABLES)).join('')
  }

  #text(octets) {
    const lines = []
    for (let left = octets; left > 0; left -= (lines.at(-1) ?? '').length + 1) {
      lines.push(this.#times(8 + this.#int(6), () => this.#word()).join(' '))
    }
    return `${lines.join('\n')}\n`
  }

  #address() {
    const [first, last] = [this.#pick(FIRST_NAMES), this.#pick(LAST_NAMES)]
    const address = `${first.toLowerCase()}.${last.toLowerCase()}@${this.#pick(DOMAINS)}`
    const form = this.#random()
    if (form < 0.7) return `${first} ${last} <${address}>`
    if (form < 0.8) return `"${last}, ${first} (Ext.)" <${address}>`
    return form < 0.9 ? `${this.#pick(ENCODED)} <${address}>` : address
  }

  #base64(octets) {
    return `${Buffer.from(this.#times(octets, () => this.#int(256)))
      .toString('base64')
      .replace(/.{76}/g, '$&\n')}\n`
  }

  #multipart(subtype, parts) {
    const boundary = `----=_Part_${this.#int(1_000_000)}_${this.#hex(12)}`
    const body = parts.map((part) => `--${boundary}\n${part}\n`).join('')
    return { type: `multipart/${subtype};\n boundary="${boundary}"`, body: `${body}--${boundary}--\n` }
  }

  #part({ type, body, more = '' }) {
    return `Content-Type: ${type}\n${more}\n${body}`
  }

  #plain(planted) {
    const size = 300 + this.#random() * this.#random() * 3_000
    return { type: 'text/plain; charset=us-ascii', body: `${this.#text(size)}${planted}` }
  }

  #content(planted, depth) {
    const kind = this.#random()
    const plain = this.#plain(planted)
    if (kind < 0.4) return plain
    if (kind < 0.5) {
      const body = plain.body.replaceAll(' the ', ' th=C3=A9 ').replace(/.{70}/g, '$&=\n')
      return { type: 'text/plain; charset=utf-8', more: 'Content-Transfer-Encoding: quoted-printable\n', body }
    }
    if (kind < 0.78) {
      const html = { type: 'text/html; charset=utf-8', body: `<html><body><p>${this.#text(800)}</p></body></html>\n` }
      return this.#multipart('alternative', [this.#part(plain), this.#part(html)])
    }
    if (kind < 0.95 || depth > 0) {
      const name = `file ${this.#int(9_999)}.pdf`
      const attachment = {
        type: `application/pdf; name="${name}"`,
        more: `Content-Transfer-Encoding: base64\nContent-Disposition: attachment; filename="${name}"\n`,
        body: this.#base64(500 + this.#int(4_000)),
      }
      return this.#multipart('mixed', [this.#part(plain), this.#part(attachment)])
    }
    const enclosed = { type: 'message/rfc822', body: this.#message(0, FIRST, depth + 1) }
    return this.#multipart('mixed', [this.#part(plain), this.#part(enclosed)])
  }

  #message(number, time, depth = 0) {
    const parent = this.#recent.length > 0 && this.#chance(0.45) ? this.#pick(this.#recent) : null
    const isPlanted = depth === 0 && this.#chance(0.001)
    const id = `<${this.#hex(8)}.${number}@${this.#pick(DOMAINS)}>`
    const plain = this.#chance(0.15)
      ? `${this.#pick(ENCODED)} ${this.#word()}`
      : this.#times(3 + this.#int(6), () => this.#word()).join(' ')
    const subject =
      parent === null ? `${plain}${this.#chance(0.02) ? ' quarterly report' : ''}` : `Re: ${parent.subject}`
    const references = parent === null ? [] : [...parent.references, parent.id].slice(-40)
    if (depth === 0) {
      this.#recent.push({ id, references, subject: parent?.subject ?? subject })
      if (this.#recent.length > OPEN_THREADS) this.#recent.splice(this.#int(OPEN_THREADS / 2), 1)
    }
    const date = new Date(time * 1_000).toUTCString().replace('GMT', this.#pick(['+0000', '+0100', '-0500', '+0900']))
    const content = this.#content(isPlanted ? 'the xylophone marker\n' : '', depth)
    const fields = [
      `Return-Path: <bounce-${this.#int(1_000_000)}@${this.#pick(DOMAINS)}>`,
      ...this.#times(2 + this.#int(4), () => {
        const [host, domain] = [`mx${this.#int(9)}`, this.#pick(DOMAINS)]
        return `Received: from ${host}.${domain} (${host}.${domain} [192.0.2.${this.#int(255)}])\n\tby mail.${domain} (Postfix) with ESMTPS id ${this.#hex(10)}\n\tfor <user@example.com>; ${date}`
      }),
      ...(this.#chance(0.6)
        ? [`DKIM-Signature: v=1; a=rsa-sha256; d=${this.#pick(DOMAINS)};\n\tb=${this.#hex(340)}`]
        : []),
      `Message-ID: ${id}`,
      `Date: ${date}`,
      `From: ${this.#chance(0.02) ? `Alice Example <alice@${this.#pick(DOMAINS)}>` : this.#address()}`,
      `To: ${this.#times(this.#chance(0.8) ? 1 : 1 + this.#int(8), () => this.#address()).join(',\n\t')}`,
      ...(this.#chance(0.2) ? [`Cc: ${this.#address()},\n ${this.#address()}`] : []),
      `Subject: ${subject}`,
      ...(parent === null ? [] : [`In-Reply-To: ${parent.id}`, `References: ${references.join('\n ')}`]),
      ...(this.#chance(0.3) ? [`List-Id: <${this.#word()}.lists.example.org>`, 'Precedence: list'] : []),
      'MIME-Version: 1.0',
    ]
    return `${fields.join('\n')}\n${this.#part(content)}`
  }

  /** The `number`-th message of `count`: its octets, and when it arrived, in seconds. */
  next(number, count) {
    const time = FIRST + Math.floor((number / count) * DAYS * 86_400) + this.#int(600)
    return { octets: Buffer.from(this.#message(number, time), 'latin1'), time }
  }
}

/** Writes a Maildir of `count` messages into each of `folders`: the same ones into each, and the same ones each time. */
export function writeMaildirs(folders, count, seed = 2) {
  for (const folder of folders)
    for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(folder, part), { recursive: true })
  const writer = new Writer(seed)
  let octets = 0
  for (let number = 0; number < count; number++) {
    const message = writer.next(number, count)
    octets += message.octets.length
    const name = `${FIRST + number}.M${number}P1.bench:2,${number % 5 === 0 ? '' : 'S'}`
    for (const folder of folders) {
      const path = join(folder, 'cur', name)
      writeFileSync(path, message.octets)
      utimesSync(path, message.time, message.time)
    }
  }
  return octets
}
