import type { Clock } from '../adapters/ambient.js'
import type { BodyReader } from '../adapters/body-reader.js'
import type { Calendar } from '../adapters/calendar.js'
import type { AdapterMethod, AnyCall } from '../adapters/call.js'
import type { MailStore } from '../adapters/mail-store.js'
import type { Body } from '../body.js'
import { view } from '../bytes.js'
import { HostError, StoreFault } from '../errors.js'
import { bodyAssembler } from './assemble.js'

/** Performs one call: finds the adapter that has the method, and calls it. */
export type Performer = (call: AnyCall, body: Body | undefined, signal: AbortSignal) => Promise<unknown>

/**
 * Composes adapters into a performer: each call goes to the first adapter that has a method of its name. What the driver itself
 * answers, `readBody` and `stageAssembled`, needs no adapter.
 *
 * @throws {HostError} (in the returned promise) when none has.
 */
export function performer(adapters: readonly object[]): Performer {
  const methods = new Map<string, AdapterMethod<object, unknown>>()
  const assembler = bodyAssembler((args, signal) => {
    const stage = findMethod(adapters, 'stage')
    if (stage === undefined) return Promise.reject(new HostError("no adapter answers the call 'stage'"))
    // As in findMethod: the name tells the signature.
    return stage(args, signal) as ReturnType<MailStore['stage']>
  })
  return (call, body, signal) => {
    let method = methods.get(call.call)
    if (method === undefined) {
      const found = findMethod([...adapters, bodyReader, assembler], call.call)
      if (found === undefined) return Promise.reject(new HostError(`no adapter answers the call '${call.call}'`))
      methods.set(call.call, (method = found))
    }
    try {
      return Promise.resolve(method(body === undefined ? call.args : { ...call.args, body }, signal))
    } catch (fault) {
      // One that is no async function.
      return Promise.reject(fault)
    }
  }
}

function findMethod(adapters: readonly object[], name: string): AdapterMethod<object, unknown> | undefined {
  for (const adapter of adapters) {
    const method: unknown = Reflect.get(adapter, name)
    // The call's type was derived from the adapter's: the name tells the signature.
    if (typeof method === 'function') return method.bind(adapter) as AdapterMethod<object, unknown>
  }
  return undefined
}

/** Reads a stored message's octets into one array, for engines that must look. */
const bodyReader: BodyReader = {
  async readBody({ source, start, end }, signal) {
    const octets = view(new Uint8Array(end - start))
    let at = 0
    for await (const chunk of source.read({ start, end }, signal)) {
      if (at + chunk.length > octets.length) throw new StoreFault('a body yielded more octets than were asked for')
      octets.set(chunk, at)
      at += chunk.length
    }
    if (at !== octets.length) throw new StoreFault(`a body yielded ${at} octets of ${octets.length}`)
    return { octets }
  },
}

/** Tells an engine the date by the host's clock. */
export function calendar(clock: Pick<Clock, 'date'>): Calendar {
  return { readDate: async () => ({ date: clock.date() }) }
}
