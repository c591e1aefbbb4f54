import type { SmtpLimits } from './limits.js'
import type { SmtpVerb } from './states.js'

interface Count {
  total: number
  succeeded: number
}

/** Counts what a peer did, for the limits and for the log. */
export class Tally {
  readonly #counts = new Map<SmtpVerb | 'unknown', Count>()
  #errors = 0
  #junk = 0
  #loginFailures = 0
  #last: SmtpVerb | 'unknown' | null = null

  /** The command that came last; `null` before the first. */
  get last(): SmtpVerb | 'unknown' | null {
    return this.#last
  }

  /** A command has come. */
  began(verb: SmtpVerb | 'unknown'): void {
    this.#last = verb
    const count = this.#counts.get(verb)
    if (count === undefined) this.#counts.set(verb, { total: 1, succeeded: 0 })
    else count.total++
  }

  succeeded(verb: SmtpVerb | 'unknown'): void {
    const count = this.#counts.get(verb)
    if (count !== undefined) count.succeeded++
  }

  erred(): void {
    this.#errors++
  }

  /** A command that moves no mail. */
  movedNothing(limits: SmtpLimits): void {
    this.#junk++
    if (this.#junk > limits.junkCommands) this.#errors++
  }

  failedLogin(): void {
    this.#loginFailures++
  }

  /** A message was accepted: what went wrong before is forgotten. */
  forgive(): void {
    this.#errors = 0
    this.#junk = 0
  }

  /** Whether answers wait: the peer errs too often. */
  isSlowed(limits: SmtpLimits): boolean {
    return this.#errors >= limits.softErrors
  }

  /** Why the session must end, if it must. */
  exhaustion(limits: SmtpLimits): string | null {
    if (this.#loginFailures >= limits.loginFailures) return 'too many failed logins'
    return this.#errors >= limits.hardErrors ? 'too many errors' : null
  }

  /**
   * As in `ehlo=1 mail=1 rcpt=0/2 quit=1 commands=3/5`: succeeded and, where it differs, all; Postfix's words.
   *
   * @param order in which the verbs are listed.
   */
  summary(order: readonly SmtpVerb[]): string {
    const all: Count = { total: 0, succeeded: 0 }
    const parts: string[] = []
    for (const verb of [...order, 'unknown'] as const) {
      const count = this.#counts.get(verb)
      if (count === undefined) continue
      all.total += count.total
      all.succeeded += count.succeeded
      parts.push(`${verb.toLowerCase()}=${ratio(count)}`)
    }
    // `0/0` marks a session without any command: in Postfix's log a slash always means trouble.
    parts.push(`commands=${all.total === 0 ? '0/0' : ratio(all)}`)
    return parts.join(' ')
  }
}

function ratio({ succeeded, total }: Count): string {
  return succeeded === total ? String(total) : `${succeeded}/${total}`
}
