import { type Setting, Simulation } from './simulation.js'

/** Numbers of the longest run. */
const LONGEST = 700
/** Runs that are spent on making a failure shorter. */
const SHRINKING = 400

/**
 * Runs `setting` once for each seed from `first` on.
 *
 * @param shrinking runs that may be spent on making a failure shorter.
 * @throws the first failure, made shorter: its seed stands before the log of what happened.
 */
export async function runSeeds(setting: Setting, first: number, count: number, shrinking = SHRINKING): Promise<void> {
  for (let seed = first; seed < first + count; seed++) {
    const numbers = numbersOf(seed)
    const failure = await failureOf(setting, numbers)
    if (failure === null) continue
    const shortest = await shorter(setting, numbers, failure, shrinking)
    throw new Error(`seed ${seed}: ${shortest.message}`, { cause: shortest })
  }
}

async function failureOf(setting: Setting, numbers: readonly number[]): Promise<Error | null> {
  try {
    await Simulation.run(setting, numbers)
    return null
  } catch (error) {
    if (error instanceof Error) return error
    throw error
  }
}

/** Leaves out longer and shorter stretches, as long as it still fails. */
async function shorter(
  setting: Setting,
  numbers: readonly number[],
  failure: Error,
  shrinking: number,
): Promise<Error> {
  let [best, found] = [numbers, failure]
  let left = shrinking
  for (let length = Math.ceil(numbers.length / 2); length > 0; length = Math.floor(length / 2)) {
    for (let from = 0; from < best.length && left > 0; ) {
      const tried = [...best.slice(0, from), ...best.slice(from + length)]
      left -= 1
      const again = await failureOf(setting, tried)
      if (again === null) from += length
      else [best, found] = [tried, again]
    }
  }
  return found
}

/** A run's numbers, always the same ones from the same seed (mulberry32). */
function numbersOf(seed: number): number[] {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  return Array.from({ length: 50 + (next() % (LONGEST - 50)) }, next)
}
