import type { Clock, Millis } from '@mailwright/core'
import type { ClientOutcome } from '@mailwright/smtp'
import type { DeliveryRequest, DeliveryResult, DeliveryTimes, RoutedRecipient } from '../delivery/agent.js'

/** What is known of a request's recipients on the way from host to host. */
export class Attempt {
  readonly request: DeliveryRequest
  readonly #clock: Clock
  readonly #began: Millis
  readonly #results = new Map<number, { readonly result: DeliveryResult; readonly certainty: Certainty }>()
  #connected: Millis | null = null
  /** Messages that the session carried before. */
  reuse = 0
  /** The host that has answered already, by a session from before. */
  asked: string | null = null
  #trouble: Trouble = { relay: 'none', status: '4.4.1', text: 'no host to deliver to' }
  #hasMissed = false

  constructor(request: DeliveryRequest, clock: Clock) {
    this.request = request
    this.#clock = clock
    this.#began = clock.now()
  }

  /** Recipients who have no answer, or one that another host may change. */
  get open(): readonly RoutedRecipient[] {
    return this.request.recipients.filter(({ position }) => {
      const known = this.#results.get(position)
      if (known === undefined || known.certainty === 'elsewhere') return true
      return known.result.kind === 'deferred' && known.certainty !== 'doubtful'
    })
  }

  get isOver(): boolean {
    return this.open.length === 0
  }

  /** There is no session with a host. A reason that will pass outweighs one that will not: the host may do another time. */
  missed(trouble: Trouble): void {
    if (this.#hasMissed && trouble.status.startsWith('5')) return
    this.#hasMissed = true
    this.#trouble = trouble
  }

  connected(): void {
    this.reuse = 0
    this.#connected = this.#clock.now()
  }

  settle(result: DeliveryResult, certainty: Certainty = 'answered'): void {
    this.#results.set(result.position, { result, certainty })
  }

  settleAll(fate: Omit<Extract<DeliveryResult, { readonly kind: 'deferred' | 'failed' }>, 'position'>): void {
    for (const { position } of this.open) this.settle({ ...fate, position })
  }

  /** A session from before that had ended meanwhile says nothing about the host. @returns whether it had. */
  forgetBroken(): boolean {
    const broken = [...this.#results].filter(([, { certainty }]) => certainty === 'broken')
    for (const [position] of broken) this.#results.delete(position)
    return broken.length > 0
  }

  /** Who has no answer from any host shares the last trouble; also who was refused here, and might not be by a host that was missed. */
  conclude(isSiteDown: boolean): void {
    const isForGood = this.#trouble.status.startsWith('5')
    for (const { position } of this.open) {
      const known = this.#results.get(position)
      if (known !== undefined && (known.certainty !== 'elsewhere' || !this.#hasMissed || isForGood)) continue
      this.settle({
        kind: isForGood ? 'failed' : 'deferred',
        position,
        ...this.#trouble,
        ...(isSiteDown && !isForGood ? { site: 'down' } : {}),
      })
    }
  }

  end(): { readonly results: readonly DeliveryResult[]; readonly times: DeliveryTimes } {
    this.conclude(false)
    const connected = this.#connected ?? this.#clock.now()
    const times = {
      setup: this.reuse > 0 ? 0 : connected - this.#began,
      transmission: this.#clock.now() - (this.reuse > 0 ? this.#began : connected),
      reuse: this.reuse,
    }
    return { results: [...this.#results.values()].map(({ result }) => result), times }
  }
}

/** Why there is no session. A status of class 5: there never will be. */
export type Trouble = Pick<DeliveryResult, 'relay' | 'status' | 'text'>

/** `elsewhere`: this host cannot take it, and another may. `doubtful`: the host may have the message, and another must not get it as well in the same breath. */
export type Certainty = 'answered' | 'broken' | 'doubtful' | 'elsewhere'

export function certaintyOf(outcome: ClientOutcome): Certainty {
  // RFC 8689 §4.2.1: each host is asked.
  if (outcome.kind === 'unsendable' && /^5\.7\.[13]0$/.test(outcome.enhanced)) return 'elsewhere'
  if (outcome.kind !== 'broken') return 'answered'
  return outcome.failure.kind === 'ended' && outcome.failure.stage === 'end of DATA' ? 'doubtful' : 'broken'
}
