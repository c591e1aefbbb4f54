import { breathe, type Flow } from '@mailwright/core'

/** A long computation that stops wherever others may have their turn: some 10 ms apart at most. */
export type LongWork<T> = Generator<undefined, T, undefined>

/** Does long work, with a breath at each of its stops. */
export function* paced<T>(work: LongWork<T>): Flow<T> {
  for (;;) {
    const step = work.next()
    if (step.done === true) return step.value
    yield* breathe()
  }
}
