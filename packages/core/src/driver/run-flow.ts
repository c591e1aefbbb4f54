import { HostError, MailwrightError, StoreFault } from '../errors.js'
import type { Flow } from '../flow.js'
import type { Performer } from './perform.js'

/**
 * Runs a flow that belongs to no connection: each of its calls is performed, one after the other. What an adapter throws is thrown
 * into the flow as {@link StoreFault}, as an engine does.
 *
 * @throws what the flow throws; {@link HostError} for a step that needs a peer (a line, TLS, a body).
 */
export async function runFlow<T>(flow: Flow<T>, perform: Performer, signal: AbortSignal): Promise<T> {
  let result = flow.next()
  while (result.done !== true) {
    const step = result.value
    if (step.step !== 'call') {
      throw new HostError(`a flow without a connection cannot do this step: ${step.step}`)
    }
    let answer: unknown
    try {
      answer = await perform(step.call, undefined, signal)
    } catch (fault) {
      signal.throwIfAborted()
      const known = fault instanceof MailwrightError ? fault : new StoreFault('an adapter failed', { cause: fault })
      result = flow.throw(known)
      continue
    }
    result = flow.next(answer)
  }
  return result.value
}
