import type { ComplianceCase } from '../../kit/case.js'
import { ComplianceFailure } from '../../kit/check.js'
import { SeededRandom } from '../../kit/random.js'
import { law } from '../world.js'
import { COMMANDS } from './model-commands.js'
import { ModelRun } from './model-run.js'

/**
 * A law that gives the store `steps` random commands and compares it with a model of a few maps after each. The same
 * seed always gives the same commands; a failure names seed, step and command.
 */
export function randomCommands(seed: number, steps: number): ComplianceCase {
  return law(`model/random-commands-seed-${seed}`, 'MailStore', async (w) => {
    const run = new ModelRun(w, new SeededRandom(seed))
    await run.begin()
    for (let step = 0; step < steps; step++) {
      const command = run.random.pick(COMMANDS)
      if (command === undefined) return
      const [name, perform] = command
      try {
        await perform(run)
        await run.compare()
      } catch (reason) {
        const text = reason instanceof Error ? reason.message : String(reason)
        throw new ComplianceFailure(`seed ${seed}, step ${step} of ${steps}, ${name}: ${text}`, { cause: reason })
      }
    }
  })
}

/** Enough to meet every pair of commands; more seeds are `randomCommands(seed, steps)` away. */
export const modelLaws: readonly ComplianceCase[] = [1, 2, 3, 4, 5, 6].map((seed) => randomCommands(seed, 80))
