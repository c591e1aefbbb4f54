/** One message of the corpus. */
export interface HardMessage {
  /** `family/number`, by which a difference is explained. */
  readonly name: string
  /** As it stands in the file, one octet a character. */
  readonly octets: string
  /** Flags as a Maildir file name has them. */
  readonly flags: string
  /** When it arrived, in seconds. */
  readonly arrived: number
}

/** What makes the messages of one family; each gets a `Draw` of its own, so a family may grow without changing another. */
export interface Family {
  readonly name: string
  readonly count: number
  /** The `at`-th message; a line ends with LF, whatever it becomes in the file. */
  make(draw: Draw, at: number): string
}

/** Choices that are always the same ones from the same seed. */
export class Draw {
  readonly #random: () => number

  constructor(random: () => number) {
    this.#random = random
  }

  /** From 0 up to, but not, `below`. */
  int(below: number): number {
    return Math.floor(this.#random() * below)
  }

  chance(share: number): boolean {
    return this.#random() < share
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.int(choices.length)] ?? choices[0]
  }

  /** `count` results of `make`, which is told which it makes. */
  times<T>(count: number, make: (at: number) => T): T[] {
    return Array.from({ length: count }, (_, at) => make(at))
  }

  word(): string {
    return this.pick(WORDS)
  }

  words(count: number): string {
    return this.times(count, () => this.word()).join(' ')
  }

  /** `count` lines of text. */
  text(count: number): string {
    return this.times(count, () => `${this.words(1 + this.int(9))}\n`).join('')
  }

  /** What separates the parts of a multipart. */
  boundary(): string {
    return `${this.word()}_${this.int(1_000_000)}`
  }

  address(): string {
    return `${this.word()}@${this.pick(['example.com', 'example.org', 'mail.example.net'])}`
  }

  messageId(): string {
    return `<${this.int(1_000_000_000)}@example.com>`
  }
}

/** Words that are searched for, among others. */
const WORDS = [
  'alpha',
  'bravo',
  'quarterly',
  'report',
  'xylophone',
  'meeting',
  'zebra',
  'lunch',
  'invoice',
  'hello',
  'world',
  'from',
  'attachment',
  'text',
] as const

/** A header and a body, on their way to become a part or a message. */
export interface Entity {
  /** Fields, each one or more whole lines without the last line end. */
  readonly fields: readonly string[]
  readonly body: string
}

export function written({ fields, body }: Entity): string {
  return `${fields.map((field) => `${field}\n`).join('')}\n${body}`
}

/** An entity as a message of its own, with the fields every message has. */
export function message(draw: Draw, { fields, body }: Entity): string {
  return written({ fields: [...usualFields(draw), 'MIME-Version: 1.0', ...fields], body })
}

export function usualFields(draw: Draw): string[] {
  return [
    `From: ${draw.word()} <${draw.address()}>`,
    `To: ${draw.address()}`,
    `Subject: ${draw.words(1 + draw.int(4))}`,
    `Date: Mon, ${1 + draw.int(28)} Jun 2020 10:${10 + draw.int(50)}:00 +0${draw.int(10)}00`,
    `Message-ID: ${draw.messageId()}`,
  ]
}
