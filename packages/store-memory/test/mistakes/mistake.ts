import type { MailStore } from '@mailwright/core'
import type { MemoryStoreOptions } from '../../src/index.js'

/** A mistake that a store could make, and the law that must notice. Everything else is the memory store. */
export interface Mistake {
  readonly title: string
  readonly law: string
  readonly variant?: string
  /** Of the memory store beneath. */
  readonly options?: Partial<MemoryStoreOptions>
  readonly make: (store: MailStore) => Partial<MailStore>
}

/** A call of the memory store that its manifest declares. */
export function its<Method extends (...args: never) => unknown>(store: MailStore, method: Method | undefined): Method {
  if (method === undefined) throw new RangeError('the memory store has every ability')
  // Bound, it has the same signature.
  return method.bind(store) as Method
}
