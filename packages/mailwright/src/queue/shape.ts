import type { QueuedMessage, UnixMillis } from '@mailwright/core'
import { openRecipients } from './listing.js'

/** What a table of a queue shows. Names and defaults are those of Postfix's qshape(1). */
export interface ShapeOptions {
  /** Whose domains: of recipients, or of senders. */
  readonly by: 'recipient' | 'sender'
  /** Parent domains get lines of their own, with a leading dot, where they have so many subdomains. `null`: none do. */
  readonly parents: number | null
  /** Columns of ages. */
  readonly buckets: number
  /** Minutes of the first. */
  readonly minutes: number
  /** Each column twice the one before, or all alike. */
  readonly ages: 'geometric' | 'linear'
  /** Characters of a line; domains are cut to it. */
  readonly width: number
}

export const SHAPE_DEFAULTS: ShapeOptions = {
  by: 'recipient',
  parents: null,
  buckets: 10,
  minutes: 5,
  ages: 'geometric',
  width: 80,
}

/** Columns that a domain has at least, however many the numbers take. */
const DOMAIN_WIDTH = 18
const TOTAL = 'TOTAL'

/** Counts mail by domain and age, so that an operator sees at a glance whose mail waits, and since when. */
export class QueueShape {
  readonly #options: ShapeOptions
  readonly #now: number
  /** Of each domain: all, then by age. */
  readonly #counts = new Map<string, number[]>()
  readonly #subdomains = new Map<string, number>()

  constructor(options: ShapeOptions, now: UnixMillis) {
    this.#options = options
    this.#now = seconds(now)
  }

  add(message: QueuedMessage): void {
    const bucket = this.#bucketOf(message.arrived)
    const recipients = openRecipients(message).map(({ address }) => address)
    for (const address of this.#options.by === 'sender' ? [message.envelope.reversePath] : recipients) {
      this.#count(TOTAL, bucket)
      this.#countDomains(domainOf(address), bucket)
    }
  }

  /** The table: a heading, the sum, and a line for each domain, the fullest first. */
  lines(): string {
    const { buckets } = this.#options
    const totals = this.#counts.get(TOTAL) ?? Array.from({ length: buckets + 1 }, () => 0)
    this.#counts.set(TOTAL, totals)
    const headings = this.#headings()
    const widths = headings.map((heading, at) => {
      const longest = Math.max(heading.length, String(totals[at] ?? 0).length)
      return longest > 2 ? longest + 1 : 3
    })
    const numbers = widths.reduce((sum, width) => sum + width, 0)
    const room = Math.max(DOMAIN_WIDTH, this.#options.width - numbers)
    const line = (domain: string, cells: readonly (string | number)[]): string =>
      `${fitted(domain, room)}${cells.map((cell, at) => String(cell).padStart(widths[at] ?? 0)).join('')}\n`
    const shown = [...this.#counts].filter(([domain]) => this.#isShown(domain))
    shown.sort(([one, [few = 0]], [other, [many = 0]]) => many - few || one.length - other.length)
    return line('', headings) + shown.map(([domain, counts]) => line(domain, counts)).join('')
  }

  #bucketOf(arrived: UnixMillis): number {
    const { minutes, ages, buckets } = this.#options
    const age = (this.#now - seconds(arrived)) / (60 * minutes)
    if (age < 1) return 1
    const bucket = ages === 'linear' ? Math.floor(age + 1) : 2 + Math.floor(Math.log(age) / Math.log(2))
    return Math.min(bucket, buckets)
  }

  /** A domain, and those above it but the last. A parent has one subdomain more where a name below it is met for the first time. */
  #countDomains(domain: string, bucket: number): void {
    let isNew = false
    for (let name: string | undefined = domain; name !== undefined; ) {
      if (isNew) this.#subdomains.set(name, (this.#subdomains.get(name) ?? 0) + 1)
      isNew = this.#count(name, bucket)
      name = this.#options.parents === null ? undefined : parentOf(name)
    }
  }

  /** @returns whether the domain is new. */
  #count(domain: string, bucket: number): boolean {
    const known = this.#counts.get(domain)
    const counts = known ?? Array.from({ length: this.#options.buckets + 1 }, () => 0)
    if (known === undefined) this.#counts.set(domain, counts)
    for (const at of [0, bucket]) counts[at] = (counts[at] ?? 0) + 1
    return known === undefined
  }

  #isShown(domain: string): boolean {
    return !domain.startsWith('.') || (this.#subdomains.get(domain) ?? 0) >= (this.#options.parents ?? 0)
  }

  #headings(): readonly string[] {
    const { buckets, minutes, ages } = this.#options
    const headings = ['T']
    let limit = 0
    for (let bucket = 1; bucket < buckets; bucket++) {
      limit += ages === 'geometric' && limit > 0 ? limit : minutes
      headings.push(String(limit))
    }
    return [...headings, `${limit}+`]
  }
}

function seconds(at: UnixMillis): number {
  return Math.floor(at / 1_000)
}

/** In lower case and without dots at its ends; what has no domain stands for itself. */
function domainOf(address: string): string {
  if (address === '') return 'MAILER-DAEMON'
  const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase()
  return domain
    .replaceAll(/\.\./g, '.')
    .replace(/\.?(.+?)\.?$/, '$1')
    .replaceAll(/\p{Cc}/gu, '?')
}

function parentOf(domain: string): string | undefined {
  const parent = domain.replace(/^\.?[^.]+\.(?=.*\.)/, '.')
  return parent === domain ? undefined : parent
}

/** Right-justified; the end of a long name counts. */
function fitted(domain: string, room: number): string {
  if (domain.length <= room) return domain.padStart(room)
  return domain.startsWith('.')
    ? `.+${domain.slice(domain.length - room + 2)}`
    : `+${domain.slice(domain.length - room + 1)}`
}
