/** Waits a while, acts, and resolves. */
export type Moment = (act: () => void) => Promise<void>

/** When to abort: after so many microtasks, and after so many turns of the event loop. */
const MICROTASKS = [0, 1, 2, 3, 4, 6, 9, 14]
const TURNS = [1, 2, 3, 4, 6, 9]

/** Ever later moments at which a call may be aborted: as good as each of its awaits. */
export const MOMENTS: readonly Moment[] = [...MICROTASKS.map(microtasks), ...TURNS.map(turns)]

function microtasks(count: number): Moment {
  return async (act) => {
    for (let passed = 0; passed < count; passed++) await undefined
    act()
  }
}

function turns(count: number): Moment {
  return async (act) => {
    for (let passed = 0; passed < count; passed++) await new Promise((resolve) => setTimeout(resolve, 0))
    act()
  }
}
