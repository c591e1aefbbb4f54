import { bytesHandle, type Clock, type QueuedMessage, type QueuedRecipient, type QueueId } from '@mailwright/core'
import { type Performer, runFlow } from '@mailwright/core/driver'
import type { DeliveryAgent } from '../delivery/agent.js'
import {
  type AddressProbes,
  ageOfAnswer,
  PROBE_LIMITS,
  type ProbeAnswer,
  type ProbeLimits,
} from '../restrictions/address-probes.js'
import type { Router } from '../routing/router.js'
import { ExpiringCache } from './expiring-cache.js'

export interface AddressProbesOptions {
  readonly router: Pick<Router, 'exists' | 'route'>
  /** Answers the router's calls. */
  readonly perform: Performer
  /** By the names of transports. */
  readonly agents: { readonly [transport: string]: DeliveryAgent }
  readonly clock: Clock
  readonly limits?: Partial<ProbeLimits>
}

/**
 * Verifies addresses as mail for them would go: our own by our tables, others by the agent of their route, up to RCPT. The sender of a question is the null reverse-path,
 * which nobody verifies in turn, so that two servers that verify never wait for each other.
 */
export function createAddressProbes(options: AddressProbesOptions): AddressProbes & { close(): Promise<void> } {
  const { clock } = options
  const limits = { ...PROBE_LIMITS, ...options.limits }
  const known = new ExpiringCache<ProbeAnswer>(limits.entries, () => clock.now())
  const underWay = new Map<string, Promise<ProbeAnswer>>()
  const ending = new AbortController()

  /** Goes on when who asked has left: the next one is answered at once. */
  const begin = (address: string): Promise<ProbeAnswer> => {
    const late = new AbortController()
    const release = clock.after(limits.question, () => late.abort(new Error('it took too long')))
    const asking = find(options, address, AbortSignal.any([ending.signal, late.signal]))
      .catch(
        (error: unknown): ProbeAnswer => ({
          kind: 'unknown',
          text: error instanceof Error ? error.message : String(error),
        }),
      )
      .then((answer) => {
        release()
        underWay.delete(address)
        known.set(address, answer, ageOfAnswer(answer, limits))
        return answer
      })
    underWay.set(address, asking)
    return asking
  }

  return {
    async probeAddress({ address }, signal) {
      const key =
        address.slice(0, address.lastIndexOf('@') + 1) + address.slice(address.lastIndexOf('@') + 1).toLowerCase()
      const answer = known.get(key)
      if (answer !== undefined) return answer
      const asking = underWay.get(key) ?? (underWay.size < limits.questions ? begin(key) : undefined)
      return asking === undefined ? BUSY : await within(asking, limits.wait, clock, signal)
    },
    async close() {
      ending.abort(new Error('the server ends'))
      await Promise.all(underWay.values())
    },
  }
}

/** Postfix's words. */
const IN_PROGRESS: ProbeAnswer = { kind: 'unknown', text: 'Address verification in progress' }
const BUSY: ProbeAnswer = { kind: 'unknown', text: 'too many address verifications in progress' }

/** An answer that comes in time, or word that it is being looked for. */
function within(
  asking: Promise<ProbeAnswer>,
  wait: number,
  clock: Pick<Clock, 'after'>,
  signal: AbortSignal,
): Promise<ProbeAnswer> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      release()
      reject(signal.reason)
    }
    const release = clock.after(wait, () => {
      signal.removeEventListener('abort', onAbort)
      resolve(IN_PROGRESS)
    })
    void asking.then((answer) => {
      release()
      signal.removeEventListener('abort', onAbort)
      resolve(answer)
    })
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
}

async function find(
  { router, perform, agents, clock }: AddressProbesOptions,
  address: string,
  signal: AbortSignal,
): Promise<ProbeAnswer> {
  const exists = await runFlow(router.exists(address), perform, signal)
  if (exists.kind === 'unknown') return { kind: 'undeliverable', text: `User unknown in ${exists.table}` }
  if (exists.kind === 'unavailable') return { kind: 'unknown', text: 'Temporary lookup failure' }
  const envelope = { reversePath: '' }
  const routed = await runFlow(router.route(address, envelope), perform, signal)
  if (routed.kind !== 'route') {
    return { kind: routed.kind === 'failed' ? 'undeliverable' : 'unknown', text: routed.text }
  }
  const { transport, nexthop, address: to } = routed.route
  const agent = agents[transport]
  // Who cannot tell beforehand takes it.
  if (agent?.probe === undefined) return { kind: 'deliverable' }
  const recipient: QueuedRecipient = { address: to, state: { kind: 'pending' }, attempts: 0, isDelayReported: false }
  const message: QueuedMessage = {
    // It is in no queue, and has no name there.
    id: 'probe' as QueueId,
    envelope,
    recipients: [recipient],
    arrived: clock.date(),
    octets: 0,
    isHeld: false,
    isActive: true,
  }
  const request = {
    message,
    body: bytesHandle(new Uint8Array(0)),
    nexthop,
    recipients: [{ position: 0, recipient, address: to }],
  }
  const { results } = await agent.probe(request, signal)
  const [result] = results
  switch (result?.kind) {
    case 'delivered':
      return { kind: 'deliverable' }
    case 'failed':
      return { kind: 'undeliverable', text: result.text }
    default:
      return { kind: 'unknown', text: result?.text ?? 'nobody answered' }
  }
}
