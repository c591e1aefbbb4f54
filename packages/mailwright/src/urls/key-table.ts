import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { AccountId, MailboxId, MailboxRef, UrlAuthority } from '@mailwright/core'

/** What outlives the process: a secret, and how often keys were reset. Keys are derived from it, so that mailboxes cost nothing until then. */
export interface KeyState {
  /** Octets in base64. */
  readonly secret: string
  readonly accounts: readonly AccountKeys[]
}

export interface AccountKeys {
  readonly account: string
  /** How often all keys were reset. */
  readonly all: number
  /** Mailboxes whose key was reset since, and how often. */
  readonly mailboxes: readonly (readonly [string, number])[]
}

/** The digest gives 256 bits; RFC 4467 §10 wants keys of 128 at least. */
const SECRET_OCTETS = 32

/** Names how a token was made, so that another way may come (RFC 4467 §2.4.1). */
const ALGORITHM = '01'

/**
 * Mailboxes of one account whose resets are remembered one by one. Default 1,000: whoever makes, resets and deletes mailboxes without end
 * must not fill the memory. Passed: all keys of the account are reset, which revokes more, never less.
 */
const RESET_MAILBOXES = 1_000

interface Generations {
  all: number
  readonly mailboxes: Map<string, number>
}

/**
 * Keys by HMAC-SHA256 of a secret, one a mailbox; tokens by HMAC-SHA256 of a key. RFC 4467 §2.4.1, §10.
 *
 * @param save resolves when a changed state is safe; the reset is acknowledged then.
 */
export class KeyTable implements UrlAuthority {
  readonly #secret: Buffer
  readonly #accounts: Map<string, Generations>
  readonly #save: (state: KeyState) => Promise<void>
  /** Makes the keys of mailboxes that are not there. */
  readonly #decoy = randomBytes(SECRET_OCTETS)

  constructor(state: KeyState, save: (state: KeyState) => Promise<void>) {
    this.#secret = Buffer.from(state.secret, 'base64')
    this.#accounts = new Map(
      state.accounts.map(({ account, all, mailboxes }) => [account, { all, mailboxes: new Map(mailboxes) }]),
    )
    this.#save = save
  }

  async signUrl({
    ref,
    rump,
  }: {
    readonly ref: MailboxRef
    readonly rump: string
  }): Promise<{ readonly token: string }> {
    return { token: this.#token(ref, rump) }
  }

  async verifyUrl(args: {
    readonly ref: MailboxRef | null
    readonly rump: string
    readonly token: string
  }): Promise<{ readonly isValid: boolean }> {
    const { ref, rump, token } = args
    const expected = Buffer.from(this.#token(ref, rump))
    const given = Buffer.alloc(expected.length)
    given.write(token.toLowerCase(), 'latin1')
    const isEqual = timingSafeEqual(given, expected)
    return { isValid: isEqual && token.length === expected.length && ref !== null }
  }

  async resetUrlKeys(args: {
    readonly account: AccountId
    readonly mailbox: MailboxId | null
  }): Promise<Record<string, never>> {
    const { account, mailbox } = args
    const known = this.#accounts.get(account) ?? { all: 0, mailboxes: new Map() }
    this.#accounts.set(account, known)
    if (mailbox !== null) known.mailboxes.set(mailbox, (known.mailboxes.get(mailbox) ?? 0) + 1)
    if (mailbox === null || known.mailboxes.size > RESET_MAILBOXES) {
      known.all += 1
      known.mailboxes.clear()
    }
    await this.#save(this.#state())
    return {}
  }

  #token(ref: MailboxRef | null, rump: string): string {
    const { all, mailboxes } = (ref === null ? undefined : this.#accounts.get(ref.account)) ?? UNTOUCHED
    const name = [ref?.account ?? '', all, ref?.mailbox ?? '', mailboxes.get(ref?.mailbox ?? '') ?? 0]
    const key = createHmac('sha256', ref === null ? this.#decoy : this.#secret)
      .update(JSON.stringify(name))
      .digest()
    return ALGORITHM + createHmac('sha256', key).update(rump, 'latin1').digest('hex')
  }

  #state(): KeyState {
    const accounts = [...this.#accounts].map(([account, { all, mailboxes }]) => ({
      account,
      all,
      mailboxes: [...mailboxes],
    }))
    return { secret: this.#secret.toString('base64'), accounts }
  }
}

const UNTOUCHED: Generations = { all: 0, mailboxes: new Map() }

/** A state with a new secret. */
export function newKeys(): KeyState {
  return { secret: randomBytes(SECRET_OCTETS).toString('base64'), accounts: [] }
}

/** Keys that end with the process, and all URLs with them. */
export function memoryUrlAuthority(): UrlAuthority {
  return new KeyTable(newKeys(), async () => {})
}
